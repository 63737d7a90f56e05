// What the panels of the company share: one large number, a chart, sliders whose numbers can be typed, tiles. look.js,
// panel_numbers.js, panel_geometry.js and svg.js stand before it in the same module, a panel's own file after it.

const PACE = 150; // milliseconds between two reports of a slider that is being dragged
const STOPS = 1000;
const TIMES = { "": 1, K: 1e3, M: 1e6, B: 1e9, T: 1e12, "%": 0.01 };

// Numbers as people write them: 7e9, 7B, 40%, $1,200. What is none is NaN.
function numberOf(text, isShare) {
  const found = /^([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)([KMBT%]?)$/i.exec(
    text.replace(/[\s,_$€£\u00a0]/g, "").replace("\u2212", "-"),
  );
  if (!found) return NaN;
  const sign = found[2].toUpperCase() || (isShare ? "%" : "");
  return Number(found[1]) * TIMES[sign];
}

function rounded(value, digits = 3) {
  if (!value) return 0;
  const power = Math.floor(Math.log10(Math.abs(value))) - digits + 1;
  return power >= 0 ? Math.round(value / 10 ** power) * 10 ** power : Math.round(value * 10 ** -power) / 10 ** -power;
}

// A panel's own file says: draw() from this.data and this.values, and chart(), once for each size.
class CompanyPanel {
  constructor(host) {
    this.host = host;
    this.root = host.querySelector(".company");
    this.rows = new Map();
    this.values = {};
    this.count = Date.now();
    this.tell = () => {};
    this.amount = this.root.querySelector(".amount");
    this.label = this.root.querySelector(".head .label");
    this.beside = this.root.querySelector(".beside");
    this.plot = this.root.querySelector(".plot");
    this.list = this.root.querySelector(".rows");
    this.tileList = this.root.querySelector(".tiles");
    this.watch = followWidth(this.plot, () => this.data && this.redraw());
  }

  update(data) {
    for (const [name, value] of Object.entries(looksNow(this.host, data.look))) {
      if (typeof value === "string" && value) this.root.style.setProperty(`--pg-${name}`, value);
    }
    this.data = data;
    this.words = data.words;
    this.say = new Speech(data.words.locale, data.currency ?? "USD");
    const names = data.rows.map(({ name }) => name).join();
    if (names !== this.names) {
      this.names = names;
      this.list.replaceChildren();
      this.rows = new Map(data.rows.map((row) => [row.name, this.row(row)]));
    }
    for (const row of data.rows) {
      const held = this.rows.get(row.name);
      held.told = row;
      if (held.count <= data.heard && !held.inHand) this.values[row.name] = row.value;
      this.put(held);
    }
    this.redraw();
  }

  redraw() {
    this.width = Math.round(this.plot.clientWidth);
    this.height = Math.round(this.plot.clientHeight);
    if (this.width <= 0) return; // in a closed tab
    this.plot.setAttribute("viewBox", `0 0 ${this.width} ${this.height}`);
    this.plot.replaceChildren();
    this.chart();
    this.draw();
  }

  row(row) {
    const node = made("div", "row", this.list);
    node.dataset.name = row.name;
    const top = made("div", "top", node);
    const name = made("label", "name", top);
    const held = { told: row, count: 0, inHand: false, name: made("span", "", name), guess: made("span", "guess", name) };
    held.field = Object.assign(made("input", "field", top), { type: "text", inputMode: "decimal", autocomplete: "off" });
    held.slider = Object.assign(made("input", "slider", node), { type: "range", min: 0, max: STOPS, step: 1 });
    held.rule = made("p", "rule", node);
    held.rule.hidden = true;
    held.rule.setAttribute("role", "alert");
    held.slider.addEventListener("input", () => {
      held.inHand = true;
      this.set(held, this.valueAt(held.told, Number(held.slider.value) / STOPS), PACE);
    });
    held.slider.addEventListener("change", () => {
      held.inHand = false;
      this.set(held, this.values[held.told.name], 0);
    });
    held.field.addEventListener("focus", () => {
      held.field.value = this.exact(held.told, this.values[held.told.name]);
      held.field.select();
    });
    held.field.addEventListener("keydown", (event) => {
      if (event.key === "Enter") held.field.blur();
    });
    held.field.addEventListener("blur", () => this.typed(held));
    return held;
  }

  valueAt({ low, high, log, whole }, share) {
    const value = log ? low * (high / low) ** share : low + (high - low) * share;
    return whole ? Math.round(rounded(value)) : rounded(value);
  }

  shareOf({ low, high, log }, value) {
    const share = log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
    return clamped(Number.isFinite(share) ? share : 0, 0, 1);
  }

  // What is no number within the bounds is refused beside the field; the last good value stays.
  typed(held) {
    const { told } = held;
    const before = this.exact(told, this.values[told.name]);
    const value = numberOf(held.field.value, told.kind === "share");
    const isGood = Number.isFinite(value) && value >= told.least && value <= told.most;
    held.rule.hidden = isGood;
    held.rule.textContent = isGood ? "" : told.rule;
    held.field.setAttribute("aria-invalid", String(!isGood));
    if (isGood && held.field.value !== before) this.set(held, told.whole ? Math.round(value) : value, 0);
    else this.put(held);
  }

  set(held, value, pace) {
    this.values[held.told.name] = value;
    held.rule.hidden = true;
    held.field.setAttribute("aria-invalid", "false");
    held.count = this.count += 1;
    this.put(held);
    this.draw();
    this.report(pace);
  }

  report(pace) {
    if (!pace) clearTimeout(this.timer);
    if (!pace) this.timer = null;
    if (this.timer) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      this.tell({ count: this.count, values: { ...this.values } });
    }, pace);
  }

  put(held) {
    const { told } = held;
    const value = this.values[told.name];
    const text = this.written(told, value);
    held.name.textContent = told.label;
    held.guess.textContent = told.guess ? this.words.guess : "";
    held.field.setAttribute("aria-label", told.label);
    held.slider.setAttribute("aria-label", told.label);
    held.slider.setAttribute("aria-valuetext", text);
    if (held.field.getRootNode().activeElement !== held.field) held.field.value = text;
    const share = this.shareOf(told, value);
    if (Number(held.slider.value) !== Math.round(share * STOPS)) held.slider.value = Math.round(share * STOPS);
    held.slider.style.setProperty("--share", share.toFixed(4));
  }

  written({ kind, unit }, value) {
    if (kind === "money") return this.say.tick(value);
    if (kind === "share") return this.say.percent(value, Math.abs(value) < 0.1 && value !== 0 ? 1 : 0);
    const text = this.say.compact(value);
    return unit ? `${text}\u00a0${unit}` : text;
  }

  exact({ kind }, value) {
    return kind === "share" ? `${rounded(value * 100, 6)}%` : String(rounded(value, 10));
  }

  number(value, unit = "") {
    return this.say.compact(value) + (unit && `\u00a0${unit}`);
  }

  between(low, high) {
    const [first, last] = [this.say.money(low), this.say.money(high)];
    return first === last ? first : `${first} – ${last}`;
  }

  headline(label, text, beside, tone = "") {
    this.label.textContent = label;
    this.amount.textContent = text;
    this.amount.dataset.tone = tone;
    this.beside.textContent = beside;
  }

  tiles(list) {
    while (this.tileList.children.length < list.length) {
      const tile = made("div", "tile", this.tileList);
      for (const part of ["what", "figure", "note"]) made("div", part, tile);
    }
    while (this.tileList.children.length > list.length) this.tileList.lastChild.remove();
    for (const [place, { what, figure, note = "", tone = "" }] of list.entries()) {
      const tile = this.tileList.children[place];
      tile.dataset.tone = tone;
      for (const [i, text] of [what, figure, note].entries()) tile.children[i].textContent = text;
    }
  }
}

function mountedCompany(Panel) {
  return function mount({ parentElement, data, setTriggerValue }) {
    let panel = parentElement.company;
    if (!panel || !panel.root.isConnected) {
      panel?.watch.disconnect();
      panel = parentElement.company = new Panel(parentElement);
    }
    panel.tell = (report) => setTriggerValue("moved", report);
    if (data) panel.update(data);
  };
}
