// What a network made of the same noise, epoch by epoch: a slider and a button that plays it. look.js, svg.js and
// made_pictures.js stand before it in the same module.

const [WHOLE_S, LEAST_STEP_MS] = [6, 90];

class Growing {
  constructor(host) {
    this.host = host;
    this.root = host.querySelector(".growing");
    this.image = made("img", "sheet", this.root);
    const row = made("div", "row", this.root);
    this.button = made("button", "play", row);
    this.button.type = "button";
    this.range = made("input", "range", row);
    Object.assign(this.range, { type: "range", min: 0, step: 1 });
    this.said = made("output", "said", row);
    this.button.addEventListener("click", () => (this.timer ? this.stop() : this.play()));
    this.range.addEventListener("input", () => {
      this.stop();
      this.show(Number(this.range.value));
    });
  }

  update(data) {
    for (const [name, value] of Object.entries(looksNow(this.host, data.look))) {
      if (typeof value === "string" && value) this.root.style.setProperty(`--pg-${name}`, value);
    }
    const now = JSON.stringify({ ...data, look: null });
    if (now === this.drawnFrom) return;
    this.drawnFrom = now;
    this.stop();
    this.data = data;
    this.image.alt = data.words.alt;
    this.range.max = data.epochs.length - 1;
    this.range.setAttribute("aria-label", data.words.epoch);
    this.button.textContent = data.words.play;
    this.show(data.epochs.length - 1);
  }

  show(place) {
    const { number, pictures, said } = this.data.epochs[place];
    this.place = place;
    this.range.value = place;
    this.image.src = madeSheet(pictures).address;
    this.said.textContent = said;
    this.root.dataset.epoch = number;
  }

  play() {
    const { epochs, words } = this.data;
    let place = this.place >= epochs.length - 1 ? 0 : this.place;
    this.button.textContent = words.stop;
    this.show(place);
    this.timer = setInterval(() => {
      place += 1;
      if (place >= epochs.length || !this.root.isConnected) return this.stop();
      this.show(place);
    }, Math.max(LEAST_STEP_MS, (1000 * WHOLE_S) / epochs.length));
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
    if (this.data) this.button.textContent = this.data.words.play;
  }
}

export default function mount({ parentElement, data }) {
  let growing = parentElement.growing;
  if (!growing || !growing.root.isConnected) growing = parentElement.growing = new Growing(parentElement);
  if (data) growing.update(data);
  return () => {
    if (!growing.root.isConnected) growing.stop();
  };
}
