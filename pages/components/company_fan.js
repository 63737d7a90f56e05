// Money over months: the middle of the draws, the bands around it, and another case beside it; below, what each
// assumption alone moves. All numbers come from Python, which is asked again while a slider is dragged.

const EDGE = { left: 66, right: 18, top: 14, bottom: 34 };

class CashFan extends CompanyPanel {
  constructor(host) {
    super(host);
    this.swings = made("div", "swings", this.root);
  }

  chart() {}

  draw() {
    const { plot, data } = this;
    const { fan } = data;
    plot.replaceChildren();
    const last = fan.quantiles[0].length - 1;
    const every = [...fan.quantiles.flat(), ...(fan.other ?? []), 0];
    [this.low, this.high] = withMargins(...extremes(every));
    const x = (month) => EDGE.left + (month / last) * (this.width - EDGE.left - EDGE.right);
    const y = (value) => this.height - EDGE.bottom - ((value - this.low) / (this.high - this.low)) * (this.height - EDGE.bottom - EDGE.top);
    for (const tick of niceTicks(this.low, this.high, 5)) {
      drawn("line", { class: tick === 0 ? "zero" : "gridline", x1: EDGE.left, x2: this.width - EDGE.right, y1: y(tick), y2: y(tick) }, plot);
      drawn("text", { x: EDGE.left - 8, y: y(tick), dy: "0.34em", "text-anchor": "end" }, plot).textContent = this.say.tick(tick);
    }
    for (let month = 0; month <= last; month += 12) {
      const name = drawn("text", { x: x(month), y: this.height - EDGE.bottom + 18, "text-anchor": "middle" }, plot);
      name.textContent = fill(this.words.year, { year: month / 12 });
    }
    const [q05, q25, q50, q75, q95] = fan.quantiles.map((line) => line.map((value, month) => [x(month), y(value)]));
    for (const [name, low, high] of [["outer", q05, q95], ["inner", q25, q75]]) {
      drawn("path", { class: name, d: `${pathOf([...low, ...high.slice().reverse()])}Z` }, plot);
    }
    if (fan.other) drawn("path", { class: "other", d: pathOf(fan.other.map((value, month) => [x(month), y(value)])) }, plot);
    drawn("path", { class: "middle", d: pathOf(q50) }, plot);
    if (Number.isFinite(fan.payback) && fan.payback !== null) {
      const at = x(fan.payback);
      drawn("line", { class: "mark", x1: at, x2: at, y1: EDGE.top, y2: this.height - EDGE.bottom }, plot);
      drawn("circle", { class: "dot", cx: at, cy: y(fan.quantiles[2][fan.payback]), r: 7 }, plot);
      const name = drawn("text", { class: "strong halo", x: at - 8, y: EDGE.top + 10, "text-anchor": fan.payback > last / 4 ? "end" : "start" }, plot);
      if (fan.payback <= last / 4) name.setAttribute("x", at + 8);
      name.textContent = data.marked;
    }
    this.headline(data.head.label, data.head.text, data.head.beside, data.head.tone);
    this.tiles(data.tiles);
    this.tornado(data.tornado);
    Object.assign(this.root.dataset, { npv: data.npv });
  }

  tornado({ title, ends, rows }) {
    const { swings } = this;
    swings.replaceChildren();
    if (!rows.length) return;
    const head = made("div", "swing head-row", swings);
    made("span", "", head, title);
    made("span", "", head);
    made("span", "ends", head, ends);
    const [low, high] = withMargins(...extremes(rows.flatMap(({ low, high, middle }) => [low, high, middle])));
    const share = (value) => ((value - low) / (high - low)) * 100;
    for (const row of rows) {
      const node = made("div", "swing", swings);
      made("span", "", node, row.label);
      const track = made("span", "track", node);
      for (const [name, value] of [["low", row.low], ["high", row.high]]) {
        const bar = made("b", `end ${name}`, track);
        const [from, to] = [share(row.middle), share(value)].sort((a, b) => a - b);
        bar.style.left = `${from}%`;
        bar.style.width = `${to - from}%`;
      }
      if (low < 0 && high > 0) made("b", "nought", track).style.left = `${share(0)}%`;
      made("span", "ends", node, row.said);
    }
  }
}

export default mountedCompany(CashFan);
