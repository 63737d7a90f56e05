// Lines over epochs, drawn by hand in SVG: scales, ticks, curves.
// panel_geometry.js and panel_chart.js stand before it in the same module.

// Where each field of an epoch lies, as the feed sends it.
const EPOCH = {
  number: 0, train_loss: 1, validation_loss: 2, train_score: 3, validation_score: 4, low: 5, high: 6, elapsed: 7,
  rate: 8, gradients: 9, dead: 10, spread: 11, said: 12, look: 13, boxes: 14, made: 15,
};

// How far the axis of epochs goes: to the last one that may come, while that is in sight.
function lastOnAxis(shown, most, over) {
  if (most && (most <= 60 || most <= 1.5 * shown)) return Math.max(most, 2);
  const wanted = Math.max(10, over ? shown : 1.3 * shown);
  const size = 10 ** Math.floor(Math.log10(wanted));
  return [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].map((step) => step * size).find((end) => end >= wanted);
}

class LineChart {
  constructor(plot, say) {
    this.plot = plot;
    this.clip = `inside-${plot.dataset.slot}`;
    this.write = (value) => say.amount(value);
  }

  // range: of values; last: of epochs; logarithmic: of values. Returns false where nothing can be drawn now.
  begin({ range, last, right = 12, logarithmic = false, write = this.write }) {
    const { plot } = this;
    this.width = Math.round(plot.parentElement.clientWidth);
    this.height = Math.round(plot.clientHeight) || 200;
    plot.replaceChildren();
    if (this.width <= 0) return false;
    plot.setAttribute("viewBox", `0 0 ${this.width} ${this.height}`);
    [this.low, this.high] = logarithmic ? range.map(Math.log10) : range;
    this.logarithmic = logarithmic;
    this.last = last;
    [this.ceiling, this.floor] = [10, this.height - 24];
    const ticks = logarithmic ? decades(this.low, this.high) : niceTicks(this.low, this.high, 4);
    const names = ticks.map((tick) => write(logarithmic ? 10 ** tick : tick));
    this.left = Math.ceil(Math.max(...names.map((name) => name.length), 1) * 6.6) + 12;
    this.right = this.width - right;
    for (const [i, tick] of ticks.entries()) {
      const y = this.yOf(tick).toFixed(1);
      svg("line", { class: "gridline", x1: this.left, x2: this.right, y1: y, y2: y }, plot);
      svg("text", { class: "tick end", x: this.left - 8, y, dy: "0.34em" }, plot).textContent = names[i];
    }
    for (const tick of niceTicks(0, last, Math.max(2, Math.round(this.width / 110)))) {
      if (tick !== Math.round(tick)) continue;
      svg("text", { class: "tick middle", x: this.x(tick), y: this.height - 6 }, plot).textContent = this.write(tick);
    }
    const clip = svg("clipPath", { id: this.clip }, plot);
    svg("rect", { x: this.left, y: 2, width: Math.max(0, this.right - this.left + 6), height: this.floor }, clip);
    return true;
  }

  x(epoch) {
    return this.left + (epoch / this.last) * (this.right - this.left);
  }

  yOf(value) {
    return this.floor - ((value - this.low) / (this.high - this.low || 1)) * (this.floor - this.ceiling);
  }

  y(value) {
    return this.yOf(this.logarithmic ? Math.log10(value) : value);
  }

  // points: [epoch, value or null]; a value that is none leaves a gap.
  line(points, attributes) {
    let path = "";
    let pen = false;
    for (const [epoch, value] of points) {
      const is = value !== null && (!this.logarithmic || value > 0);
      if (is) path += `${pen ? "L" : "M"}${this.x(epoch).toFixed(1)},${this.y(value).toFixed(1)}`;
      pen = is;
    }
    if (path) svg("path", { d: path, fill: "none", "clip-path": `url(#${this.clip})`, ...attributes }, this.plot);
    const told = points.filter(([, value]) => value !== null);
    if (told.length === 1 && points.length === 1) {
      svg("circle", { cx: this.x(told[0][0]), cy: this.y(told[0][1]), r: 3, class: `${attributes.class} point` }, this.plot);
    }
  }

  band(points, attributes) {
    const told = points.filter(([, low, high]) => low !== null && high !== null);
    if (told.length < 2) return;
    const over = told.map(([epoch, , high]) => `${this.x(epoch).toFixed(1)},${this.y(high).toFixed(1)}`);
    const under = told.map(([epoch, low]) => `${this.x(epoch).toFixed(1)},${this.y(low).toFixed(1)}`).reverse();
    svg("path", { d: `M${[...over, ...under].join("L")}Z`, "clip-path": `url(#${this.clip})`, ...attributes }, this.plot);
  }

  text(words, attributes) {
    const node = svg("text", attributes, this.plot);
    node.textContent = words;
    return node;
  }
}

function decades(low, high) {
  const found = [];
  const step = Math.max(1, Math.round((high - low) / 4));
  for (let at = Math.ceil(low); at <= high; at += step) found.push(at);
  return found.length ? found : [low];
}

// At most so many, evenly, with the first and the last.
function evenly(rows, most) {
  if (rows.length <= most) return rows;
  return Array.from({ length: most }, (_, i) => rows[Math.round((i * (rows.length - 1)) / (most - 1))]);
}
