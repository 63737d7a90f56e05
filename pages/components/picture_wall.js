// A wall of pictures; one that can be asked about is pressed, and one of a sound plays it. look.js and svg.js stand
// before it in the same module.

const ADDRESS = /^data:image\/(png|jpeg);base64,[A-Za-z0-9+/=]+$/; // a picture of ours, and no other place

const SOUND = /^data:audio\/wav;base64,[A-Za-z0-9+/=]+$/;

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
    this.root.classList.toggle("large", Boolean(data.large));
    this.root.replaceChildren();
    for (const [place, picture] of data.pictures.entries()) this.add(picture, place, data);
  }

  add({ source, said, marked, alt, sound }, place, { asks, words }) {
    const around = made("div", sound ? "place heard" : "place", this.root);
    const node = made(asks ? "button" : "figure", marked ? "picture marked" : "picture", around);
    if (sound && SOUND.test(sound)) this.addSound(around, sound, `${words.play}: ${alt}`);
    const image = made("img", "", node);
    image.alt = alt;
    if (ADDRESS.test(source)) image.src = source;
    if (said) made(asks ? "span" : "figcaption", "said", node, said);
    if (!asks) return;
    node.type = "button";
    node.title = words.ask;
    node.addEventListener("click", () => this.ask(place));
  }

  // One sound at a time; a line runs over its picture while it plays.
  addSound(around, sound, label) {
    const button = made("button", "play", around);
    const line = made("span", "line", around);
    button.type = "button";
    button.setAttribute("aria-label", label);
    button.addEventListener("click", () => {
      this.playing?.pause();
      const audio = (this.playing = new Audio(sound));
      button.dataset.state = "";
      audio.addEventListener("playing", () => {
        line.getAnimations?.().forEach((old) => old.cancel());
        const path = [{ left: "3px", opacity: 1 }, { left: "calc(100% - 4px)", opacity: 1 }];
        line.animate?.(path, { duration: audio.duration * 1000 });
      });
      audio.addEventListener("ended", () => (button.dataset.state = "played"));
      audio.play().catch(() => (button.dataset.state = "failed"));
    });
  }
}

export default function mount({ parentElement, data, setTriggerValue }) {
  let wall = parentElement.wall;
  if (!wall || !wall.root.isConnected) wall = parentElement.wall = new Wall(parentElement);
  wall.ask = (place) => setTriggerValue("ask", place);
  if (data) wall.update(data);
}
