// A wall of pictures; one that can be asked about is pressed. look.js and svg.js stand before it in the same module.

const ADDRESS = /^data:image\/png;base64,[A-Za-z0-9+/=]+$/; // a picture of ours, and no other place

class Wall {
  constructor(host) {
    this.host = host;
    this.root = host.querySelector(".wall");
    this.ask = () => {};
  }

  // The same pictures come with every run of the page: then they stay, and so does the keyboard's focus.
  update(data) {
    for (const [name, value] of Object.entries(looksNow(this.host, data.look))) {
      if (typeof value === "string" && value) this.root.style.setProperty(`--pg-${name}`, value);
    }
    const now = JSON.stringify({ ...data, look: null });
    if (now === this.drawnFrom) return;
    this.drawnFrom = now;
    this.root.replaceChildren();
    for (const [place, picture] of data.pictures.entries()) this.add(picture, place, data);
  }

  add({ source, said, marked, alt }, place, { asks, words }) {
    const node = made(asks ? "button" : "figure", marked ? "picture marked" : "picture", this.root);
    const image = made("img", "", node);
    image.alt = alt;
    if (ADDRESS.test(source)) image.src = source;
    if (said) made(asks ? "span" : "figcaption", "said", node, said);
    if (!asks) return;
    node.type = "button";
    node.title = words.ask;
    node.addEventListener("click", () => this.ask(place));
  }
}

export default function mount({ parentElement, data, setTriggerValue }) {
  let wall = parentElement.wall;
  if (!wall || !wall.root.isConnected) wall = parentElement.wall = new Wall(parentElement);
  wall.ask = (place) => setTriggerValue("ask", place);
  if (data) wall.update(data);
}
