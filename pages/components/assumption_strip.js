// The strip of assumptions: a slider and a field that follow each other at once, and two bars of what a tenth is worth.
// look.js and svg.js stand before it in the same module. What is moved is told on release; until Python has heard it, a
// run that knows less does not move it back.

const WAIT = 150; // milliseconds without another key

class AssumptionStrip {
  constructor(host) {
    this.host = host;
    this.root = host.querySelector(".strip");
    this.tell = () => {};
    this.count = Date.now();
    this.rows = new Map();
  }

  update(data) {
    for (const [name, value] of Object.entries(looksNow(this.host, data.look))) {
      if (typeof value === "string" && value) this.root.style.setProperty(`--pg-${name}`, value);
    }
    const now = JSON.stringify({ ...data, look: null });
    if (now === this.drawnFrom) return;
    this.drawnFrom = now;
    this.words = data.words;
    this.heard = data.heard;
    const names = data.rows.map(({ name }) => name).join();
    if (names !== this.names) {
      this.names = names;
      this.root.replaceChildren();
      this.rows = new Map(data.rows.map((row) => [row.name, this.row(row)]));
    }
    for (const row of data.rows) {
      const held = this.rows.get(row.name);
      held.told = row;
      if (held.count > this.heard || held.inHand) this.worth(held);
      else this.put(held);
    }
  }

  row(row) {
    const node = made("div", "row", this.root);
    node.dataset.name = row.name;
    const what = made("div", "what", node);
    const title = made("div", "title", what);
    const held = { node, told: row, count: 0, timer: 0, inHand: false, label: made("span", "label", title) };
    held.ask = made("button", "ask", title, "?");
    held.ask.type = "button";
    held.ask.setAttribute("aria-expanded", "false");
    held.known = made("div", "known", what);
    const where = made("div", "where", node);
    held.stands = made("div", "stands", where);
    held.slider = Object.assign(made("input", "slider", where), { type: "range", min: 0, step: 1 });
    held.field = Object.assign(made("input", "field", node), { type: "number", inputMode: "decimal" });
    const bars = made("div", "bars", node);
    held.bars = ["more", "less"].map((name) => {
      const word = made("span", "word", bars);
      const track = made("span", "track", bars);
      return { name, word, bar: made("span", "bar", track), said: made("span", "said", bars) };
    });
    held.source = made("p", "source", node);
    held.source.hidden = true;
    held.ask.addEventListener("click", () => {
      held.source.hidden = !held.source.hidden;
      held.ask.setAttribute("aria-expanded", String(!held.source.hidden));
    });
    held.slider.addEventListener("input", () => this.slid(held));
    held.slider.addEventListener("change", () => this.soon(held, { value: held.told.stops[held.slider.value] }));
    for (const end of ["pointerup", "pointercancel", "keyup", "blur"]) {
      held.slider.addEventListener(end, () => { held.inHand = false; });
    }
    held.field.addEventListener("input", () => { held.inHand = true; });
    held.field.addEventListener("change", () => this.typed(held));
    held.field.addEventListener("blur", () => { held.inHand = false; });
    return held;
  }

  // All of a row as Python has it.
  put(held) {
    const { told } = held;
    held.label.textContent = told.label;
    held.ask.setAttribute("aria-label", `${this.words.source}: ${told.label}`);
    held.source.textContent = told.source;
    held.slider.hidden = held.stands.hidden = told.stops.length < 2;
    held.slider.max = told.stops.length - 1;
    held.slider.value = told.stands;
    held.slider.setAttribute("aria-label", told.label);
    const { low, high, step, label } = told.field;
    Object.assign(held.field, { min: low, max: high, step });
    held.field.setAttribute("aria-label", label);
    this.show(held, told.texts[told.stands], told.stands);
    held.field.value = told.field.value.toFixed(told.field.digits);
    this.worth(held);
  }

  worth(held) {
    held.known.textContent = held.told.known;
    for (const [i, { name, word, bar, said }] of held.bars.entries()) {
      const [share, text] = held.told.swing[i];
      word.textContent = this.words[name];
      said.textContent = text;
      bar.className = `bar ${share < 0 ? "loss" : "gain"}`;
      bar.style.width = `${Math.abs(share) * 50}%`;
    }
  }

  show(held, text, place) {
    held.stands.textContent = text;
    held.slider.setAttribute("aria-valuetext", text);
    held.slider.style.setProperty("--share", place / Math.max(1, held.told.stops.length - 1));
  }

  slid(held) {
    const { stops, texts, field } = held.told;
    const place = Number(held.slider.value);
    held.inHand = true;
    this.show(held, texts[place], place);
    held.field.value = String(Number((stops[place] * field.scale).toFixed(6)));
  }

  typed(held) {
    const { low, high, value, digits } = held.told.field;
    const typed = held.field.value === "" ? NaN : Number(held.field.value);
    held.inHand = false;
    if (!Number.isFinite(typed)) held.field.value = value.toFixed(digits);
    else this.soon(held, { typed: Math.min(high, Math.max(low, typed)) });
  }

  // Tells it once the hand rests, with all that Python has not heard of yet: of two at once the first would be lost.
  soon(held, moved) {
    this.count += 1;
    Object.assign(held, { count: this.count, moved, inHand: false });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      const rows = [...this.rows.values()].filter(({ count }) => count > this.heard);
      this.tell({ count: this.count, rows: rows.map(({ told, moved }) => ({ name: told.name, ...moved })) });
    }, WAIT);
  }
}

export default function mount({ parentElement, data, setTriggerValue }) {
  let strip = parentElement.assumptions;
  if (!strip || !strip.root.isConnected) strip = parentElement.assumptions = new AssumptionStrip(parentElement);
  strip.tell = (report) => setTriggerValue("moved", report);
  if (data) strip.update(data);
}
