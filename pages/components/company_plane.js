// The plane of trainings: parameters to the right, tokens upwards, both by powers of ten; what costs the same lies on a
// line. The results come from Python at one place, with the power that each input is raised to: none is computed twice.

const MARGIN = { left: 58, right: 16, top: 10, bottom: 40 };

class TrainingPlane extends CompanyPanel {
  constructor(host) {
    super(host);
    this.plot.classList.add("moves");
    const move = (event) => {
      const box = this.plot.getBoundingClientRect();
      const x = clamped((event.clientX - box.left - MARGIN.left) / this.wide, 0, 1);
      const y = clamped((box.top + this.height - MARGIN.bottom - event.clientY) / this.tall, 0, 1);
      const { x: xs, y: ys } = this.data.plane;
      this.values.tokens = rounded(10 ** (ys[0] + y * (ys[1] - ys[0])), 2);
      this.set(this.rows.get("parameters"), rounded(10 ** (xs[0] + x * (xs[1] - xs[0])), 2), PACE);
      this.rows.get("tokens").count = this.count;
      this.put(this.rows.get("tokens"));
    };
    this.plot.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || !this.data) return;
      this.plot.setPointerCapture(event.pointerId);
      this.dragging = true;
      move(event);
    });
    this.plot.addEventListener("pointermove", (event) => this.dragging && move(event));
    for (const end of ["pointerup", "pointercancel"]) {
      this.plot.addEventListener(end, () => {
        if (this.dragging) this.report(0);
        this.dragging = false;
      });
    }
  }

  get wide() { return this.width - MARGIN.left - MARGIN.right; }
  get tall() { return this.height - MARGIN.top - MARGIN.bottom; }

  x(parameters) {
    const [low, high] = this.data.plane.x;
    return MARGIN.left + ((Math.log10(parameters) - low) / (high - low)) * this.wide;
  }

  y(tokens) {
    const [low, high] = this.data.plane.y;
    return this.height - MARGIN.bottom - ((Math.log10(tokens) - low) / (high - low)) * this.tall;
  }

  // A result where the sliders stand.
  result(name) {
    const { at, results } = this.data;
    let value = results[name].value;
    for (const [input, power] of Object.entries(results[name].powers)) value *= (this.values[input] / at[input]) ** power;
    return value;
  }

  // The ends, within the plane, of the line of all trainings whose product of parameters and tokens is this.
  line(product) {
    const { x, y } = this.data.plane;
    const all = Math.log10(product);
    const [left, right] = [Math.max(x[0], all - y[1]), Math.min(x[1], all - y[0])];
    return left < right ? [[10 ** left, 10 ** (all - left)], [10 ** right, 10 ** (all - right)]] : null;
  }

  chart() {
    const { plot } = this;
    const { x, y } = this.data.plane;
    this.still = drawn("g", {}, plot);
    const step = this.width < 560 ? 3 : 1;
    for (let power = Math.ceil(x[0]); power <= x[1]; power += 1) {
      const at = this.x(10 ** power);
      drawn("line", { class: "gridline", x1: at, x2: at, y1: MARGIN.top, y2: this.height - MARGIN.bottom }, plot);
      if (power % 3 && step > 1) continue;
      const name = drawn("text", { x: at, y: this.height - MARGIN.bottom + 16, "text-anchor": "middle" }, plot);
      name.textContent = this.number(10 ** power);
    }
    for (let power = Math.ceil(y[0]); power <= y[1]; power += 2) {
      const at = this.y(10 ** power);
      drawn("line", { class: "gridline", x1: MARGIN.left, x2: this.width - MARGIN.right, y1: at, y2: at }, plot);
      const name = drawn("text", { x: MARGIN.left - 8, y: at, dy: "0.34em", "text-anchor": "end" }, plot);
      name.textContent = this.number(10 ** power);
    }
    const under = drawn("text", { x: this.width - MARGIN.right, y: this.height - 6, "text-anchor": "end" }, plot);
    under.textContent = this.words.across;
    const up = drawn("text", { x: MARGIN.left + 6, y: MARGIN.top + 12, class: "halo" }, plot);
    up.textContent = this.words.upward;
    this.lines = drawn("g", {}, plot);
    const balanced = [Math.max(x[0], y[0] - Math.log10(this.data.plane.balanced)), Math.min(x[1], y[1] - Math.log10(this.data.plane.balanced))];
    const ends = balanced.map((power) => [this.x(10 ** power), this.y(this.data.plane.balanced * 10 ** power)]);
    drawn("line", { class: "balanced", x1: ends[0][0], y1: ends[0][1], x2: ends[1][0], y2: ends[1][1] }, plot);
    const angle = (Math.atan2(ends[1][1] - ends[0][1], ends[1][0] - ends[0][0]) * 180) / Math.PI;
    const along = step > 1 ? 0.6 : 0.4;
    const [mx, my] = [ends[0][0] + (ends[1][0] - ends[0][0]) * along, ends[0][1] + (ends[1][1] - ends[0][1]) * along];
    const note = drawn("text", { class: "halo", "text-anchor": "middle", transform: `translate(${mx},${my}) rotate(${angle}) translate(0,-7)` }, plot);
    note.textContent = this.words.balanced;
    this.points(this.data.plane.own, "own", 4);
    this.points(this.data.plane.made, "made", 5);
    if (this.data.plane.own.length) {
      const highest = Math.min(...this.data.plane.own.map(({ tokens }) => this.y(tokens)));
      const name = drawn("text", { class: "halo here-name", x: MARGIN.left + 8, y: highest - 12 }, plot);
      name.textContent = this.words.own;
    }
    this.guides = ["across", "down"].map(() => drawn("line", { class: "guide" }, plot));
    this.dot = drawn("circle", { class: "dot", r: 10 }, plot);
  }

  points(list, kind, size) {
    for (const { name, said, parameters, tokens, shown } of list) {
      const dot = drawn("circle", { class: kind, cx: this.x(parameters), cy: this.y(tokens), r: size }, this.plot);
      drawn("title", {}, dot).textContent = said;
      if (!shown || (this.width < 560 && shown === "wide")) continue;
      const under = shown === "under";
      const place = { x: this.x(parameters) + (under ? 0 : -9), y: this.y(tokens) + (under ? 20 : -8) };
      const text = drawn("text", { class: "strong halo", ...place, "text-anchor": under ? "middle" : "end" }, this.plot);
      text.textContent = name;
    }
  }

  draw() {
    const { words, values, say } = this;
    if (!this.dot) return;
    const [low, high] = [this.result("cost_low"), this.result("cost_high")];
    const days = this.result("days");
    this.drawLines((low + high) / 2 / (values.parameters * values.tokens));
    const [cx, cy] = [this.x(values.parameters), this.y(values.tokens)];
    this.dot.setAttribute("cx", cx);
    this.dot.setAttribute("cy", cy);
    const ends = { x1: MARGIN.left, x2: cx, y1: cy, y2: cy };
    for (const [name, value] of Object.entries(ends)) this.guides[0].setAttribute(name, value);
    for (const [name, value] of Object.entries({ x1: cx, x2: cx, y1: cy, y2: this.height - MARGIN.bottom })) {
      this.guides[1].setAttribute(name, value);
    }
    const parts = ["weights", "gradients", "optimiser", "activations"].map((part) => this.result(`${part}_gb`));
    const memory = parts.reduce((a, b) => a + b, 0);
    const has = this.data.gpu.memory;
    const time = this.time(days);
    this.headline(words.cost, high < 100 ? this.cents(low, high) : this.between(low, high), fill(words.beside, { time, gpus: say.count(values.gpus), gpu: this.data.gpu.name }));
    const answers = [this.result("answers_low"), this.result("answers_high")];
    const bought = [this.result("api_low"), this.result("api_high")];
    const here = this.data.here ? this.time(this.result("flops") / this.data.here / 86400) : "";
    this.tiles([
      { what: words.work, figure: this.few(this.result("gpu_days")), note: fill(words.flops, { flops: this.power(this.result("flops")) }) },
      { what: words.energy, figure: this.wattHours(this.result("energy_kwh")), note: fill(words.co2, { co2: this.grams(this.result("co2_kg")) }) },
      {
        what: words.memory, figure: `${this.number(memory)}\u00a0GB`, tone: memory > has ? "bad" : "",
        note: fill(memory > has ? words.too_large : words.fits, { has: this.number(has) }),
      },
      { what: words.answers, figure: this.cents(...answers), note: fill(words.api, { bought: this.cents(...bought) }) },
      { what: words.tokens, figure: this.number(values.tokens / values.parameters), note: words.about_twenty },
      ...(here ? [{ what: words.here, figure: here, note: words.here_note }] : []),
    ]);
    Object.assign(this.root.dataset, { flops: this.result("flops"), low, high, days });
  }

  drawLines(each) {
    this.lines.replaceChildren();
    this.still.replaceChildren();
    const { x, y } = this.data.plane;
    for (const power of [0, 3, 6, 9]) {
      const ends = this.line(10 ** power / each);
      if (!ends) continue;
      const [[ax, ay], [bx, by]] = ends.map(([p, t]) => [this.x(p), this.y(t)]);
      const [right, top] = [this.x(10 ** x[1]), this.y(10 ** y[1])];
      const [left, floor] = [this.x(10 ** x[0]), this.y(10 ** y[0])];
      const corners = [[ax, ay], ...(ay > top + 1 ? [[left, top]] : []), [right, top], ...(bx < right - 1 ? [[right, floor]] : []), [bx, by]];
      drawn("path", { class: "cost", opacity: 0.07, d: `${pathOf(corners)}Z` }, this.still);
      drawn("line", { class: "same", x1: ax, y1: ay, x2: bx, y2: by }, this.lines);
      const at = [ax + (bx - ax) * 0.86, ay + (by - ay) * 0.86];
      const name = drawn("text", { class: "strong halo", x: at[0] + 6, y: at[1] - 4 }, this.lines);
      name.textContent = this.say.tick(10 ** power);
    }
    if (!this.data.here) return;
    const flops = this.data.results.flops.value / (this.data.at.parameters * this.data.at.tokens);
    const ends = this.line((this.data.here * 86400) / flops);
    if (!ends) return;
    const [[ax, ay], [bx, by]] = ends.map(([p, t]) => [this.x(p), this.y(t)]);
    drawn("line", { class: "same-here", x1: ax, y1: ay, x2: bx, y2: by }, this.lines);
    const name = drawn("text", { class: "halo here-name", x: ax + (bx - ax) * 0.16 + 6, y: ay + (by - ay) * 0.16 - 6 }, this.lines);
    name.textContent = this.words.day_here;
  }

  time(days) {
    const { words } = this;
    if (days >= 730) return fill(words.years, { count: this.few(days / 365.25) });
    if (days >= 2) return fill(words.days, { count: this.few(days) });
    if (days >= 1 / 12) return fill(words.hours, { count: this.few(days * 24) });
    return fill(words.minutes, { count: this.few(Math.max(1, Math.round(days * 1440))) });
  }

  few(value) {
    return value < 1e6 ? this.say.amount(rounded(value)) : this.number(value);
  }

  power(value) {
    const [front, back] = value.toExponential(1).split("e");
    const raised = [...String(Number(back))].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit] ?? "⁻").join("");
    return `${front}·10${raised}`;
  }

  wattHours(kwh) {
    if (kwh >= 1e6) return this.number(kwh / 1e6, "GWh");
    if (kwh >= 1e3) return this.number(kwh / 1e3, "MWh");
    return kwh >= 1 ? this.number(kwh, "kWh") : this.number(kwh * 1e3, "Wh");
  }

  grams(kg) {
    return kg >= 1000 ? this.number(kg / 1000, "t") : kg >= 1 ? this.number(kg, "kg") : this.number(kg * 1000, "g");
  }

  // Small prices: with two digits that count.
  cents(low, high) {
    const write = (value) => this.say.cents(value);
    return write(low) === write(high) ? write(low) : `${write(low)} – ${write(high)}`;
  }
}

export default mountedCompany(TrainingPlane);
