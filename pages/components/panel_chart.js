// The curve of a panel and everything that stands still behind it: ticks, shades, the simple policies' lines and names.

const THUMB = 22;
const SVG = "http://www.w3.org/2000/svg";

function svg(name, attributes = {}, parent = null) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (parent) parent.append(node);
  return node;
}

// A panel gives what it draws: plot, stage, values, chosen, best, words, say, share(position), bounds(), draw().
class CurveChart {
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

    [this.low, this.high] = withMargins(...this.bounds());
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

    const points = this.curvePoints();
    const path = points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join("L");
    const line = this.y(clamped(this.best ? this.best.amount : 0, this.low, this.high));
    const zero = this.y(0);
    const area = `M${points[0][0].toFixed(1)},${line}L${path}L${points.at(-1)[0].toFixed(1)},${line}Z`;
    this.shade("gain", area, this.ceiling - 26, line);
    this.shade("loss", area, line, height);
    if (zero > line + 0.5) {
      const under = `M${points[0][0].toFixed(1)},${zero}L${path}L${points.at(-1)[0].toFixed(1)},${zero}Z`;
      this.shade("debt", under, zero, height);
    }

    const lines = this.references().filter((one) => one.amount > this.low && one.amount < this.high);
    for (const [i, one] of lines.entries()) {
      const at = this.y(one.amount);
      svg("line", { class: lineOf(one, i), x1: this.left, x2: this.right, y1: at, y2: at }, plot);
    }
    this.nameLines(lines);
    const chosenAt = this.x(this.chosen);
    svg("line", { class: "chosen", x1: chosenAt, x2: chosenAt, y1: 18, y2: this.floor }, plot);
    svg("path", { class: "curve", d: `M${path}` }, plot);
    svg("circle", { class: "pick", cx: chosenAt, cy: this.y(values[this.chosen]), r: 4 }, plot);

    const note = svg("text", { class: "note", y: 11 }, plot);
    note.textContent = this.words.chosen;
    const half = (note.getComputedTextLength?.() ?? 120) / 2;
    const inside = clamped(chosenAt, this.left + half, this.right - half);
    note.setAttribute("x", inside.toFixed(1));

    this.marker = svg("line", { class: "marker", y1: this.ceiling - 8, y2: this.floor }, plot);
    this.dot = svg("circle", { class: "dot", r: 7 }, plot);
    this.draw();
  }

  curvePoints() {
    return thinned(Array.from(this.values, (value, k) => [this.x(k), this.y(value)]));
  }

  shade(name, area, top, bottom) {
    if (bottom - top < 0.5) return;
    const id = `clip-${name}`;
    const clip = svg("clipPath", { id }, this.plot);
    svg("rect", { x: 0, y: top, width: this.width, height: bottom - top }, clip);
    svg("path", { class: name, d: area, "clip-path": `url(#${id})` }, this.plot);
  }

  // What is drawn as lines: the best policy without a model, and the best simple method.
  references() {
    return [this.best, this.simple].filter(Boolean);
  }

  // The names stand above the plot: within it the pin would come across them wherever they are.
  nameLines(lines) {
    this.keys.hidden = !lines.length;
    this.keys.replaceChildren();
    for (const [i, one] of lines.entries()) {
      const row = element("li", "", this.keys);
      const sample = svg("svg", { width: 22, height: 8, "aria-hidden": "true" }, row);
      svg("line", { class: lineOf(one, i), x1: 1, x2: 21, y1: 4, y2: 4 }, sample);
      row.append(`${one.name} `);
      element("b", "", row).textContent = this.say.money(one.amount);
    }
  }
}

// Policies are told apart by their dashes, the best simple method by its colour.
function lineOf(one, place) {
  return one.simple ? "policy-line simple-line" : `policy-line dash-${Math.min(place, 3)}`;
}
