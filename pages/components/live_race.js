// The race of a run: the network's curve against the lines of the simple methods. Every line has its name beside the
// plot; where that would leave the plot no room, its number stands there, and number and name in a key below.

const NAMES_AT_MOST = 0.36; // of the width
const NAME_GAP = 15;

// The ends of the axis of scores. The race is about `best`, the line to cross: other lines are held that are within half
// of the way from there to what a constant answer reaches, and the curve, with its band and the scores on training rows,
// from where it has come within a third of it. All the rest would make the race small. epochs: as the feed sends them.
function scoreRange({ epochs, lines, best, constant }) {
  const scored = epochs.filter((epoch) => Number.isFinite(epoch[EPOCH.validation_score]));
  const middle = Number.isFinite(best) ? best : scored.at(-1)?.[EPOCH.validation_score];
  if (middle === undefined) return [0, 1];
  const room = Number.isFinite(constant) && constant !== middle ? Math.abs(middle - constant) / 3 : Infinity;
  const held = [middle, ...lines.filter((line) => Math.abs(line - middle) <= 1.5 * room)];
  for (const epoch of scored) {
    const score = epoch[EPOCH.validation_score];
    held.push(clamped(score, middle - room, middle + room));
    if (Math.abs(score - middle) > room) continue;
    held.push(...[EPOCH.low, EPOCH.high, EPOCH.train_score].map((i) => epoch[i]));
  }
  const [low, high] = extremes(held.filter(Number.isFinite));
  const margin = 0.06 * (high - low || 0.1 * Math.abs(high) || 1);
  return [low - margin, high + margin];
}

// The first epoch that is better than a line; null while none is. epochs: as the feed sends them.
function crossing(epochs, line, higher) {
  if (!Number.isFinite(line)) return null;
  for (const epoch of epochs) {
    const score = epoch[EPOCH.validation_score];
    if (score !== null && (higher ? score > line : score < line)) return epoch[EPOCH.number];
  }
  return null;
}

// The epoch whose loss on validation rows is lowest, by its place; -1 where there is none.
function bestEpoch(epochs) {
  let best = -1;
  for (const [i, epoch] of epochs.entries()) {
    const loss = epoch[EPOCH.validation_loss];
    if (loss !== null && (best < 0 || loss < epochs[best][EPOCH.validation_loss])) best = i;
  }
  return best;
}

// Heights of names so that none covers another: each as near its own line as the others let it. wanted: ascending.
function apartFrom(wanted, gap, low, high) {
  const at = wanted.map((y) => clamped(y, low, high));
  for (let i = 1; i < at.length; i += 1) at[i] = Math.max(at[i], at[i - 1] + gap);
  let over = at.length ? at.at(-1) - high : 0;
  for (let i = at.length - 1; i >= 0 && over > 0; i -= 1) {
    at[i] -= over;
    over = i > 0 ? at[i - 1] + gap - at[i] : 0;
  }
  return at;
}

// Of some places for a text, the first that covers least: points of curves, lines across, boxes of other texts. A place
// is its box: left, right, top, bottom.
function freest(places, { points, lines, boxes }) {
  const covered = (box) => {
    const within = (y) => y > box.top && y < box.bottom;
    let sum = points.filter(([x, y]) => x > box.left && x < box.right && within(y)).length;
    sum += 3 * lines.filter(within).length;
    for (const other of boxes) {
      if (box.left < other.right && box.right > other.left && box.top < other.bottom && box.bottom > other.top) sum += 100;
    }
    return sum;
  };
  return places.reduce((best, place) => (covered(place) < covered(best) ? place : best), places[0]);
}

class RacePicture extends LineChart {
  // keys: where the names stand that have no room beside the plot.
  constructor(plot, keys, say) {
    super(plot, say);
    this.keys = keys;
    this.say = say;
  }

  // head: as the feed tells it; lines: the simple methods; over: the training has ended, and been shown.
  draw({ seen, head, lines, words, over }) {
    const best = lines.find((line) => line.best);
    const until = seen.at(-1)?.[EPOCH.number] ?? 0;
    const range = scoreRange({ epochs: seen, lines: lines.map((line) => line.value), best: best?.value, constant: head.constant });
    const names = this.namesOf(lines);
    const write = words.in_percent ? (value) => this.say.percent(value, range[1] - range[0] < 0.2 ? 1 : 0) : this.write;
    if (!this.begin({ range, last: lastOnAxis(until, head.most, over), right: names.width + 20, write })) return;
    this.boxes = [];
    this.drawLines(lines, names);
    const rows = evenly(seen, 400);
    const pick = (name) => rows.map((epoch) => [epoch[EPOCH.number], epoch[EPOCH[name]]]);
    this.band(rows.map((e) => [e[EPOCH.number], e[EPOCH.low], e[EPOCH.high]]), { class: "band" });
    this.line(pick("train_score"), { class: "train" });
    this.line(pick("validation_score"), { class: "curve" });
    this.points = pick("validation_score").filter(([, score]) => score !== null).map(([epoch, score]) => [this.x(epoch), this.y(score)]);
    this.levels = lines.map((line) => this.y(line.value)).filter((y) => this.isWithin(y));
    const crossed = best ? crossing(seen, best.value, head.higher) : null;
    if (crossed !== null) svg("circle", { cx: this.x(crossed), cy: this.y(best.value), r: 6, class: "cross" }, this.plot);
    if (over) this.markBest(seen, head, words);
    this.markNow(seen.at(-1));
  }

  // How wide the names beside the plot are, and whether they are names or numbers alone. Measured where they will stand.
  namesOf(lines) {
    const widest = (texts, of) => {
      const node = svg("text", { class: `name ${of}` }, this.plot);
      const widths = texts.map((text) => {
        node.textContent = text;
        return node.getComputedTextLength?.() || 6.6 * text.length;
      });
      node.remove();
      return Math.ceil(Math.max(0, ...widths));
    };
    const whole = widest(lines.map((line) => `${line.title} ${line.said}`), "best");
    const isRoomy = whole + 20 <= NAMES_AT_MOST * this.plot.parentElement.clientWidth;
    return { isRoomy, width: isRoomy ? whole : widest(lines.map((line) => line.said), "best") };
  }

  drawLines(lines, names) {
    const placed = lines.map((line) => ({ ...line, y: this.y(line.value) })).sort((a, b) => a.y - b.y);
    const heights = apartFrom(placed.map((line) => line.y), NAME_GAP, this.ceiling, this.floor - 4);
    for (const [i, line] of placed.entries()) {
      const role = line.best ? "simple best" : "simple";
      if (this.isWithin(line.y)) {
        svg("line", { class: role, x1: this.left, x2: this.right, y1: line.y, y2: line.y }, this.plot);
        svg("path", { class: "lead", d: `M${this.right},${line.y}L${this.right + 14},${heights[i]}` }, this.plot);
      }
      const far = this.isWithin(line.y) ? "" : line.y < this.ceiling ? "\u2191 " : "\u2193 "; // it has no line
      this.text(far + (names.isRoomy ? `${line.title} ${line.said}` : line.said), {
        class: `name start ${line.best ? "best" : "other"}`, x: this.right + 18, y: heights[i], dy: "0.34em",
      });
    }
    const told = names.isRoomy ? [] : placed;
    this.keys.hidden = !told.length;
    const now = told.map((line) => `${line.said} ${line.title}`).join("\n");
    if (this.keys.dataset.told === now) return;
    this.keys.dataset.told = now;
    this.keys.replaceChildren(...told.map((line) => {
      const node = document.createElement("li");
      node.className = line.best ? "best" : "other";
      const value = document.createElement("b");
      value.textContent = line.said;
      node.append(value, ` ${line.title}`);
      return node;
    }));
  }

  isWithin(y) {
    return y >= this.ceiling - 8 && y <= this.floor + 1;
  }

  // Where the loss was lowest: of several networks, from the first of these epochs to the last.
  markBest(seen, head, words) {
    const place = bestEpoch(seen);
    if (seen.length < 2 || (place < 0 && !head.best)) return;
    const [first, last] = head.best ?? [seen[place][EPOCH.number], seen[place][EPOCH.number]];
    const [from, to] = [this.x(first), this.x(last)];
    const [top, bottom] = [this.ceiling - 6, this.floor];
    if (last > first) svg("rect", { class: "bestspan", x: from, y: top, width: to - from, height: bottom - top }, this.plot);
    for (const x of new Set([from, to])) svg("line", { class: "bestmark", x1: x, x2: x, y1: top, y2: bottom }, this.plot);
    const score = seen.find((epoch) => epoch[EPOCH.number] === first)?.[EPOCH.validation_score];
    if (first === last && Number.isFinite(score)) {
      svg("circle", { class: "bestdot", cx: from, cy: this.y(score), r: 6 }, this.plot);
    }
    const told = first === last ? fill(words.best, { epoch: first }) : fill(words.best_span, { first, last });
    const sides = [[to + 7, "start"], [from - 7, "end"]];
    this.place(told, "name", sides.flatMap(([x, anchor]) => [bottom - 8, top + 12].map((y) => ({ x, y, anchor }))));
  }

  // Where the curve is now, with its number.
  markNow(last) {
    const score = last?.[EPOCH.validation_score];
    if (!Number.isFinite(score)) return;
    const [x, y] = [this.x(last[EPOCH.number]), clamped(this.y(score), 4, this.floor)];
    svg("circle", { class: "runner", cx: x, cy: y, r: 5.5 }, this.plot);
    const wanted = [[x + 10, y - 9, "start"], [x - 10, y - 9, "end"], [x + 10, y + 20, "start"], [x - 10, y + 20, "end"],
      [x - 10, y - 26, "end"], [x - 10, y + 36, "end"]];
    this.place(last[EPOCH.said] || this.write(score), "value", wanted.map(([at, height, anchor]) => ({ x: at, y: height, anchor })));
  }

  // A text at that of these places where it covers least, within the plot.
  place(words, kind, places) {
    const node = this.text(words, { class: `${kind} halo` });
    const length = node.getComputedTextLength?.() || 7 * words.length;
    const boxes = places.map(({ x, y, anchor }) => {
      const left = clamped(anchor === "end" ? x - length : x, this.left + 2, Math.max(this.left + 2, this.right - length - 2));
      const base = clamped(y, this.ceiling + 6, this.floor - 4);
      return { left, right: left + length, top: base - 12, bottom: base + 4, base };
    });
    const chosen = freest(boxes, { points: this.points, lines: this.levels, boxes: this.boxes });
    this.boxes.push(chosen);
    node.setAttribute("x", chosen.left.toFixed(1));
    node.setAttribute("y", chosen.base.toFixed(1));
  }
}
