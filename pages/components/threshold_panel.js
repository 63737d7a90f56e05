// The threshold panel; it follows curve_panel.js in the same module.

const STEPS = 10000;
const STOPS = 500;
const CELLS = ["tp", "fp", "fn", "tn"];

class ThresholdPanel extends CurvePanel {
  constructor(host, name) {
    super(host, name);
    this.page = STOPS / 20;
  }

  find() {
    super.find();
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
      const track = element("div", "track", rate);
      const bar = element("div", "bar", track);
      const note = element("div", "note", rate);
      this.rates[rate.dataset.rate] = { name, value, bar, note };
    }
  }

  // Cumulative counts, once per payload: everything else is a look-up in these.
  prepare() {
    const { steps, positives, negatives, payoffs, scale } = this.data;
    const groups = steps.length;
    this.hits = new Float64Array(groups + 1);
    this.acted = new Float64Array(groups + 1);
    for (let i = 0; i < groups; i += 1) {
      this.hits[i + 1] = this.hits[i] + positives[i];
      this.acted[i + 1] = this.acted[i] + positives[i] + negatives[i];
    }
    this.total = this.acted[groups];
    this.positives = this.hits[groups];
    this.values = new Float64Array(groups + 1);
    const { tp, fp, fn, tn } = payoffs;
    for (let k = 0; k <= groups; k += 1) {
      const right = this.hits[k];
      const wrong = this.acted[k] - right;
      const missed = this.positives - right;
      const spared = this.total - this.acted[k] - missed;
      this.values[k] = scale * (right * tp + wrong * fp + missed * fn + spared * tn);
    }
    this.chosen = this.positionOf(this.data.chosen);

    // Where the slider can stand: evenly spread over the share acted on, so it is fine where
    // the scores are dense, and always on the threshold chosen on validation.
    const stops = new Set([0, groups, this.chosen]);
    for (let i = 1; i < STOPS; i += 1) stops.add(nearest(this.acted, (this.total * i) / STOPS));
    this.stops = Int32Array.from(stops).sort();
    this.stopAt = Float64Array.from(this.stops, (k) => this.acted[k]);
  }

  bounds() {
    const best = this.best ? this.best.amount : 0;
    return [Math.min(0, best, ...extremes(this.values)), Math.max(0, best, ...extremes(this.values))];
  }

  share(position) {
    return this.acted[position] / this.total;
  }

  label() {
    const values = { unit: this.words.unit, act: this.words.act };
    this.labelTexts(values);
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

  // How many of the distinct scores are at least `threshold`.
  positionOf(threshold) {
    const { steps } = this.data;
    const target = threshold * STEPS - 1e-6;
    let low = 0;
    let high = steps.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (steps[middle] >= target) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  settingAt(position) {
    if (position === this.chosen) return this.data.chosen;
    const { steps } = this.data;
    return position === 0 ? (steps[0] + 1) / STEPS : steps[position - 1] / STEPS;
  }

  moveToShare(share) {
    this.moveToPosition(this.stops[nearest(this.stopAt, share * this.total)]);
  }

  moveByStops(step) {
    let at = nearest(this.stopAt, this.acted[this.position]);
    at = Math.min(this.stops.length - 1, Math.max(0, at + step));
    this.moveToPosition(this.stops[at]);
  }

  detail(position, value) {
    const { total, say, words } = this;
    const { payoffs, scale } = this.data;
    const acted = this.acted[position];
    const counts = { tp: this.hits[position] };
    counts.fp = acted - counts.tp;
    counts.fn = this.positives - counts.tp;
    counts.tn = total - acted - counts.fn;
    const share = acted / total;
    for (const name of CELLS) {
      const cell = this.cells[name];
      const part = counts[name] / total;
      const sum = counts[name] * payoffs[name] * scale;
      put(cell.count, say.count(counts[name]));
      put(cell.share, say.percent(part, 1));
      put(cell.sum, say.signed(sum));
      mark(cell.sum, sum);
      // Not a custom property: every node below would have to be styled anew.
      const heat = (5 + 27 * Math.sqrt(part)).toFixed(1);
      cell.cell.style.backgroundColor = `color-mix(in srgb, var(--tone) ${heat}%, var(--surface))`;
    }
    this.drawRate("precision", acted > 0 ? counts.tp / acted : null);
    this.drawRate("recall", this.positives > 0 ? counts.tp / this.positives : null);
    this.drawRate("share", share);
    for (const name of CELLS) this.root.dataset[name] = counts[name];

    const digits = this.setting < 0.1 ? 2 : 1;
    const cut = position === 0
      ? `> ${say.percent(this.data.steps[0] / STEPS, digits)}`
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
