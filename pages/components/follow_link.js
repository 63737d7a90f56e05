// Tells the button that copies the link (copy_link.js) of another link: a part of the page was drawn again, without it.

export default function followLink({ data }) {
  if (data) document.dispatchEvent(new CustomEvent("proving-ground-link", { detail: data }));
}
