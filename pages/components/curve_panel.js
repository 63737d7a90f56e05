// What the panels of a decision share: a curve of money over a decision, a slider under it on the same scale. look.js,
// panel_numbers.js, panel_geometry.js and panel_chart.js stand before it in the same module, a panel's own file after it.
//
// Streamlit calls the default export again, on the same shadow root, each time the data or the theme
// change, and does not clean up in between: the panel lives on the root and is updated in place, so its
// position and its listeners survive.

function element(name, className, parent) {
  const node = document.createElement(name);
  node.className = className;
  parent.append(node);
  return node;
}

// Most of a move changes few of the texts: the others must not cost a layout.
function put(node, text) {
  const now = String(text);
  if (node.firstChild?.data !== now) node.textContent = now;
}

function mark(node, sign) {
  const now = sign > 0.5 ? "plus" : sign < -0.5 ? "minus" : "none";
  if (node.dataset.sign !== now) node.dataset.sign = now;
}

// A panel's own file says: `name` (what Python calls the decision), prepare() (this.values and this.chosen from
// the data), share(position), positionOf(setting), settingAt(position), moveToShare(share),
// bounds() (of the curve's money), label(), and detail(position, value), which returns the decision in words.
class CurvePanel extends CurveChart {
  constructor(host, name) {
    super();
    this.host = host;
    this.name = name;
    this.root = host.querySelector(".panel");
    this.ticket = 0;
    this.position = null; // where on the curve
    this.setting = null; // the decision there
    this.data = null;
    this.sent = []; // what was reported and has not come back from Python yet
    this.reported = null;
    this.dragging = false; // the curve
    this.holding = false; // the slider
    this.timer = null;
    this.width = 0;
    this.page = 10; // steps of PageUp and PageDown
    this.report = () => {};
    this.stop = new AbortController();
    this.find();
    this.listen();
  }

  find() {
    const slot = (name) => this.root.querySelector(`[data-slot="${name}"]`);
    this.amount = slot("amount");
    this.delta = slot("delta");
    this.cut = slot("cut");
    this.basis = slot("basis");
    this.keys = slot("keys");
    this.stage = this.root.querySelector(".stage");
    this.plot = this.root.querySelector(".plot");
    this.slider = this.root.querySelector(".cutter");
    this.reset = this.root.querySelector(".reset");
  }

  listen() {
    const options = { signal: this.stop.signal };
    const { slider, plot } = this;
    slider.addEventListener("input", () => {
      this.moveToShare(Number(slider.value) / Number(slider.max));
    }, options);
    slider.addEventListener("change", () => this.tell(120), options);
    slider.addEventListener("pointerdown", () => { this.holding = true; }, options);
    for (const end of ["pointerup", "pointercancel", "blur"]) {
      slider.addEventListener(end, () => { this.holding = false; }, options);
    }
    slider.addEventListener("keydown", (event) => {
      const step = stepOfKey(event, this.page, getComputedStyle(slider).direction === "rtl");
      if (step === null || !this.data) return;
      event.preventDefault();
      this.moveByStops(step);
      this.tell(350);
    }, options);

    // Dragging the curve: sideways moves the decision, up and down still scrolls a phone's page.
    plot.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || !this.data) return;
      this.dragging = true;
      try {
        plot.setPointerCapture(event.pointerId);
      } catch {
        // a pointer that is gone already
      }
      this.moveToPointer(event);
      slider.focus({ preventScroll: true, focusVisible: false });
      event.preventDefault();
    }, options);
    plot.addEventListener("pointermove", (event) => {
      if (this.dragging) this.moveToPointer(event);
    }, options);
    const release = () => {
      if (!this.dragging) return;
      this.dragging = false;
      this.tell(0);
    };
    plot.addEventListener("pointerup", release, options);
    plot.addEventListener("pointercancel", release, options);
    plot.addEventListener("lostpointercapture", release, options);

    this.reset.addEventListener("click", () => {
      if (!this.data) return;
      this.place(this.data.chosen);
      this.draw();
      this.tell(0);
      // The button is disabled now: the focus goes where the move is seen.
      slider.focus({ preventScroll: true, focusVisible: false });
    }, options);

    this.watch = followWidth(this.stage, () => {
      if (this.data) this.drawChart();
    });
  }

  destroy() {
    this.stop.abort();
    this.watch.disconnect();
    clearTimeout(this.timer);
  }

  // New data from Python: other payoffs, other predictions, other words or colours.
  update(data) {
    const before = this.data;
    const start = data[this.name];
    this.data = data;
    this.words = data.words;
    this.say = new Speech(this.words.locale, data.currency);
    this.dress(looksNow(this.host, data.look));
    this.simple = (data.references ?? []).find((one) => one.simple) ?? null; // the best simple method
    const references = (data.references ?? []).filter((one) => !one.simple); // today is compared with, else the best
    this.best = references.find((one) => one.today) ?? references.reduce(
      (top, one) => (!top || one.amount > top.amount ? one : top), null,
    );
    this.prepare();
    this.label();

    if (!before) {
      this.place(start);
      this.reported = start;
    } else {
      const echo = this.sent.indexOf(start);
      if (echo >= 0) this.sent.splice(0, echo + 1);
      const moved = start !== before[this.name] && echo < 0 && !this.dragging && !this.holding;
      this.place(moved ? start : this.setting);
      if (moved) this.tell(0);
    }
    this.drawChart();
  }

  dress(look) {
    for (const [name, value] of Object.entries(look)) {
      if (typeof value === "string" && value) this.root.style.setProperty(`--pg-${name}`, value);
    }
  }

  // The words that stand still; `values` fill the names in braces.
  labelTexts(values) {
    for (const node of this.root.querySelectorAll("[data-text]")) {
      node.textContent = fill(this.words[node.dataset.text] ?? "", values);
    }
    for (const node of this.root.querySelectorAll("[data-title]")) {
      node.title = fill(this.words[node.dataset.title] ?? "", values);
    }
  }

  place(setting) {
    this.setting = setting;
    this.position = this.positionOf(setting);
  }

  moveToPosition(position) {
    this.position = position;
    this.setting = this.settingAt(position);
    this.draw();
  }

  moveByStops(step) {
    this.moveToPosition(clamped(this.position + step, 0, this.values.length - 1));
  }

  moveToPointer(event) {
    const box = this.plot.getBoundingClientRect();
    this.moveToShare(clamped((event.clientX - box.left - this.left) / (this.right - this.left), 0, 1));
  }

  // Python hears of the decision once, when the hand is lifted.
  tell(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (this.setting === this.reported) return;
      this.reported = this.setting;
      this.sent.push(this.setting);
      if (this.sent.length > 20) this.sent.shift();
      this.report(this.setting);
    }, wait);
  }

  // One move. Nothing here grows with the number of predictions.
  draw() {
    if (!this.data || !this.marker) return;
    const began = performance.now();
    const { position, say } = this;
    const value = this.values[position];
    const share = this.share(position);

    put(this.amount, say.money(value));
    this.amount.classList.toggle("negative", value < -0.5);
    this.drawDelta(value);
    this.reset.disabled = position === this.chosen;
    const { cut, spoken } = this.detail(position, value);
    put(this.cut, cut);

    const x = this.x(position).toFixed(1);
    this.marker.setAttribute("x1", x);
    this.marker.setAttribute("x2", x);
    this.dot.setAttribute("cx", x);
    this.dot.setAttribute("cy", this.y(value).toFixed(1));
    const { slider } = this;
    const at = String(Math.round(share * Number(slider.max)));
    if (slider.value !== at) slider.value = at;
    slider.style.setProperty("--share", share.toFixed(4));
    slider.setAttribute("aria-valuetext", spoken);

    // For tests, and for anyone who looks.
    const facts = this.root.dataset;
    facts[this.name] = this.setting;
    facts.value = value;
    facts.redraw = (performance.now() - began).toFixed(3);
  }

  // What a gain is told over: a policy without a model, and the best simple method.
  compared() {
    return [this.best, this.simple].filter(Boolean);
  }

  drawDelta(value) {
    const compared = this.compared();
    if (!compared.length) {
      this.delta.textContent = "\u00a0";
      this.deltaRows = null;
      return;
    }
    if (this.deltaRows?.length !== compared.length) {
      this.delta.replaceChildren();
      this.deltaRows = compared.map(() => {
        const parts = [
          document.createTextNode(""), document.createElement("b"), document.createTextNode(""),
        ];
        element("div", "", this.delta).append(...parts);
        return parts;
      });
    }
    for (const [i, one] of compared.entries()) {
      const delta = value - one.amount;
      const [before, after = ""] = fill(this.words.against, { name: one.name }).split("{delta}");
      const [front, number, back] = this.deltaRows[i];
      if (front.data !== before) front.data = before;
      put(number, this.say.signed(delta));
      mark(number, delta);
      if (back.data !== after) back.data = after;
    }
  }
}

// The default export of a panel's file. `name` is what Python calls the decision.
function mounted(Panel, name) {
  return function mount({ parentElement, data, setStateValue }) {
    let panel = parentElement.curvePanel;
    if (panel && (!(panel instanceof Panel) || !panel.root.isConnected)) {
      panel.destroy();
      panel = null;
    }
    if (!panel) {
      panel = new Panel(parentElement, name);
      parentElement.curvePanel = panel;
    }
    const ticket = (panel.ticket += 1);
    panel.report = (setting) => setStateValue(name, setting);
    if (data) panel.update(data);
    return () => {
      // A later call may have taken the panel over: only the last one ends it.
      if (panel.ticket !== ticket) return;
      panel.destroy();
      if (parentElement.curvePanel === panel) delete parentElement.curvePanel;
    };
  };
}
