// What the panels of a decision share: a curve of money over a decision, a slider under it on the same
// scale, the simple policies as lines. A panel's own file follows this one in the same module.
//
// Streamlit calls the default export again, on the same shadow root, each time the data or the theme
// change, and does not clean up in between: the panel lives on the root and is updated in place, so its
// position and its listeners survive.

const THUMB = 22;
const SVG = "http://www.w3.org/2000/svg";

function svg(name, attributes = {}, parent = null) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (parent) parent.append(node);
  return node;
}

// `look` is one set of colours, or one for each theme: then the browser picks, so that a switch of
// theme, of which Python hears only at its next run, shows at once.
function looksNow(host, look) {
  if (!look?.light || !look?.dark) return look ?? {};
  const canvas = document.createElement("canvas").getContext("2d");
  const outer = host.host ?? host;
  canvas.fillStyle = getComputedStyle(outer).getPropertyValue("--st-background-color").trim() || "#fff";
  const [red, green, blue] = [1, 3, 5].map((i) => parseInt(canvas.fillStyle.slice(i, i + 2), 16));
  return 0.3 * red + 0.59 * green + 0.11 * blue < 128 ? look.dark : look.light;
}

function element(name, className, parent) {
  const node = document.createElement(name);
  node.className = className;
  parent.append(node);
  return node;
}

// Most of a move changes few of the texts: the others must not cost a layout.
function put(node, text) {
  const now = String(text);
  if (node.firstChild?.data !== now) node.textContent = now;
}

function mark(node, sign) {
  const now = sign > 0.5 ? "plus" : sign < -0.5 ? "minus" : "none";
  if (node.dataset.sign !== now) node.dataset.sign = now;
}

function fill(template, values) {
  return String(template).replace(/\{(\w+)\}/g, (whole, name) =>
    name in values ? String(values[name]) : whole,
  );
}

// First index at which `ordered` (ascending) is at least `target`.
function firstAtLeast(ordered, target) {
  let low = 0;
  let high = ordered.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ordered[middle] < target) low = middle + 1;
    else high = middle;
  }
  return low;
}

function nearest(ordered, target) {
  const after = firstAtLeast(ordered, target);
  if (after === 0) return 0;
  if (after === ordered.length) return after - 1;
  return target - ordered[after - 1] <= ordered[after] - target ? after - 1 : after;
}

function extremes(values) {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

function niceTicks(low, high, wanted) {
  const raw = (high - low) / Math.max(1, wanted);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => s >= raw) ?? raw;
  const ticks = [];
  for (let at = Math.ceil(low / step) * step; at <= high + step * 1e-9; at += step) {
    ticks.push(Math.abs(at) < step * 1e-9 ? 0 : at);
  }
  return ticks;
}

// Numbers as core/numbers.py writes them: $1.24M, −$310K, 35.2%. Nothing has no sign; a share is neither none nor all
// unless it is.
class Speech {
  constructor(locale, currency) {
    let tag = locale || "en";
    try {
      new Intl.NumberFormat(tag);
    } catch {
      tag = "en";
    }
    const number = { signDisplay: "negative" }; // and not of a zero, nor of what rounds to one
    let money = { ...number, style: "currency", currency: currency || "USD", currencyDisplay: "narrowSymbol" };
    this.after = "";
    try {
      new Intl.NumberFormat(tag, money);
    } catch {
      money = number; // no currency of the world: points, hours
      this.after = `\u00a0${currency}`;
    }
    const compact = { ...money, notation: "compact" };
    this.large = new Intl.NumberFormat(tag, {
      ...compact, minimumSignificantDigits: 3, maximumSignificantDigits: 3,
    });
    this.short = new Intl.NumberFormat(tag, { ...compact, maximumSignificantDigits: 3 });
    this.small = new Intl.NumberFormat(tag, { ...money, maximumFractionDigits: 2 });
    this.none = new Intl.NumberFormat(tag, { ...money, maximumFractionDigits: 0 });
    this.whole = new Intl.NumberFormat(tag, { ...number, maximumFractionDigits: 0 });
    this.few = new Intl.NumberFormat(tag, {
      ...number, maximumSignificantDigits: 3, maximumFractionDigits: 0, roundingPriority: "morePrecision",
    });
    this.percents = [0, 1, 2, 3, 4].map(
      (digits) => new Intl.NumberFormat(tag, {
        ...number, style: "percent", minimumFractionDigits: digits, maximumFractionDigits: digits,
      }),
    );
  }

  write(format, value) {
    const parts = format.formatToParts(value);
    return parts.map((part) => (part.type === "minusSign" ? "\u2212" : part.value)).join("");
  }

  money(value) {
    return this.write(Math.abs(value) < 999.5 ? this.none : this.large, value) + this.after;
  }

  tick(value) {
    return this.write(value === 0 ? this.none : this.short, value) + this.after;
  }

  each(value) {
    const format = Number.isInteger(value) ? this.none : this.small;
    return this.write(Math.abs(value) >= 100000 ? this.short : format, value) + this.after;
  }

  signed(value) {
    return value >= 0.5 ? `+${this.money(value)}` : this.money(value);
  }

  count(value) {
    return this.write(this.whole, value);
  }

  amount(value) {
    return this.write(this.few, value);
  }

  percent(value, digits = 0) {
    const most = Math.max(digits, 1);
    for (let places = digits; places <= most; places += 1) {
      const shown = Number((100 * value).toFixed(places));
      if ((shown > 0 || value <= 0) && (shown < 100 || value >= 1)) return this.write(this.percents[places], value);
    }
    const step = 10 ** -most / 100;
    const end = value < 0.5 ? step : 1 - step;
    return (value < 0.5 ? "<" : ">") + this.write(this.percents[most], end);
  }
}

// A panel's own file says: `name` (what Python calls the decision), prepare() (this.values and this.chosen from
// the data), share(position), positionOf(setting), settingAt(position), moveToShare(share), moveByStops(step),
// bounds() (of the curve's money), label(), and detail(position, value), which returns the decision in words.
class CurvePanel {
  constructor(host, name) {
    this.host = host;
    this.name = name;
    this.root = host.querySelector(".panel");
    this.ticket = 0;
    this.position = null; // where on the curve
    this.setting = null; // the decision there
    this.data = null;
    this.sent = []; // what was reported and has not come back from Python yet
    this.reported = null;
    this.dragging = false; // the curve
    this.holding = false; // the slider
    this.timer = null;
    this.width = 0;
    this.page = 10; // steps of PageUp and PageDown
    this.report = () => {};
    this.stop = new AbortController();
    this.find();
    this.listen();
  }

  find() {
    const slot = (name) => this.root.querySelector(`[data-slot="${name}"]`);
    this.amount = slot("amount");
    this.delta = slot("delta");
    this.cut = slot("cut");
    this.basis = slot("basis");
    this.stage = this.root.querySelector(".stage");
    this.plot = this.root.querySelector(".plot");
    this.slider = this.root.querySelector(".cutter");
    this.reset = this.root.querySelector(".reset");
  }

  listen() {
    const options = { signal: this.stop.signal };
    const { slider, plot } = this;
    slider.addEventListener("input", () => {
      this.moveToShare(Number(slider.value) / Number(slider.max));
    }, options);
    slider.addEventListener("change", () => this.tell(120), options);
    slider.addEventListener("pointerdown", () => { this.holding = true; }, options);
    for (const end of ["pointerup", "pointercancel", "blur"]) {
      slider.addEventListener(end, () => { this.holding = false; }, options);
    }
    slider.addEventListener("keydown", (event) => {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      const rightToLeft = getComputedStyle(slider).direction === "rtl" ? -1 : 1;
      const step = {
        ArrowRight: rightToLeft, ArrowUp: 1, ArrowLeft: -rightToLeft, ArrowDown: -1,
        PageUp: this.page, PageDown: -this.page,
      }[event.key];
      if (step === undefined || !this.data) return;
      event.preventDefault();
      this.moveByStops(event.shiftKey ? step * 10 : step);
      this.tell(350);
    }, options);

    // Dragging the curve: sideways moves the decision, up and down still scrolls a phone's page.
    plot.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || !this.data) return;
      this.dragging = true;
      try {
        plot.setPointerCapture(event.pointerId);
      } catch {
        // a pointer that is gone already
      }
      this.moveToPointer(event);
      slider.focus({ preventScroll: true, focusVisible: false });
      event.preventDefault();
    }, options);
    plot.addEventListener("pointermove", (event) => {
      if (this.dragging) this.moveToPointer(event);
    }, options);
    const release = () => {
      if (!this.dragging) return;
      this.dragging = false;
      this.tell(0);
    };
    plot.addEventListener("pointerup", release, options);
    plot.addEventListener("pointercancel", release, options);
    plot.addEventListener("lostpointercapture", release, options);

    this.reset.addEventListener("click", () => {
      if (!this.data) return;
      this.place(this.data.chosen);
      this.draw();
      this.tell(0);
      // The button is disabled now: the focus goes where the move is seen.
      slider.focus({ preventScroll: true, focusVisible: false });
    }, options);

    this.watch = new ResizeObserver(() => {
      const width = Math.round(this.stage.clientWidth);
      if (this.data && width !== this.width) this.drawChart();
    });
    this.watch.observe(this.stage);
  }

  destroy() {
    this.stop.abort();
    this.watch.disconnect();
    clearTimeout(this.timer);
  }

  // New data from Python: other payoffs, other predictions, other words or colours.
  update(data) {
    const before = this.data;
    const start = data[this.name];
    this.data = data;
    this.words = data.words;
    this.say = new Speech(this.words.locale, data.currency);
    this.dress(looksNow(this.host, data.look));
    this.best = (data.references ?? []).reduce(
      (top, one) => (!top || one.amount > top.amount ? one : top), null,
    );
    this.prepare();
    this.label();

    if (!before) {
      this.place(start);
      this.reported = start;
    } else {
      const echo = this.sent.indexOf(start);
      if (echo >= 0) this.sent.splice(0, echo + 1);
      const moved = start !== before[this.name] && echo < 0 && !this.dragging && !this.holding;
      this.place(moved ? start : this.setting);
      if (moved) this.tell(0);
    }
    this.drawChart();
  }

  dress(look) {
    for (const [name, value] of Object.entries(look)) {
      if (typeof value === "string" && value) this.root.style.setProperty(`--pg-${name}`, value);
    }
  }

  // The words that stand still; `values` fill the names in braces.
  labelTexts(values) {
    for (const node of this.root.querySelectorAll("[data-text]")) {
      node.textContent = fill(this.words[node.dataset.text] ?? "", values);
    }
    for (const node of this.root.querySelectorAll("[data-title]")) {
      node.title = fill(this.words[node.dataset.title] ?? "", values);
    }
  }

  place(setting) {
    this.setting = setting;
    this.position = this.positionOf(setting);
  }

  moveToPosition(position) {
    this.position = position;
    this.setting = this.settingAt(position);
    this.draw();
  }

  moveToPointer(event) {
    const box = this.plot.getBoundingClientRect();
    const share = (event.clientX - box.left - this.left) / (this.right - this.left);
    this.moveToShare(Math.min(1, Math.max(0, share)));
  }

  // Python hears of the decision once, when the hand is lifted.
  tell(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (this.setting === this.reported) return;
      this.reported = this.setting;
      this.sent.push(this.setting);
      if (this.sent.length > 20) this.sent.shift();
      this.report(this.setting);
    }, wait);
  }

  x(position) {
    return this.left + this.share(position) * (this.right - this.left);
  }

  y(value) {
    return this.floor - ((value - this.low) / (this.high - this.low)) * (this.floor - this.ceiling);
  }

  // The curve and everything that stands still. Drawn per payload and per width, not per move.
  drawChart() {
    const { plot, values } = this;
    const width = Math.round(this.stage.clientWidth);
    this.width = width;
    if (width <= 0) return; // in a closed tab: drawn when it opens
    const height = Math.round(plot.clientHeight) || 240;
    this.height = height;

    const [low, high] = this.bounds();
    const span = high - low || 1;
    this.low = low - (low === 0 ? span * 0.02 : span * 0.06);
    this.high = high + span * 0.08;
    this.ceiling = 26;
    this.floor = height - 6;

    const ticks = niceTicks(this.low, this.high, 4);
    const names = ticks.map((tick) => this.say.tick(tick));
    const longest = Math.max(...names.map((name) => name.length));
    this.left = Math.max(THUMB / 2 + 2, Math.ceil(longest * 6.9) + 12);
    this.right = width - THUMB / 2 - 2;
    this.stage.style.setProperty("--left", `${this.left}px`);
    this.stage.style.setProperty("--width", `${this.right - this.left}px`);

    plot.setAttribute("viewBox", `0 0 ${width} ${height}`);
    plot.replaceChildren();

    for (const [i, tick] of ticks.entries()) {
      const at = this.y(tick).toFixed(1);
      svg("line", {
        class: tick === 0 ? "zero" : "gridline", x1: this.left, x2: this.right, y1: at, y2: at,
      }, plot);
      const name = svg("text", { class: "tick", x: this.left - 10, y: at, dy: "0.34em" }, plot);
      name.textContent = names[i];
    }

    // One point a pixel column is all the eye gets; keep each column's extremes as well.
    const points = this.curvePoints();
    const path = points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join("L");
    const line = this.y(Math.min(this.high, Math.max(this.low, this.best ? this.best.amount : 0)));
    const zero = this.y(0);
    const area = `M${points[0][0].toFixed(1)},${line}L${path}L${points.at(-1)[0].toFixed(1)},${line}Z`;
    this.shade("gain", area, this.ceiling - 26, line);
    this.shade("loss", area, line, height);
    if (zero > line + 0.5) {
      const under = `M${points[0][0].toFixed(1)},${zero}L${path}L${points.at(-1)[0].toFixed(1)},${zero}Z`;
      this.shade("debt", under, zero, height);
    }

    const lines = this.references().filter((one) => one.amount > this.low && one.amount < this.high);
    for (const one of lines) {
      const at = this.y(one.amount);
      svg("line", { class: one === this.best ? "best" : "other", x1: this.left, x2: this.right, y1: at, y2: at }, plot);
    }
    const chosenAt = this.x(this.chosen);
    svg("line", { class: "chosen", x1: chosenAt, x2: chosenAt, y1: 18, y2: this.floor }, plot);
    svg("path", { class: "curve", d: `M${path}` }, plot);
    svg("circle", { class: "pick", cx: chosenAt, cy: this.y(values[this.chosen]), r: 4 }, plot);

    const note = svg("text", { class: "note", y: 11 }, plot);
    note.textContent = this.words.chosen;
    const half = (note.getComputedTextLength?.() ?? 120) / 2;
    const inside = Math.min(this.right - half, Math.max(this.left + half, chosenAt));
    note.setAttribute("x", inside.toFixed(1));

    this.marker = svg("line", { class: "marker", y1: this.ceiling - 8, y2: this.floor }, plot);
    const taken = [];
    for (const one of lines) this.nameLine(one, points, lines, taken);
    this.dot = svg("circle", { class: "dot", r: 7 }, plot);
    this.draw();
  }

  curvePoints() {
    const points = [];
    const { values } = this;
    let column = null;
    let open = null;
    const flush = () => {
      if (!open) return;
      const order = open.lowAt < open.highAt ? ["low", "high"] : ["high", "low"];
      points.push(open.first);
      for (const end of order) points.push(open[end]);
      points.push(open.last);
    };
    for (let k = 0; k < values.length; k += 1) {
      const point = [this.x(k), this.y(values[k])];
      const at = Math.round(point[0]);
      if (at !== column) {
        flush();
        column = at;
        open = { first: point, low: point, high: point, last: point, lowAt: k, highAt: k };
      } else {
        open.last = point;
        if (point[1] < open.low[1]) [open.low, open.lowAt] = [point, k];
        if (point[1] > open.high[1]) [open.high, open.highAt] = [point, k];
      }
    }
    flush();
    return points.filter((point, i) => i === 0 || point !== points[i - 1]);
  }

  shade(name, area, top, bottom) {
    if (bottom - top < 0.5) return;
    const id = `clip-${name}`;
    const clip = svg("clipPath", { id }, this.plot);
    svg("rect", { x: 0, y: top, width: this.width, height: bottom - top }, clip);
    svg("path", { class: name, d: area, "clip-path": `url(#${id})` }, this.plot);
  }

  // Which simple policies are drawn as lines: the best one, first.
  references() {
    return this.best ? [this.best] : [];
  }

  // A policy's name, on its line, where the curve and the other names leave it room; a lesser one without room has none.
  nameLine(one, points, lines, taken) {
    const line = this.y(one.amount);
    const name = svg("text", { class: "note halo" }, this.plot);
    name.textContent = `${one.name}  ${this.say.money(one.amount)}`;
    const length = name.getComputedTextLength?.() ?? 160;
    const chosenAt = this.x(this.chosen);
    let choice = null;
    for (const above of [true, false]) {
      const y = above ? line - 8 : line + 16;
      if (y < this.ceiling + 4 || y > this.floor - 4) continue;
      for (let step = 0; step <= 8; step += 1) {
        const x = this.left + 8 + ((this.right - this.left - length - 16) * step) / 8;
        let room = 60;
        for (const point of points) {
          if (point[0] < x - 6 || point[0] > x + length + 6) continue;
          room = Math.min(room, Math.abs(point[1] - (y - 4)));
        }
        if (chosenAt > x - 4 && chosenAt < x + length + 4) room -= 12;
        for (const other of lines) {
          if (other !== one && Math.abs(this.y(other.amount) - (y - 4)) < 8) room -= 20;
        }
        for (const box of taken) {
          if (x < box.x + box.length + 8 && x + length + 8 > box.x && Math.abs(y - box.y) < 16) room = -1;
        }
        if (!choice || room > choice.room + 1) choice = { x, y, room };
      }
    }
    if (one !== this.best && (!choice || choice.room < 6)) {
      name.remove();
      return;
    }
    if (!choice) choice = { x: this.left + 8, y: line - 8 };
    taken.push({ ...choice, length });
    name.setAttribute("x", choice.x.toFixed(1));
    name.setAttribute("y", choice.y.toFixed(1));
  }

  // One move. Nothing here grows with the number of predictions.
  draw() {
    if (!this.data || !this.marker) return;
    const began = performance.now();
    const { position, say } = this;
    const value = this.values[position];
    const share = this.share(position);

    put(this.amount, say.money(value));
    this.amount.classList.toggle("negative", value < -0.5);
    this.drawDelta(value);
    this.reset.disabled = position === this.chosen;
    const { cut, spoken } = this.detail(position, value);
    put(this.cut, cut);

    const x = this.x(position).toFixed(1);
    this.marker.setAttribute("x1", x);
    this.marker.setAttribute("x2", x);
    this.dot.setAttribute("cx", x);
    this.dot.setAttribute("cy", this.y(value).toFixed(1));
    const { slider } = this;
    const at = String(Math.round(share * Number(slider.max)));
    if (slider.value !== at) slider.value = at;
    slider.style.setProperty("--share", share.toFixed(4));
    slider.setAttribute("aria-valuetext", spoken);

    // For tests, and for anyone who looks.
    const facts = this.root.dataset;
    facts[this.name] = this.setting;
    facts.value = value;
    facts.redraw = (performance.now() - began).toFixed(3);
  }

  drawDelta(value) {
    if (!this.best) {
      this.delta.textContent = "\u00a0";
      return;
    }
    const delta = value - this.best.amount;
    const [before, after = ""] = fill(this.words.against, { name: this.best.name }).split("{delta}");
    if (!this.deltaParts) {
      this.delta.replaceChildren();
      this.deltaParts = [
        document.createTextNode(""), document.createElement("b"), document.createTextNode(""),
      ];
      this.delta.append(...this.deltaParts);
    }
    const [front, number, back] = this.deltaParts;
    if (front.data !== before) front.data = before;
    put(number, this.say.signed(delta));
    mark(number, delta);
    if (back.data !== after) back.data = after;
  }
}

// The default export of a panel's file. `name` is what Python calls the decision.
function mounted(Panel, name) {
  return function mount({ parentElement, data, setStateValue }) {
    let panel = parentElement.curvePanel;
    if (panel && (!(panel instanceof Panel) || !panel.root.isConnected)) {
      panel.destroy();
      panel = null;
    }
    if (!panel) {
      panel = new Panel(parentElement, name);
      parentElement.curvePanel = panel;
    }
    const ticket = (panel.ticket += 1);
    panel.report = (setting) => setStateValue(name, setting);
    if (data) panel.update(data);
    return () => {
      // A later call may have taken the panel over: only the last one ends it.
      if (panel.ticket !== ticket) return;
      panel.destroy();
      if (parentElement.curvePanel === panel) delete parentElement.curvePanel;
    };
  };
}
