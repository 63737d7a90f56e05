// The threshold panel; it follows curve_panel.js in the same module. What each threshold leads to was counted in
// Python, exactly: a position is a place in these lists, and nothing here compares a chance with a threshold.

const CELLS = ["tp", "fp", "fn", "tn"];

class ThresholdPanel extends CurvePanel {
  constructor(host, name) {
    super(host, name);
    this.page = 25;
  }

  find() {
    super.find();
    this.belt = this.root.querySelector('[data-slot="belt"]');
    this.garments = [];
    this.cells = {};
    for (const name of CELLS) {
      const cell = this.root.querySelector(`[data-cell="${name}"]`);
      cell.replaceChildren();
      const label = element("div", "what", cell);
      const line = element("div", "many", cell);
      const count = element("span", "count", line);
      const share = element("span", "portion", line);
      const money = element("div", "money", cell);
      const sum = element("span", "sum", money);
      const each = element("span", "each", money);
      this.cells[name] = { cell, label, count, share, sum, each };
    }
    this.rates = {};
    for (const rate of this.root.querySelectorAll(".rate")) {
      rate.replaceChildren();
      const name = element("dt", "what", rate);
      const value = element("dd", "figure", rate);
      const track = element("dd", "track", rate);
      const bar = element("div", "bar", track);
      const note = element("dd", "note", rate);
      this.rates[rate.dataset.rate] = { name, value, bar, note };
    }
  }

  prepare() {
    const { found, acted, amounts, stands } = this.data;
    this.total = acted.at(-1);
    this.positives = found.at(-1);
    this.values = Float64Array.from(amounts);
    this.chosen = stands.chosen;
  }

  // Records with pictures come along a belt; those that are acted on lie lower.
  layBelt() {
    const laid = this.data.belt ?? [];
    this.belt.hidden = laid.length === 0;
    if (this.garments.length !== laid.length) {
      this.belt.replaceChildren();
      this.garments = laid.map(() => {
        const place = element("div", "garment", this.belt);
        return { place, picture: element("img", "", place), wrong: element("img", "", place) };
      });
    }
    for (const [i, one] of laid.entries()) {
      const { place, picture, wrong } = this.garments[i];
      place.dataset.positive = one.positive;
      picture.src = one.picture;
      picture.alt = one.alt;
      wrong.src = one.wrong;
      wrong.alt = "";
    }
  }

  moveBelt(position) {
    for (const [i, one] of (this.data.belt ?? []).entries()) {
      this.garments[i].place.classList.toggle("out", position >= one.from);
    }
  }

  bounds() {
    const still = this.references().map((one) => one.amount);
    return [Math.min(0, ...still, ...extremes(this.values)), Math.max(0, ...still, ...extremes(this.values))];
  }

  share(position) {
    return this.data.acted[position] / this.total;
  }

  label() {
    const values = { unit: this.words.unit, act: this.words.act };
    this.labelTexts(values);
    this.layBelt();
    for (const name of CELLS) {
      const worth = this.data.payoffs[name];
      this.cells[name].label.textContent = this.words[name];
      this.cells[name].each.textContent = fill(this.words.each, { amount: this.say.each(worth) });
    }
    for (const [name, rate] of Object.entries(this.rates)) {
      rate.name.textContent = this.words[name];
      rate.note.textContent = fill(this.words[`${name}_note`] ?? "", values);
    }
    this.basis.textContent = fill(this.words.basis, {
      ...values,
      count: this.say.count(this.total),
      year: this.say.count(this.total * this.data.scale),
    });
    this.slider.setAttribute("aria-label", this.words.threshold);
  }

  // Python says where its own two thresholds stand; any other was a stop of this list.
  positionOf(threshold) {
    const { thresholds, chosen, stands } = this.data;
    if (threshold === chosen) return stands.chosen;
    if (threshold === this.data.threshold) return stands.threshold;
    let at = 0;
    while (at + 1 < thresholds.length && thresholds[at + 1] >= threshold) at += 1;
    return at;
  }

  settingAt(position) {
    return position === this.chosen ? this.data.chosen : this.data.thresholds[position];
  }

  moveToShare(share) {
    this.moveToPosition(nearest(this.data.acted, share * this.total));
  }

  detail(position, value) {
    const { total, say, words } = this;
    const { payoffs, scale, sums } = this.data;
    const acted = this.data.acted[position];
    const counts = { tp: this.data.found[position] };
    counts.fp = acted - counts.tp;
    counts.fn = this.positives - counts.tp;
    counts.tn = total - acted - counts.fn;
    // Where positives are rarer in life than in the data, each counts for less.
    const { positive, negative } = this.data.weights ?? { positive: 1, negative: 1 };
    const weighed = { tp: positive, fp: negative, fn: positive, tn: negative };
    const all = this.positives * positive + (total - this.positives) * negative;
    const right = counts.tp * positive;
    const taken = right + counts.fp * negative;
    const share = taken / all;
    this.moveBelt(position);
    for (const name of CELLS) {
      const cell = this.cells[name];
      const part = (counts[name] * weighed[name]) / all;
      const sum = sums ? sums[name][position] : counts[name] * payoffs[name] * scale;
      put(cell.count, say.count(counts[name]));
      put(cell.share, say.percent(part, 1));
      put(cell.sum, say.signed(sum));
      mark(cell.sum, sum);
      // Not a custom property: every node below would have to be styled anew.
      const heat = (5 + 27 * Math.sqrt(part)).toFixed(1);
      cell.cell.style.backgroundColor = `color-mix(in srgb, var(--tone) ${heat}%, var(--surface))`;
    }
    this.drawRate("precision", acted > 0 ? right / taken : null);
    this.drawRate("recall", this.positives > 0 ? counts.tp / this.positives : null);
    this.drawRate("share", share);
    for (const name of CELLS) this.root.dataset[name] = counts[name];

    const digits = Math.max(this.data.digits, this.setting < 0.1 ? 2 : 1); // as core/formatting/numbers.py: threshold
    const cut = position === 0
      ? `> ${say.percent(this.data.highest, digits)}`
      : say.percent(this.setting, digits);
    const spoken = fill(words.spoken, {
      threshold: cut, share: say.percent(share), unit: words.unit, value: say.money(value),
    });
    return { cut, spoken };
  }

  drawRate(name, value) {
    const rate = this.rates[name];
    put(rate.value, value === null ? "\u2014" : this.say.percent(value, 1));
    rate.bar.style.transform = `scaleX(${value ?? 0})`;
  }
}

export default mounted(ThresholdPanel, "threshold");
