// The small picture of a card, from the numbers of core/charts/small.py: one function a shape, all on a field of 320 by 96.
const [WIDE, HIGH, EDGE] = [320, 96, 6];

const across = (i, n) => EDGE + ((WIDE - 2 * EDGE) * i) / Math.max(1, n - 1);
const upward = (share) => HIGH - EDGE - share * (HIGH - 2 * EDGE);
const along = (shares, from = 0, of = shares.length) => shares.map((s, i) => [across(from + i, of), upward(s)]);

function heap(svg, shares, name) {
  const line = along(shares);
  const floor = HIGH - EDGE;
  drawn("path", { class: `heap ${name}`, d: `${pathOf(line)}L${line.at(-1)[0]},${floor}L${line[0][0]},${floor}Z` }, svg);
  drawn("path", { class: `ridge ${name}`, d: pathOf(line) }, svg);
}

function between(svg, low, high) {
  drawn("path", { class: "between", d: `${pathOf(high)}${pathOf([...low].reverse()).replace("M", "L")}Z` }, svg);
}

const SHAPES = {
  heaps(svg, { no, yes, cut }) {
    heap(svg, no, "no");
    heap(svg, yes, "yes");
    if (cut === null) return;
    const x = across(cut, 2);
    drawn("line", { class: "cut", x1: x, x2: x, y1: EDGE, y2: HIGH - EDGE }, svg);
  },
  band(svg, { low, middle, high, happened }) {
    between(svg, along(low), along(high));
    drawn("path", { class: "ours", d: pathOf(along(middle)) }, svg);
    for (const [x, y] of along(happened)) drawn("circle", { class: "happened", cx: x, cy: y, r: 2.4 }, svg);
  },
  fan(svg, { low, middle, high, happened, known }) {
    const of = known.length + low.length;
    const from = known.length;
    const start = from ? [[across(from - 1, of), upward(known.at(-1))]] : [];
    between(svg, [...start, ...along(low, from, of)], [...start, ...along(high, from, of)]);
    drawn("path", { class: "known", d: pathOf(along(known, 0, of)) }, svg);
    drawn("path", { class: "ours", d: pathOf([...start, ...along(middle, from, of)]) }, svg);
    drawn("path", { class: "line happened", d: pathOf([...start, ...along(happened, from, of)]) }, svg);
  },
  curves(svg, { lines }) {
    for (const [i, line] of lines.entries()) {
      const steps = along(line).flatMap(([x, y], k, all) => (k ? [[x, all[k - 1][1]], [x, y]] : [[x, y]]));
      drawn("path", { class: `curve curve${i}`, d: pathOf(steps) }, svg);
    }
  },
  squares(svg, { rows }) {
    const side = (HIGH - 2 * EDGE) / rows.length;
    const left = (WIDE - side * rows.length) / 2;
    for (const [i, row] of rows.entries()) {
      for (const [j, share] of row.entries()) {
        const cell = drawn("rect", {
          class: i === j ? "right" : "wrong", x: left + j * side + 1, y: EDGE + i * side + 1,
          width: Math.max(1, side - 2), height: Math.max(1, side - 2), rx: 2,
        }, svg);
        cell.style.opacity = (0.08 + 0.92 * share).toFixed(2);
      }
    }
  },
  growth(svg, { ours, simple }) {
    if (simple.length) drawn("path", { class: "simple", d: pathOf(along(simple)) }, svg);
    drawn("path", { class: "ours", d: pathOf(along(ours)) }, svg);
  },
  dots(svg, { x, y, of }) {
    for (const [i, segment] of of.entries()) {
      drawn("circle", { class: `dot dot${segment % 3}`, cx: EDGE + x[i] * (WIDE - 2 * EDGE), cy: upward(y[i]), r: 2.6 }, svg);
    }
  },
  boxes(svg, { boxes, of, right }) {
    for (const [i, [left, top, far, low]] of boxes.entries()) {
      const [x, y] = [EDGE + ((left + far) / 2) * (WIDE - 2 * EDGE), EDGE + ((top + low) / 2) * (HIGH - 2 * EDGE)];
      const [rx, ry] = [((far - left) / 2) * (WIDE - 2 * EDGE), ((low - top) / 2) * (HIGH - 2 * EDGE)];
      drawn("ellipse", { class: `cell cell${of[i] % 3}${right[i] ? "" : " wrong"}`, cx: x, cy: y, rx, ry }, svg);
    }
  },
  made(svg, { picture }) {
    if (!/^data:image\/png;base64,[A-Za-z0-9+/=]+$/.test(picture)) return; // a picture of ours, and no other place
    drawn("image", { href: picture, x: 0, y: 16, width: WIDE, height: 64, style: "image-rendering:pixelated" }, svg);
  },
  bars(svg, { ours, best }) {
    const step = (WIDE - 2 * EDGE) / ours.length;
    for (const [i, share] of ours.entries()) {
      const at = (height, name) => drawn("rect", {
        class: name, x: EDGE + i * step + 3, width: Math.max(1, step - 6), y: upward(height),
        height: Math.max(1, HIGH - EDGE - upward(height)), rx: 2,
      }, svg);
      at(best[i] ?? 0, "best");
      at(share, "bar");
    }
  },
};

// Draws a picture into a place; nothing where there is none, or of a shape that is not known.
function smallPicture(place, picture) {
  const shape = picture && Object.hasOwn(SHAPES, picture.shape) ? SHAPES[picture.shape] : null;
  if (!shape) return false;
  const svg = drawn("svg", {
    viewBox: `0 0 ${WIDE} ${HIGH}`, preserveAspectRatio: ["squares", "made"].includes(picture.shape) ? "xMidYMid meet" : "none",
    "aria-hidden": "true", focusable: "false", "data-shape": picture.shape,
  }, place);
  shape(svg, picture);
  return true;
}
