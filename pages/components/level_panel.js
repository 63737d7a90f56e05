// The level panel; it follows curve_panel.js in the same module. What each level leads to was counted in Python.

const CELLS = ["acted", "kept", "short", "over"];

class LevelPanel extends CurvePanel {
  find() {
    super.find();
    this.cells = {};
    for (const name of CELLS) {
      const cell = this.root.querySelector(`[data-cell="${name}"]`);
      cell.replaceChildren();
      const label = element("div", "what", cell);
      const line = element("div", "many", cell);
      const count = element("span", "count", line);
      const unit = element("span", "portion", line);
      const note = element("span", "each", element("div", "money", cell));
      this.cells[name] = { label, count, unit, note };
    }
    this.policies = this.root.querySelector("[data-slot=policies]");
  }

  prepare() {
    this.values = Float64Array.from(this.data.amounts);
    this.chosen = this.positionOf(this.data.chosen);
    this.page = Math.max(2, Math.round(this.values.length / 20));
  }

  references() {
    return [...(this.data.references ?? [])].sort((one, other) => other.amount - one.amount);
  }

  // The curve fills the picture; the best simple policy and nothing at all only where they are not far away.
  bounds() {
    let [low, high] = extremes(this.values);
    const span = high - low || Math.abs(high) || 1;
    const near = [...this.compared().map((one) => [one.amount, 2]), [0, 0.5]];
    for (const [amount, most] of near) {
      if (amount > low - most * span) low = Math.min(low, amount);
      if (amount < high + most * span) high = Math.max(high, amount);
    }
    return [low, high];
  }

  share(position) {
    return position / Math.max(1, this.values.length - 1);
  }

  positionOf(level) {
    return nearest(this.data.levels, level);
  }

  settingAt(position) {
    return this.data.levels[position];
  }

  moveToShare(share) {
    this.moveToPosition(Math.round(share * (this.values.length - 1)));
  }

  label() {
    const { words, say, data } = this;
    const values = {
      unit: words.unit, low: say.percent(data.levels[0]), high: say.percent(data.levels.at(-1)),
    };
    this.labelTexts(values);
    for (const name of CELLS) {
      this.cells[name].label.textContent = words[name];
      this.cells[name].unit.textContent = name === "kept" || this.isShare(name) ? "" : words.amount_unit;
      this.cells[name].note.textContent = fill(words[`${name}_note`] ?? "", values);
    }
    this.basis.textContent = fill(words.basis, {
      ...values, count: say.count(data.rows), year: say.count(data.rows * data.scale),
    });
    this.slider.setAttribute("aria-label", words.level);
    this.policies.replaceChildren();
    this.rows = this.references().filter((one) => !one.simple).map((one) => {
      const row = element("div", "policy", this.policies);
      element("dt", "what", row).textContent = one.name;
      element("dd", "figure", row).textContent = say.money(one.amount);
      return { amount: one.amount, delta: element("dd", "note", row) };
    });
  }

  // Whether a cell beside `kept` holds shares.
  isShare(name) {
    return (this.data.percents ?? []).includes(name);
  }

  // An amount: a time as a clock says it, anything else as a number before its unit.
  said(amount) {
    const { say, words, data } = this;
    return data.unit_s ? say.duration(amount * data.unit_s, words) : say.amount(amount);
  }

  detail(position, value) {
    const { say, words, data, cells } = this;
    const cut = say.percent(data.levels[position], data.digits ?? 0);
    put(cells.kept.count, say.percent(data.kept[position], 1));
    for (const name of ["acted", "short", "over"]) {
      const value = data[name][position];
      put(cells[name].count, this.isShare(name) ? say.percent(value, 1) : this.said(value));
    }
    for (const row of this.rows) {
      put(row.delta, fill(words.ahead, { delta: say.signed(value - row.amount) }));
      mark(row.delta, value - row.amount);
    }
    this.root.dataset.kept = data.kept[position];
    const spoken = fill(words.spoken, {
      level: cut, kept: say.percent(data.kept[position], 1), what: words.kept, value: say.money(value),
    });
    return { cut, spoken };
  }
}

export default mounted(LevelPanel, "level");
