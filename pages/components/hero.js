// The front page's money curve: drawn from stops that Python has counted, dragged here, told to nobody.
// look.js, panel_numbers.js, panel_geometry.js and svg.js stand before it in the same module.

const ENTRANCE_MS = 1700;

class Hero {
  constructor(host) {
    this.host = host;
    this.root = host.querySelector(".hero");
    this.stage = this.root.querySelector(".stage");
    this.plot = this.root.querySelector(".plot");
    this.slider = this.root.querySelector(".cutter");
    this.link = this.root.querySelector(".go");
    this.open = () => {};
    this.at = null; // a place on the network's curve
    this.touched = false;
    this.listen();
  }

  listen() {
    this.slider.addEventListener("input", () => this.touch(Number(this.slider.value) / Number(this.slider.max)));
    const move = (event) => {
      const box = this.plot.getBoundingClientRect();
      this.touch(clamped((event.clientX - box.left - this.left) / (this.right - this.left), 0, 1));
    };
    this.plot.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || !this.data) return;
      this.dragging = true;
      try {
        this.plot.setPointerCapture(event.pointerId);
      } catch {
        // a pointer that is gone already
      }
      move(event);
      this.slider.focus({ preventScroll: true, focusVisible: false });
      event.preventDefault();
    });
    this.plot.addEventListener("pointermove", (event) => {
      if (this.dragging) move(event);
    });
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
      this.plot.addEventListener(end, () => { this.dragging = false; });
    }
    this.link.addEventListener("click", (event) => {
      if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      this.open(this.data.slug);
    });
    followWidth(this.stage, () => {
      if (this.data) this.drawChart();
    });
  }

  update(data) {
    const first = !this.data;
    this.data = data;
    this.say = new Speech(data.words.locale, data.currency);
    for (const [name, value] of Object.entries(looksNow(this.host, data.look))) {
      if (typeof value === "string" && value) this.root.style.setProperty(`--pg-${name}`, value);
    }
    const { words } = data;
    const text = (selector, told) => { this.root.querySelector(selector).textContent = told; };
    text(".kicker", words.kicker);
    text(".go-text", words.go);
    text(".none", words.none);
    text(".all", words.all);
    text(".axis", words.axis);
    text(".basis", words.basis);
    this.link.href = data.href;
    this.slider.setAttribute("aria-label", words.axis);
    if (this.at === null) this.at = data.curves.network.chosen;
    this.drawChart();
    if (first) this.enter();
  }

  x(share) {
    return this.left + share * (this.right - this.left);
  }

  y(amount) {
    return this.floor - ((amount - this.low) / (this.high - this.low)) * (this.floor - this.ceiling);
  }

  drawChart() {
    const { data, plot, say } = this;
    const width = Math.round(this.stage.clientWidth);
    this.width = width;
    if (width <= 0) return;
    const height = Math.round(plot.clientHeight) || 260;
    const { network, simple } = data.curves;
    const lines = [data.today, data.simple].filter(Number.isFinite);
    const [low, high] = extremes([...network.amount, ...lines, 0]);
    [this.low, this.high] = withMargins(Math.max(low, -0.35 * high), high);
    [this.ceiling, this.floor, this.left, this.right] = [24, height - 4, 12, width - 12];
    plot.setAttribute("viewBox", `0 0 ${width} ${height}`);
    plot.replaceChildren();

    const frame = drawn("clipPath", { id: "frame" }, plot);
    drawn("rect", { x: 0, y: 0, width, height }, frame);
    const curve = (of) => thinned(of.share.map((share, i) => [this.x(share), this.y(of.amount[i])]));
    for (const tick of niceTicks(this.low, this.high, 3)) {
      const at = this.y(tick).toFixed(1);
      drawn("line", { class: tick === 0 ? "zero" : "gridline", x1: this.left, x2: this.right, y1: at, y2: at }, plot);
      drawn("text", { class: "tick", x: this.right, y: at, dy: "-0.4em", "text-anchor": "end" }, plot)
        .textContent = say.tick(tick);
    }
    const points = curve(network);
    const ground = this.y(Math.max(0, this.low)).toFixed(1);
    drawn("path", {
      class: "gain", "clip-path": "url(#frame)",
      d: `${pathOf(points)}L${points.at(-1)[0].toFixed(1)},${ground}L${points[0][0].toFixed(1)},${ground}Z`,
    }, plot);
    if (Number.isFinite(data.today)) {
      const at = this.y(data.today).toFixed(1);
      drawn("line", { class: "today", x1: this.left, x2: this.right, y1: at, y2: at }, plot);
      this.name("today-name", `${data.words.today_name} ${data.said.today}`, this.x(0.24), Number(at) - 8, "middle");
    }
    if (simple) {
      drawn("path", { class: "simple", "clip-path": "url(#frame)", d: pathOf(curve(simple)) }, plot);
      drawn("circle", {
        class: "rival-dot", r: 5,
        cx: this.x(simple.share[simple.chosen]), cy: this.y(simple.amount[simple.chosen]),
      }, plot);
    }
    drawn("path", { class: "network", "clip-path": "url(#frame)", d: pathOf(points) }, plot);
    this.legend(Boolean(simple));
    this.marker = drawn("line", { class: "marker", y1: this.ceiling, y2: this.floor }, plot);
    this.halo = drawn("circle", { class: "halo", r: 17 }, plot);
    this.dot = drawn("circle", { class: "dot", r: 9 }, plot);
    this.draw();
  }

  name(className, text, x, y, anchor) {
    const node = drawn("text", { class: className, x, y, "text-anchor": anchor }, this.plot);
    node.textContent = text;
    return node;
  }

  legend(both) {
    const { words } = this.data;
    let x = this.left + 2;
    for (const [role, text] of [["network", words.network], ["simple", both ? words.rival_name : ""]]) {
      if (!text) continue;
      drawn("line", { class: role, x1: x, x2: x + 18, y1: 10, y2: 10 }, this.plot);
      const node = this.name("legend", text, x + 24, 14, "start");
      x += 24 + (node.getComputedTextLength?.() ?? 100) + 20;
    }
  }

  touch(share) {
    if (!this.data) return;
    this.touched = true;
    this.root.classList.add("touched");
    this.at = nearest(this.data.curves.network.share, share);
    this.draw();
  }

  // Once, the point walks from what is done today to what was chosen; a hand ends it, and so does a wish for stillness.
  enter() {
    const { share, chosen } = this.data.curves.network;
    if (matchMedia("(prefers-reduced-motion: reduce)").matches || document.hidden) return;
    const began = performance.now();
    const step = (now) => {
      if (this.touched || !this.root.isConnected) return;
      const part = clamped((now - began - 350) / ENTRANCE_MS, 0, 1);
      const eased = part < 0.5 ? 4 * part ** 3 : 1 - (-2 * part + 2) ** 3 / 2;
      this.at = part >= 1 ? chosen : nearest(share, 1 + (share[chosen] - 1) * eased);
      this.draw();
      if (part < 1) requestAnimationFrame(step);
    };
    this.at = share.length - 1;
    this.draw();
    requestAnimationFrame(step);
  }

  draw() {
    if (!this.dot) return;
    const { data, say, at } = this;
    const { share, amount } = data.curves.network;
    const [x, y] = [this.x(share[at]).toFixed(1), clamped(this.y(amount[at]), 4, this.floor).toFixed(1)];
    for (const [name, value] of [["x1", x], ["x2", x]]) this.marker.setAttribute(name, value);
    for (const node of [this.dot, this.halo]) {
      node.setAttribute("cx", x);
      node.setAttribute("cy", y);
    }
    const told = { ...data.said, share: say.percent(share[at], 0), amount: say.money(amount[at]) };
    sentence(this.root.querySelector(".claim"), data.words.claim, told);
    const beaten = Number.isFinite(data.simple) && amount[at] > data.simple && this.touched;
    sentence(this.root.querySelector(".rival"), beaten ? data.words.beaten : data.words.rival, told);
    this.slider.value = String(Math.round(share[at] * Number(this.slider.max)));
    this.slider.setAttribute("aria-valuetext", fill(data.words.claim, told));
    Object.assign(this.root.dataset, { share: share[at], amount: amount[at] });
  }
}

// A template's numbers stand in nodes of their own, in the colours of what they are.
function sentence(node, template, told) {
  const parts = template.split(/\{(\w+)\}/);
  if (node.dataset.template !== template) {
    node.dataset.template = template;
    node.replaceChildren();
    parts.forEach((part, i) => {
      if (i % 2) made("b", part, node);
      else node.append(part);
    });
  }
  for (const value of node.querySelectorAll("b")) {
    const now = String(told[value.className] ?? "");
    if (value.textContent !== now) value.textContent = now;
  }
}

export default function mount({ parentElement, data, setTriggerValue }) {
  let hero = parentElement.hero;
  if (!hero || !hero.root.isConnected) hero = parentElement.hero = new Hero(parentElement);
  hero.open = (slug) => setTriggerValue("open", slug);
  if (data) hero.update(data);
}
