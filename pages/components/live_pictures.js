// What can be seen of a network while it learns: its layers with the gradient that flows back through them, and how its
// predictions on held-out rows lie, which part as it learns.

const MOST_DOTS = 9;

// How strong a gradient is drawn, 0 to 1: beside the strongest that was seen, three powers of ten below it is nothing.
function strengthOf(gradient, strongest) {
  if (!(gradient > 0) || !(strongest > 0)) return 0;
  return clamped(1 + Math.log10(gradient / strongest) / 3, 0, 1);
}

// How many dots stand for a layer's units: more for more, never all of them. outputs: how many classes it tells apart.
function dotsOf(layer, outputs) {
  if (layer.name === "output") return clamped(outputs ?? 1, 1, MOST_DOTS);
  return layer.units ? clamped(Math.round(1 + 1.3 * Math.log2(layer.units)), 2, MOST_DOTS) : 5;
}

// Where a text of this length lies whose anchor is at a place.
function spanOf(at, length, end) {
  const left = end === "start" ? at : end === "end" ? at - length : at - length / 2;
  return [left, left + length];
}

// Whether spans, from left to right, leave room between one another.
function areApart(spans, gap = 8) {
  return spans.every(([left], i) => i === 0 || left >= spans[i - 1][1] + gap);
}

class NetworkPicture {
  constructor(plot) {
    this.plot = plot;
    this.strongest = 0;
    this.layers = [];
  }

  // layers: name, title, units; what goes past the others is an arc. inputs: the first column's words. outputs: how many
  // classes it tells apart.
  build(layers, inputs, outputs) {
    const { plot } = this;
    const key = JSON.stringify(layers) + plot.parentElement.clientWidth;
    if (key === this.key) return;
    this.key = key;
    this.layers = layers;
    plot.replaceChildren();
    const [width, height] = [Math.round(plot.parentElement.clientWidth), Math.round(plot.clientHeight) || 170];
    if (width <= 0 || !layers.length) return;
    plot.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const chain = layers.filter((layer) => layer.name !== "skip" && layer.name !== "embedding");
    const columns = [{ name: "inputs", title: inputs, dots: 7 }, ...chain.map((one) => ({ ...one, dots: dotsOf(one, outputs) }))];
    const [top, bottom] = [22, height - 26];
    const x = (i) => 26 + (i * (width - 52)) / Math.max(1, columns.length - 1);
    const y = (column, j) => {
      const gap = Math.min(16, (bottom - top) / Math.max(1, MOST_DOTS - 1));
      return (top + bottom) / 2 + (j - (column.dots - 1) / 2) * gap;
    };
    this.edges = {};
    this.dots = {};
    const lines = svg("g", {}, plot);
    for (const [i, column] of columns.entries()) {
      if (i > 0) {
        const before = columns[i - 1];
        const path = [];
        for (let a = 0; a < before.dots; a += 1) {
          for (let b = 0; b < column.dots; b += 1) path.push(`M${x(i - 1)},${y(before, a)}L${x(i)},${y(column, b)}`);
        }
        this.edges[column.name] = svg("path", { class: "edge", d: path.join("") }, lines);
      }
      this.dots[column.name] = Array.from({ length: column.dots }, (_, j) =>
        svg("circle", { class: "unit", cx: x(i), cy: y(column, j), r: 4.5 }, plot));
    }
    this.nameColumns(columns, x, width, height);
    if (layers.some((layer) => layer.name === "skip")) {
      const [from, to] = [x(0), x(columns.length - 1)];
      const d = `M${from},${top - 4}C${from + 30},${top - 22} ${to - 30},${top - 22} ${to},${(top + bottom) / 2 - 8}`;
      this.edges.skip = svg("path", { class: "edge arc", d }, lines);
    }
  }

  // Titles under their columns; those in the middle are left out where all have no room beside one another.
  nameColumns(columns, x, width, height) {
    const nodes = columns.map((column, i) => {
      const end = i === 0 ? "start" : i === columns.length - 1 ? "end" : "middle";
      const at = end === "start" ? 4 : end === "end" ? width - 4 : x(i);
      const node = svg("text", { class: `tick ${end}`, x: at, y: height - 6 }, this.plot);
      node.textContent = column.title;
      return { end, node, span: spanOf(at, node.getComputedTextLength?.() || 6.6 * column.title.length, end) };
    });
    if (areApart(nodes.map(({ span }) => span))) return;
    for (const { end, node } of nodes) if (end === "middle") node.remove();
  }

  draw(epoch) {
    if (!this.edges) return;
    const [gradients, dead] = [epoch[EPOCH.gradients] ?? [], epoch[EPOCH.dead] ?? []];
    this.strongest = Math.max(this.strongest, ...gradients.filter(Number.isFinite));
    for (const [i, layer] of this.layers.entries()) {
      const strength = strengthOf(gradients[i], this.strongest);
      this.edges[layer.name]?.setAttribute("style", `stroke-opacity:${(0.06 + 0.5 * strength).toFixed(3)};stroke-width:${(0.6 + 1.2 * strength).toFixed(2)}`);
      const dots = this.dots[layer.name] ?? [];
      const asleep = Math.round((dead[i] ?? 0) * dots.length);
      for (const [j, dot] of dots.entries()) dot.classList.toggle("dead", j < asleep);
    }
  }
}

// Two heaps, or one: shares of the rows of each kind by what was predicted for them.
class SpreadPicture {
  constructor(plot) {
    this.plot = plot;
  }

  // spread: [of rows without the outcome, of rows with it], each as many shares as there are bins; between: epochs drawn
  // between two that were told, so that the heaps move.
  draw(spread, words) {
    const { plot } = this;
    const [width, height] = [Math.round(plot.parentElement.clientWidth), Math.round(plot.clientHeight) || 170];
    if (width <= 0) return;
    plot.setAttribute("viewBox", `0 0 ${width} ${height}`);
    plot.replaceChildren();
    const [left, right, floor, top] = [4, width - 4, height - 24, 26];
    const heaps = spread.map((heap) => softened(softened(heap)));
    const most = Math.max(...heaps.flat(), 1e-9);
    for (const [place, shares] of heaps.entries()) {
      const step = (right - left) / shares.length;
      const points = shares.map((share, i) => [left + (i + 0.5) * step, floor - (share / most) * (floor - top)]);
      const path = smooth([[left, points[0][1]], ...points, [right, points.at(-1)[1]]]);
      const kind = spread.length > 1 && place === spread.length - 1 ? "with" : "without";
      svg("path", { class: `heap ${kind}`, d: `${path}L${right},${floor}L${left},${floor}Z` }, plot);
      svg("path", { class: `ridge ${kind}`, d: path, fill: "none" }, plot);
    }
    svg("line", { class: "gridline", x1: left, x2: right, y1: floor, y2: floor }, plot);
    const say = (text, attributes) => {
      svg("text", attributes, plot).textContent = text ?? "";
    };
    say(words.low, { class: "tick start", x: left, y: height - 6 });
    say(words.high, { class: "tick end", x: right, y: height - 6 });
    if (spread.length > 1) {
      say(words.without, { class: "name without start", x: left, y: 13 });
      say(words.with, { class: "name with end", x: right, y: 13 });
    }
  }
}

// A curve through points that does not swing beyond them.
function smooth(points) {
  let path = `M${points[0][0].toFixed(1)},${points[0][1].toFixed(1)}`;
  for (let i = 1; i < points.length; i += 1) {
    const [[ax, ay], [bx, by]] = [points[i - 1], points[i]];
    const middle = ((ax + bx) / 2).toFixed(1);
    path += `C${middle},${ay.toFixed(1)} ${middle},${by.toFixed(1)} ${bx.toFixed(1)},${by.toFixed(1)}`;
  }
  return path;
}

// Each share with its neighbours: some dozens of rows lie raggedly by chance. The sum stays.
function softened(heap) {
  return heap.map((share, i) => (heap[Math.max(i - 1, 0)] + 2 * share + heap[Math.min(i + 1, heap.length - 1)]) / 4);
}

// Where every training begins: all rows get about the same.
function oneHeap(heap) {
  const middle = (heap.length - 1) / 2;
  const shares = heap.map((_, i) => Math.exp(-(((i - middle) / 1.3) ** 2) / 2));
  const sum = shares.reduce((a, b) => a + b, 0);
  return shares.map((share) => share / sum);
}

// Between two epochs, so that what is drawn moves from one to the next.
function blended(before, after, share) {
  if (!before || !after || before.length !== after.length) return after ?? before;
  return after.map((heap, k) => heap.map((value, i) => (before[k][i] ?? value) * (1 - share) + value * share));
}

// What the first layer of a network for pictures looks for, and what it finds in one picture, as told last: small canvases
// of as many points as there are shades, drawn larger without being smoothed.
class LookPicture {
  constructor(place) {
    this.place = place;
    this.drawn = null;
  }

  // Whether there is anything to draw.
  draw(epochs) {
    const told = epochs.findLast((epoch) => epoch[EPOCH.look])?.[EPOCH.look];
    if (!told) return false;
    if (told === this.drawn) return true;
    this.drawn = told;
    const picture = epochs.find((epoch) => epoch[EPOCH.look]?.picture)?.[EPOCH.look].picture;
    const nodes = picture ? [this.column([[picture, 0, "film"]])] : [];
    for (let i = 0; i < told.patterns.of.length; i += 1) {
      nodes.push(this.column([[told.patterns, i, "pattern"], [told.found, i, "found"]]));
    }
    this.place.replaceChildren(...nodes);
    return true;
  }

  column(shown) {
    const node = document.createElement("div");
    for (const [shades, i, kind] of shown) node.append(this.canvas(shades, i, kind));
    return node;
  }

  canvas({ high, wide, of }, i, kind) {
    const node = document.createElement("canvas");
    Object.assign(node, { width: wide, height: high, className: kind });
    const points = new ImageData(wide, high);
    for (let at = 0; at < high * wide; at += 1) {
      const shade = 17 * (Number.parseInt(of[i][at], 16) || 0);
      points.data.set([shade, shade, shade, 255], 4 * at);
    }
    node.getContext("2d").putImageData(points, 0, 0);
    return node;
  }
}
