// What the playground paints: answers over the plane as colours, the border between the classes, points, wires, curves.

const SIDE = 44; // places of the plane in each direction

function bytesOf(colour) {
  return [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
}

// 256 colours from one class over the ground to the other, as the pixels of a canvas hold them.
function rampOf(low, ground, high) {
  const [a, middle, b] = [low, ground, high].map(bytesOf);
  return Uint32Array.from({ length: 256 }, (_, i) => {
    const t = i / 127.5 - 1;
    const end = t < 0 ? a : b;
    const share = 0.66 * Math.abs(t) ** 0.8;
    const [red, green, blue] = middle.map((from, c) => Math.round(from + share * (end[c] - from)));
    return (255 << 24) | (blue << 16) | (green << 8) | red;
  });
}

// The places of the plane, from its upper left corner row by row, and what every unit answers there.
class Plane {
  constructor() {
    const at = (i) => (2 * REACH * (i + 0.5)) / SIDE - REACH;
    this.count = SIDE * SIDE;
    this.x = Float64Array.from({ length: this.count }, (_, i) => at(i % SIDE));
    this.y = Float64Array.from({ length: this.count }, (_, i) => -at(Math.floor(i / SIDE)));
    this.tiles = [];
    this.image = new ImageData(SIDE, SIDE);
    this.pixels = new Uint32Array(this.image.data.buffer);
  }

  begin(training) {
    this.inputs = training.featuresAt(this.x, this.y);
    this.room = training.network.room(this.count);
  }

  answer(training) {
    this.scores = training.network.forward(this.inputs, this.count, this.room);
  }

  tile(number) {
    if (!this.tiles[number]) {
      const canvas = document.createElement("canvas");
      canvas.width = canvas.height = SIDE;
      this.tiles[number] = { canvas, context: canvas.getContext("2d") };
    }
    return this.tiles[number];
  }

  // One unit's answers as a small picture: values[first + i * stride], of a sigmoid from 0 to 1, of others about 0.
  paint(number, ramp, values, first, stride, kind) {
    const { pixels, count } = this;
    let factor = 127;
    if (kind === "free") {
      let most = 1e-9;
      for (let i = 0, at = first; i < count; i += 1, at += stride) most = Math.max(most, Math.abs(values[at]));
      factor = 127 / most;
    }
    for (let i = 0, at = first; i < count; i += 1, at += stride) {
      const value = values[at];
      const t = kind === "score" ? 2 * sigmoid(value) - 1 : kind === "share" ? 2 * value - 1 : value;
      pixels[i] = ramp[Math.min(255, Math.max(0, Math.round(127.5 + factor * t))) || 0];
    }
    const { canvas, context } = this.tile(number);
    context.putImageData(this.image, 0, 0);
    return canvas;
  }

  // Where the score crosses nothing, as pieces of a line on a square of this size (marching squares).
  border(context, size) {
    const { scores } = this;
    const step = size / SIDE;
    context.beginPath();
    for (let row = 0; row + 1 < SIDE; row += 1) {
      for (let column = 0; column + 1 < SIDE; column += 1) {
        const at = row * SIDE + column;
        const corners = [scores[at], scores[at + 1], scores[at + SIDE + 1], scores[at + SIDE]];
        const ends = [];
        for (let side = 0; side < 4; side += 1) {
          const [a, b] = [corners[side], corners[(side + 1) & 3]];
          if (a > 0 === b > 0) continue;
          const t = a / (a - b);
          const x = column + 0.5 + [t, 1, 1 - t, 0][side];
          const y = row + 0.5 + [0, t, 1, 1 - t][side];
          ends.push([x * step, y * step]);
        }
        for (let i = 0; i + 1 < ends.length; i += 2) {
          context.moveTo(...ends[i]);
          context.lineTo(...ends[i + 1]);
        }
      }
    }
    context.stroke();
  }
}

// A canvas whose drawing is in CSS pixels, sharp on every screen.
function fitted(canvas, width, height) {
  const ratio = Math.min(3, window.devicePixelRatio || 1);
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h];
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

// Points in their classes' colours: those that teach with a light edge, those that test with the edge of the ground.
function paintPoints(context, size, points, colours, radius = 3.4) {
  const place = (at) => ((at + REACH) / (2 * REACH)) * size;
  for (const isTest of [true, false]) {
    const [from, until] = isTest ? [points.train, points.x.length] : [0, points.train];
    for (const of of [0, 1]) {
      context.beginPath();
      for (let i = from; i < until; i += 1) {
        if (points.label[i] !== of) continue;
        const [x, y] = [place(points.x[i]), size - place(points.y[i])];
        context.moveTo(x + radius, y);
        context.arc(x, y, radius, 0, 2 * Math.PI);
      }
      context.fillStyle = colours.classes[of];
      context.globalAlpha = isTest ? 0.55 : 1;
      context.fill();
      context.globalAlpha = 1;
      context.strokeStyle = isTest ? "transparent" : colours.edge;
      context.lineWidth = 1;
      context.stroke();
    }
  }
}

// A weight as a line: its width says how much, its colour for which class it speaks.
function paintWire(context, [x, y], [toX, toY], weight, colours, flow) {
  const size = Math.abs(weight);
  if (!(size > 0.005)) return;
  const middle = (x + toX) / 2;
  context.beginPath();
  context.moveTo(x, y);
  context.bezierCurveTo(middle, y, middle, toY, toX, toY);
  context.lineWidth = Math.min(8, 0.6 + 1.5 * size);
  context.globalAlpha = Math.min(0.95, 0.3 + 0.3 * size);
  context.strokeStyle = colours.classes[weight > 0 ? 1 : 0];
  if (flow !== null) context.lineDashOffset = -flow;
  context.stroke();
}

// Curves of the loss, on one scale that begins at nothing. lines: [values, colour, width], `epochs` beside them.
function paintCurves(context, width, height, epochs, lines, colours, top) {
  const last = epochs.at(-1) || 1;
  context.strokeStyle = colours.grid;
  context.lineWidth = 1;
  for (const share of [0, 0.5, 1]) {
    const y = Math.round((height - 1) * share) + 0.5;
    context.beginPath();
    context.moveTo(0, y);
    context.lineTo(width, y);
    context.stroke();
  }
  for (const [values, colour, dash] of lines) {
    context.beginPath();
    let isOpen = false;
    for (let i = 0; i < values.length; i += 1) {
      const y = height - 1.5 - (Math.min(values[i], top) / top) * (height - 4);
      if (!Number.isFinite(y)) continue;
      const x = (epochs[i] / last) * (width - 2) + 1;
      if (isOpen) context.lineTo(x, y);
      else context.moveTo(x, y);
      isOpen = true;
    }
    context.setLineDash(dash);
    context.strokeStyle = colour;
    context.lineWidth = 2;
    context.stroke();
    context.setLineDash([]);
  }
}
