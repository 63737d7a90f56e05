// Gradient descent on the articles' house prices: y = w x + b on x = 1 to 5, y = 2 x, from w = b = 0. The valley of the loss,
// the way down it at the rate that the slider says, the loss of each epoch, and the eigenvalue that parts coming down from
// going up. look.js, svg.js, panel_numbers.js, panel_geometry.js, painting.js and widgets.js stand before it.

const SECOND = [[22, 6], [6, 2]]; // the second slopes of the loss: 2 / 5 times the sums of x x, x and 1
const [STEEP, FLAT] = [12 + Math.sqrt(136), 12 - Math.sqrt(136)]; // its eigenvalues
const EDGE = 2 / STEEP;
const [EPOCHS, LEAST_LOSS, MOST_LOSS] = [100, 1e-4, 1e6];
const [CENTER_W, CENTER_B, SPAN] = [2, 0, 5];

// Weights and loss before each step.
function descended(rate, epochs = EPOCHS) {
  let [w, b] = [0, 0];
  const way = [];
  for (let epoch = 0; epoch < epochs; epoch += 1) {
    const [dw, db] = [w - 2, b];
    way.push({ w, b, loss: 0.5 * (SECOND[0][0] * dw * dw + 2 * SECOND[0][1] * dw * db + SECOND[1][1] * db * db) });
    w -= rate * (SECOND[0][0] * dw + SECOND[0][1] * db);
    b -= rate * (SECOND[1][0] * dw + SECOND[1][1] * db);
  }
  return way;
}

class Valley {
  constructor(host) {
    this.host = host;
    this.root = host.querySelector(".valley");
    this.rate = 0.1;
  }

  build() {
    const { words } = this.data;
    this.say = new Speech(words.locale, "USD");
    this.root.replaceChildren();
    const control = made("div", "bar", this.root);
    this.slider = ranged(control, "rate", words.rate, { low: 0.01, high: 0.12, step: 0.0005 }, (value) => this.say.amount(value), (value) => {
      this.rate = value;
      this.draw();
    });
    for (const [name, value] of [["printed", 0.1], ["edge", 0.0845], ["calm", 0.05]]) {
      pressed(control, "plain", fill(words[name], { rate: this.say.amount(value) }), () => {
        this.rate = value;
        this.slider.show(value);
        this.draw();
      });
    }
    const sides = made("div", "sides", this.root);
    const side = (title) => {
      const box = made("figure", "", sides);
      made("figcaption", "", box, title);
      const canvas = made("canvas", "", box);
      canvas.setAttribute("aria-hidden", "true");
      return canvas;
    };
    this.map = side(words.map);
    this.curve = side(words.curve);
    this.verdict = made("p", "verdict", this.root);
    this.verdict.setAttribute("role", "status");
    this.why = made("p", "small-text", this.root);
    this.slider.show(this.rate);
    this.watch?.disconnect();
    this.watch = followWidth(sides, () => this.draw());
  }

  update(data) {
    const isOther = !this.data || JSON.stringify(data.words) !== JSON.stringify(this.data.words);
    this.data = data;
    if (isOther) this.build();
    this.look = looksNow(this.host, data.look);
    for (const [name, value] of Object.entries(this.look)) {
      if (typeof value === "string" && value) this.root.style.setProperty(`--pg-${name}`, value);
    }
    this.draw();
  }

  draw() {
    const { words } = this.data;
    const way = descended(this.rate);
    this.drawMap(way);
    this.drawCurve(way);
    const last = way.at(-1).loss;
    const comes = this.rate < EDGE;
    const told = this.told(last);
    put(this.verdict, fill(comes ? words.comes : words.goes, { rate: this.say.amount(this.rate), loss: told, epochs: EPOCHS }));
    put(this.why, fill(words.why, {
      eigenvalue: this.say.amount(STEEP), edge: this.say.amount(EDGE), rate: this.say.amount(this.rate),
      factor: this.say.amount(1 - this.rate * STEEP), flat: this.say.amount(1 - this.rate * FLAT),
    }));
    Object.assign(this.root.dataset, { rate: this.rate, loss: last, comes });
  }

  told(value) {
    if (value < 1e9) return this.say.amount(value);
    const power = Math.floor(Math.log10(value));
    return `${this.say.amount(value / 10 ** power)} × 10${[...String(power)].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]).join("")}`;
  }

  drawMap(way) {
    const { look } = this;
    const size = this.map.clientWidth;
    const context = fitted(this.map, size, size);
    const scale = size / (2 * SPAN);
    const place = ({ w, b }) => [(w - CENTER_W + SPAN) * scale, (SPAN - (b - CENTER_B)) * scale];
    context.lineWidth = 1;
    const tilt = Math.atan2(STEEP - SECOND[0][0], SECOND[0][1]); // of the steep direction
    for (let level = 0.1; level < 2000; level *= 2.5) {
      context.beginPath();
      const radius = (eigenvalue) => Math.sqrt((2 * level) / eigenvalue) * scale;
      context.ellipse(...place({ w: 2, b: 0 }), radius(STEEP), radius(FLAT), -tilt, 0, 2 * Math.PI);
      context.strokeStyle = look.grid;
      context.stroke();
    }
    context.strokeStyle = this.rate < EDGE ? look.network : look.bad;
    context.lineWidth = 1.4;
    context.lineJoin = "round";
    context.beginPath();
    const seen = way.filter(({ w, b }) => Math.hypot(w - CENTER_W, b - CENTER_B) < 3 * SPAN);
    seen.forEach((one, i) => (i ? context.lineTo(...place(one)) : context.moveTo(...place(one))));
    context.stroke();
    context.fillStyle = context.strokeStyle;
    for (const one of seen) {
      context.beginPath();
      context.arc(...place(one), 2.6, 0, 2 * Math.PI);
      context.fill();
    }
    context.fillStyle = look.text;
    context.beginPath();
    context.arc(...place({ w: 2, b: 0 }), 4, 0, 2 * Math.PI);
    context.fill();
    context.font = `13px ${look.font}`;
    context.fillStyle = look.muted;
    context.fillText("w", size - 14, size - 8);
    context.fillText("b", 8, 16);
  }

  drawCurve(way) {
    const { look } = this;
    const [width, height] = [this.curve.clientWidth, this.curve.clientHeight];
    const context = fitted(this.curve, width, height);
    const left = 44;
    const span = Math.log10(MOST_LOSS / LEAST_LOSS);
    const y = (loss) => height - 20 - ((Math.log10(clamped(loss, LEAST_LOSS, MOST_LOSS)) - Math.log10(LEAST_LOSS)) / span) * (height - 30);
    context.font = `12px ${look.font}`;
    context.fillStyle = look.muted;
    context.strokeStyle = look.grid;
    for (let power = -4; power <= 6; power += 2) {
      const at = Math.round(y(10 ** power)) + 0.5;
      context.beginPath();
      context.moveTo(left, at);
      context.lineTo(width, at);
      context.stroke();
      context.fillText(`10${[...String(power)].map((sign) => (sign === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[sign])).join("")}`, 6, at + 4);
    }
    context.fillText("1", left, height - 4);
    context.fillText(String(EPOCHS), width - 22, height - 4);
    context.strokeStyle = this.rate < EDGE ? look.network : look.bad;
    context.lineWidth = 2;
    context.beginPath();
    way.forEach(({ loss }, i) => {
      const x = left + 2 + (i / (EPOCHS - 1)) * (width - left - 6);
      if (i) context.lineTo(x, y(loss));
      else context.moveTo(x, y(loss));
    });
    context.stroke();
  }
}

function put(node, text) {
  if (node.firstChild?.data !== text) node.textContent = text;
}

export default function mount({ parentElement, data }) {
  let one = parentElement.valley;
  if (!one || !one.root.isConnected) one = parentElement.valley = new Valley(parentElement);
  if (data) one.update(data);
}
