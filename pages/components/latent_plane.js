// A plane of noise as pictures: a press or a drag on the map, or two sliders, choose the place that is shown large.
// look.js and svg.js stand before it in the same module.

const PNG = /^data:image\/png;base64,[A-Za-z0-9+/=]+$/; // a picture of ours, and no other place

class Plane {
  constructor(host) {
    this.host = host;
    this.root = host.querySelector(".plane");
    this.map = made("div", "map", this.root);
    this.sheet = made("img", "", this.map);
    this.here = made("div", "here", this.map);
    const beside = made("div", "ways", this.root);
    this.large = made("canvas", "large", beside);
    this.ranges = ["across", "down"].map((way) => {
      const label = made("label", "", beside);
      const name = made("span", "", label);
      const range = made("input", "range", label);
      Object.assign(range, { type: "range", min: 0, step: 1 });
      range.addEventListener("input", () => this.show(Number(this.ranges[0].range.value), Number(this.ranges[1].range.value)));
      return { way, name, range };
    });
    const move = (event) => {
      const box = this.map.getBoundingClientRect();
      const at = (place, size, count) => Math.min(count - 1, Math.max(0, Math.floor((place / size) * count)));
      this.show(at(event.clientX - box.left, box.width, this.data.columns), at(event.clientY - box.top, box.height, this.data.rows));
    };
    this.map.addEventListener("pointerdown", (event) => {
      this.map.setPointerCapture(event.pointerId);
      move(event);
    });
    this.map.addEventListener("pointermove", (event) => {
      if (event.buttons) move(event);
    });
    this.sheet.addEventListener("load", () => this.show(this.x, this.y));
  }

  update(data) {
    for (const [name, value] of Object.entries(looksNow(this.host, data.look))) {
      if (typeof value === "string" && value) this.root.style.setProperty(`--pg-${name}`, value);
    }
    if (data.picture === this.data?.picture && data.words.across === this.data.words.across) return;
    this.data = data;
    this.sheet.alt = data.words.alt;
    for (const { way, name, range } of this.ranges) {
      name.textContent = data.words[way];
      range.max = (way === "across" ? data.columns : data.rows) - 1;
    }
    this.x ??= Math.floor(data.columns / 2);
    this.y ??= Math.floor(data.rows / 2);
    if (PNG.test(data.picture)) this.sheet.src = data.picture;
  }

  show(x, y) {
    [this.x, this.y] = [x, y];
    const { columns, rows } = this.data;
    const [wide, high] = [this.sheet.naturalWidth / columns, this.sheet.naturalHeight / rows];
    if (!(wide > 0)) return;
    Object.assign(this.here.style, {
      left: `${(100 * x) / columns}%`, top: `${(100 * y) / rows}%`, width: `${100 / columns}%`, height: `${100 / rows}%`,
    });
    [this.large.width, this.large.height] = [wide, high];
    this.large.getContext("2d").drawImage(this.sheet, x * wide, y * high, wide, high, 0, 0, wide, high);
    [this.ranges[0].range.value, this.ranges[1].range.value] = [x, y];
    this.root.dataset.place = `${x},${y}`;
  }
}

export default function mount({ parentElement, data }) {
  let plane = parentElement.plane;
  if (!plane || !plane.root.isConnected) plane = parentElement.plane = new Plane(parentElement);
  if (data) plane.update(data);
}
