// The network as it is drawn: features, layers, wires and every unit's own map, with a button over each. painting.js and
// widgets.js stand before it.

const FEATURE_NAMES = { x: "x", y: "y", x2: "x²", y2: "y²", xy: "xy", sinx: "sin x", siny: "sin y" };

class NetworkView {
  constructor(lab, parent) {
    this.lab = lab;
    const { words } = lab;
    this.root = made("section", "net", parent);
    const head = made("div", "net-head", this.root);
    made("h2", "part", head, words.network);
    const layers = made("div", "counter", head);
    layers.dataset.control = "layers";
    pressed(layers, "small", "−", () => this.setLayers(this.sizes.slice(0, -1))).setAttribute("aria-label", words.fewer_layers);
    this.layerCount = made("output", "", layers);
    pressed(layers, "small", "+", () => this.setLayers([...this.sizes, 4])).setAttribute("aria-label", words.more_layers);
    this.stage = made("div", "net-stage", this.root);
    this.canvas = made("canvas", "", this.stage);
    this.canvas.setAttribute("aria-hidden", "true");
    this.over = made("div", "over", this.stage);
    this.watch = followWidth(this.stage, () => this.lab.lay());
  }

  get sizes() {
    return this.lab.training.state.layers;
  }

  setLayers(sizes) {
    if (sizes.length <= MOST_LAYERS) this.lab.set("layers", sizes);
  }

  setUnits(layer, count) {
    if (count < 1 || count > MOST_UNITS) return;
    this.lab.set("layers", this.sizes.map((size, n) => (n === layer ? count : size)));
  }

  // Where everything stands, and the buttons over it.
  lay() {
    const { training, words } = this.lab;
    this.width = this.stage.clientWidth;
    const isNarrow = this.width < 430;
    this.tile = isNarrow ? 26 : 36;
    const row = this.tile + (isNarrow ? 10 : 11);
    const top = isNarrow ? 66 : 40;
    this.height = top + Math.max(7, ...this.sizes) * row;
    this.stage.style.height = `${this.height}px`;
    const columns = this.sizes.length + 1;
    const first = isNarrow ? 44 : 66;
    const apart = (this.width - first - this.tile * 1.6) / columns;
    const center = (n, count) => top + (this.height - top - count * row) / 2 + row * (n + 0.5);
    const names = Object.keys(FEATURES);
    this.features = names.map((name, n) => ({ name, x: first, y: center(n, names.length), isOn: training.features.includes(name) }));
    this.columns = this.sizes.map((size, layer) => {
      const x = first + apart * (layer + 1);
      return { x, units: Array.from({ length: size }, (_, n) => ({ x, y: center(n, size), layer, unit: n })) };
    });
    this.end = { x: this.width - this.tile * 0.8, y: center(0, 1) };
    const held = this.lab.root.getRootNode().activeElement?.dataset?.place;
    this.over.replaceChildren();
    this.layFeatures(words, held, top);
    this.columns.forEach((column, layer) => this.layLayer(column, layer, words, isNarrow));
    if (held) this.over.querySelector(`[data-place="${held}"]`)?.focus({ preventScroll: true });
    const count = this.sizes.length;
    this.layerCount.textContent = fill(count === 1 ? words.one_layer : words.layers, { count });
    this.paintFeatures();
  }

  layFeatures(words, held, top) {
    const group = made("div", "", this.over);
    group.dataset.control = "features";
    const title = made("span", "column-name", group, words.features);
    Object.assign(title.style, { left: "0px", top: "2px" });
    for (const one of this.features) {
      const button = this.button(group, one, `feature-${one.name}`, fill(words.feature, { name: FEATURE_NAMES[one.name] }));
      button.style.left = "0px";
      button.style.width = `${one.x + this.tile / 2}px`;
      button.classList.add("feature");
      button.textContent = FEATURE_NAMES[one.name];
      button.setAttribute("aria-pressed", String(one.isOn));
      button.addEventListener("click", () => this.toggle(one.name));
      this.looks(button, { feature: one.name });
    }
  }

  layLayer({ x, units }, layer, words, isNarrow) {
    const group = made("div", isNarrow ? "counter tall" : "counter", this.over);
    group.dataset.control = "layers";
    group.style.left = `${x}px`;
    const values = { layer: layer + 1 };
    const fewer = pressed(group, "small", "−", () => this.setUnits(layer, units.length - 1));
    fewer.setAttribute("aria-label", fill(words.fewer_units, values));
    fewer.dataset.place = `fewer-${layer}`;
    made("output", "", group, String(units.length)).setAttribute("aria-label", fill(words.units, { count: units.length }));
    const more = pressed(group, "small", "+", () => this.setUnits(layer, units.length + 1));
    more.setAttribute("aria-label", fill(words.more_units, values));
    more.dataset.place = `more-${layer}`;
    for (const one of units) {
      const button = this.button(this.over, one, `unit-${layer}-${one.unit}`, fill(words.unit, { unit: one.unit + 1, layer: layer + 1 }));
      this.looks(button, { layer, unit: one.unit });
    }
  }

  button(parent, { x, y }, place, name) {
    const button = made("button", "node", parent);
    button.type = "button";
    button.dataset.place = place;
    button.setAttribute("aria-label", name);
    Object.assign(button.style, {
      left: `${x - this.tile / 2}px`, top: `${y - this.tile / 2}px`, width: `${this.tile}px`, height: `${this.tile}px`,
    });
    return button;
  }

  // The pointer or the focus on a node shows its map large.
  looks(button, what) {
    for (const [event, shown] of [["pointerenter", what], ["focus", what], ["pointerleave", null], ["blur", null]]) {
      button.addEventListener(event, () => this.lab.lookAt(shown));
    }
  }

  toggle(name) {
    const now = this.lab.training.features;
    const next = Object.keys(FEATURES).filter((one) => (one === name) !== now.includes(one));
    if (next.length) this.lab.set("features", next);
  }

  paintFeatures() {
    const { plane, ramp } = this.lab;
    this.features.forEach(({ name }, n) => {
      const values = plane.x.map((x, i) => FEATURES[name](x, plane.y[i]));
      plane.paint(1 + n, ramp, values, 0, 1, "free");
    });
  }

  paintUnit(number, layer, unit) {
    const { plane, ramp, training } = this.lab;
    const { fanOut } = training.network.layers[layer];
    const kind = { tanh: "tanh", sigmoid: "share" }[training.state.activation] ?? "free";
    return plane.paint(number, ramp, plane.room[layer].after, unit, fanOut, kind);
  }

  draw(flow) {
    const { training, colours, plane } = this.lab;
    const context = fitted(this.canvas, this.width, this.height);
    context.lineCap = "round";
    if (flow !== null) context.setLineDash([9, 3]);
    const { values, layers } = training.network;
    let from = this.features.filter(({ isOn }) => isOn);
    const half = this.tile / 2;
    layers.forEach(({ fanIn, fanOut, weight }, n) => {
      const to = this.columns[n]?.units ?? [this.end];
      for (let i = 0; i < fanIn; i += 1) {
        for (let o = 0; o < fanOut; o += 1) {
          const ends = [[from[i].x + half, from[i].y], [to[o].x - half, to[o].y]];
          paintWire(context, ...ends, values[weight + i * fanOut + o], colours, flow);
        }
      }
      from = to;
    });
    context.setLineDash([]);
    context.globalAlpha = 1;
    this.features.forEach((one, n) => this.drawTile(context, plane.tile(1 + n).canvas, one, one.isOn ? 1 : 0.28));
    const dead = training.history.at(-1).dead ?? [];
    for (const { units } of this.columns) {
      for (const one of units) {
        const tile = this.paintUnit(8 + one.layer * MOST_UNITS + one.unit, one.layer, one.unit);
        this.drawTile(context, tile, one, 1, dead[one.layer] > 0 && this.isDark(one));
      }
    }
    this.drawTile(context, plane.tile(0).canvas, this.end, 1, false, 1.35);
  }

  // Whether a unit answers nothing anywhere: it is crossed out.
  isDark({ layer, unit }) {
    const { after } = this.lab.plane.room[layer];
    const { fanOut } = this.lab.training.network.layers[layer];
    for (let i = unit; i < after.length; i += fanOut) if (after[i] !== 0) return false;
    return true;
  }

  drawTile(context, tile, { x, y }, alpha, isCrossed = false, scale = 1) {
    const { colours } = this.lab;
    const size = this.tile * scale;
    const [left, top] = [x - size / 2, y - size / 2];
    context.save();
    context.beginPath();
    context.roundRect(left, top, size, size, 6);
    context.fillStyle = colours.surface;
    context.fill();
    context.clip();
    context.globalAlpha = alpha;
    context.drawImage(tile, left, top, size, size);
    context.restore();
    context.beginPath();
    context.roundRect(left, top, size, size, 6);
    context.lineWidth = 1.2;
    context.strokeStyle = colours.muted;
    context.globalAlpha = 0.35 + 0.4 * alpha;
    context.stroke();
    context.globalAlpha = 1;
    if (!isCrossed) return;
    context.beginPath();
    context.moveTo(left + 7, top + 7);
    context.lineTo(left + size - 7, top + size - 7);
    context.moveTo(left + size - 7, top + 7);
    context.lineTo(left + 7, top + size - 7);
    context.lineWidth = 2.5;
    context.strokeStyle = colours.bad;
    context.stroke();
  }
}
