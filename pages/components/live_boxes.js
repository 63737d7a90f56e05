// A held-out slide with the boxes that a network finds in it, epoch by epoch: round, square or on its corner by class.

const BOX = { kind: 0, score: 1, left: 2, top: 3, right: 4, bottom: 5 };

// The form of a box with so many thousandths of the picture on each side, in a picture of this size.
function boxForm(box, width, height) {
  const [left, right] = [box[BOX.left], box[BOX.right]].map((end) => (end * width) / 1000);
  const [top, bottom] = [box[BOX.top], box[BOX.bottom]].map((end) => (end * height) / 1000);
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  const forms = [
    ["ellipse", { cx: x, cy: y, rx: (right - left) / 2, ry: (bottom - top) / 2 }],
    ["rect", { x: left, y: top, width: right - left, height: bottom - top }],
    ["polygon", { points: `${x},${top} ${right},${y} ${x},${bottom} ${left},${y}` }],
  ];
  return forms[box[BOX.kind] % forms.length];
}

class BoxesPicture {
  constructor(plot) {
    this.plot = plot;
    this.told = null;
  }

  // watched: address and ratio of the slide, colours by class. What is surer is drawn stronger.
  draw(boxes, watched) {
    const { plot } = this;
    const width = Math.min(Math.round(plot.parentElement.clientWidth), 420);
    if (width <= 0) return;
    const told = JSON.stringify([boxes, width, watched.ratio]);
    if (told === this.told) return;
    this.told = told;
    const height = Math.round(width / watched.ratio);
    plot.setAttribute("viewBox", `0 0 ${width} ${height}`);
    plot.style.height = `${height}px`;
    plot.style.maxWidth = `${width}px`;
    plot.replaceChildren();
    if (watched.picture) svg("image", { href: watched.picture, width, height, preserveAspectRatio: "none" }, plot);
    for (const box of [...boxes].reverse()) {
      const [form, places] = boxForm(box, width, height);
      const strength = Math.min(1, box[BOX.score] / 500);
      svg(form, {
        ...places, fill: "none", stroke: watched.colours[box[BOX.kind] % watched.colours.length],
        "stroke-width": (1 + 1.6 * strength).toFixed(2), "stroke-opacity": (0.25 + 0.75 * strength).toFixed(2),
      }, plot);
    }
  }
}
