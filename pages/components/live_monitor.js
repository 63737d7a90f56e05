// The monitor of one run: the race of its curve against the simple methods, its network and its predictions, fed by
// live_hub.js. Python hears of it only when the run stands otherwise than it has drawn.

const REPLAY_UNDER_S = 3; // a training that learned sooner is shown slower
const REPLAY_S = 5;
const FRAME_MS = 33;
const OPENED_MS = 3000;
const REPORT_AGAIN_MS = 6000;

// Epochs a second at which a training is shown: null for as they come. expected: how many there will be.
function replayRate({ predicted, expected, reduced, seen }) {
  if (reduced || seen || !(predicted < REPLAY_UNDER_S) || !(expected > 1)) return null;
  return Math.max(1, expected / REPLAY_S);
}

class LiveMonitor {
  constructor(host) {
    this.host = host;
    this.root = host.querySelector(".live");
    this.slots = Object.fromEntries([...this.root.querySelectorAll("[data-slot]")].map((n) => [n.dataset.slot, n]));
    this.ticket = 0;
    this.epochs = [];
    this.shown = 0;
    this.run = "";
    this.head = null;
    this.skipped = false;
    this.reported = "";
    this.reportedAt = -Infinity;
    this.report = () => {};
    this.network = new NetworkPicture(this.slots.network);
    this.spread = new SpreadPicture(this.slots.spread);
    this.look = new LookPicture(this.slots.look);
    this.boxes = new BoxesPicture(this.slots.spread);
    this.made = new MadePicture(this.slots.spread);
    this.slots.skip.addEventListener("click", () => this.skip());
    this.slots.experts.addEventListener("toggle", () => this.draw());
    this.watch = followWidth(this.root, () => this.draw());
    this.frame = null;
    this.drawnAt = 0;
  }

  destroy() {
    trainingHub().leave(this);
    this.watch.disconnect();
    cancelAnimationFrame(this.frame);
  }

  update(data) {
    this.data = data;
    this.url = data.url;
    this.language = data.language;
    if (data.run !== this.run) {
      this.run = data.run;
      this.restart();
    }
    this.dress();
    this.speech = new Speech(data.words.locale);
    this.race = new RacePicture(this.slots.race, this.slots.keys, this.speech);
    for (const node of this.root.querySelectorAll("[data-text]")) node.textContent = data.words[node.dataset.text] ?? "";
    if (this.head && this.head.standing === data.drawn) this.reported = "";
    trainingHub().join(this);
    this.draw();
    this.comeIntoSight();
  }

  // Who presses Train on a phone sees the race, which stands below the settings there; who opens a page stays on top.
  comeIntoSight() {
    const hub = trainingHub();
    if (!this.data.live || hub.seen.has(this.run)) return;
    hub.seen.add(this.run);
    const isBelow = this.root.getBoundingClientRect().top > 0.7 * innerHeight;
    if (performance.now() - hub.began > OPENED_MS && isBelow) this.root.scrollIntoView({ block: "start" });
  }

  restart() {
    Object.assign(this, { epochs: [], shown: 0, head: null, skipped: false, reported: "", rate: null });
    this.network.strongest = 0;
    this.network.key = null;
    this.root.dataset.state = "";
  }

  dress() {
    for (const [name, value] of Object.entries(looksNow(this.host, this.data.look))) {
      if (typeof value === "string" && value) this.root.style.setProperty(`--pg-${name}`, value);
    }
  }

  // -- what the hub asks of a follower

  count() {
    return this.received ?? 0;
  }

  isOver() {
    return Boolean(this.head && this.head.over);
  }

  take(told) {
    const run = told.run;
    if (!run || run.id !== this.run) return;
    this.drawQueue(told);
    if (run.from === 0 || run.from !== this.received) this.epochs = [];
    this.epochs.push(...run.epochs);
    this.received = run.count;
    this.head = { ...run, epochs: null, over: !["waiting", "running", "paused"].includes(run.state) };
    if (!this.data.live || trainingHub().replayed.has(this.run)) this.skipped = true;
    if (this.shown > this.epochs.length) this.shown = this.epochs.length;
    this.plan();
    this.slots.away.hidden = true;
    this.tell();
    this.animate();
  }

  gone() {
    this.head = { ...(this.head ?? {}), over: true };
  }

  away(failures) {
    this.slots.away.hidden = failures < 2;
  }

  // -- showing a quick training slowly

  plan() {
    const { head } = this;
    const learned = head.over || head.share >= 1;
    this.rate = replayRate({
      predicted: learned || head.left === null ? head.elapsed : head.elapsed + head.left,
      expected: learned ? this.epochs.length : head.most,
      reduced: matchMedia("(prefers-reduced-motion: reduce)").matches,
      seen: this.skipped,
    });
  }

  get isReplaying() {
    return this.rate !== null && this.rate !== undefined && this.shown < this.epochs.length;
  }

  skip() {
    this.skipped = true;
    this.rate = null;
    this.shown = this.epochs.length;
    this.draw();
    this.tell();
  }

  animate() {
    this.frame ??= requestAnimationFrame(this.stepping()); // one that a slow machine still owes is waited for
    if (document.hidden) { // no frames there: as they come
      this.shown = this.epochs.length;
      this.draw();
      this.tell();
    }
  }

  // Draws frame after frame until everything is shown.
  stepping() {
    let before = performance.now();
    const step = (now) => {
      const seconds = Math.min(0.25, (now - before) / 1000);
      if (now - before >= FRAME_MS) {
        before = now;
        const behind = this.epochs.length - this.shown;
        const still = matchMedia("(prefers-reduced-motion: reduce)").matches || !this.data.live;
        if (this.rate) this.shown += Math.min(behind, this.rate * seconds);
        else this.shown = still || behind > 200 ? this.epochs.length : this.shown + Math.max(Math.min(behind, 0.02), behind * Math.min(1, 8 * seconds));
        if (this.epochs.length - this.shown < 0.01) this.shown = this.epochs.length;
        this.draw();
        if (this.shown >= this.epochs.length) {
          if (this.head?.over) trainingHub().replayed.add(this.run);
          this.frame = null;
          this.tell();
          return;
        }
      }
      this.frame = requestAnimationFrame(step);
    };
    return step;
  }

  // Python is told once that the run stands otherwise than it has drawn; of the end when it has been shown.
  tell() {
    const { head, data } = this;
    if (!head?.standing || head.standing === data.drawn || !data.live) return;
    if (head.over && this.isReplaying) return;
    const now = performance.now();
    if (this.reported === head.standing && now - this.reportedAt < REPORT_AGAIN_MS) return;
    [this.reported, this.reportedAt] = [head.standing, now];
    this.report(head.standing);
  }

  // -- drawing

  draw() {
    const { head, data, slots } = this;
    if (!data || !head) return;
    const whole = Math.floor(this.shown + 1e-9);
    const seen = this.epochs.slice(0, Math.max(whole, Math.min(1, this.epochs.length)));
    const last = seen.at(-1);
    this.drawStatus(last, seen);
    slots.pictures.hidden = !last;
    slots.stage.hidden = !last && !data.lines.length;
    slots.experts.hidden = !last;
    this.drawRace(seen);
    if (!last) return this.mark(last);
    slots.drawn.hidden = !head.layers.length;
    const spread = this.spreadAt(whole, this.shown - whole);
    const boxes = data.watched && this.lastTold(EPOCH.boxes, whole);
    const made = this.lastTold(EPOCH.made, whole);
    slots.heaps.hidden = !spread && !boxes && !made;
    slots.drawn.classList.toggle("alone", slots.heaps.hidden); // before it is built: it is as wide as it may be
    this.network.build(head.layers, data.words.inputs, data.outputs);
    this.network.draw(last);
    if (spread) this.spread.draw(spread, data.words);
    else if (boxes) this.boxes.draw(boxes, data.watched);
    else if (made) this.made.draw(made);
    slots.looks.hidden = !this.look.draw(seen);
    if (slots.experts.open) this.drawExperts(seen);
    this.mark(last);
  }

  // How the predictions lie after so many epochs: as last told, on the way to what is told next. It begins as one heap.
  spreadAt(whole, share) {
    const told = (from) => {
      for (let i = Math.min(from, this.epochs.length) - 1; i >= 0; i -= 1) {
        if (this.epochs[i][EPOCH.spread]) return this.epochs[i][EPOCH.spread];
      }
      return null;
    };
    const next = this.epochs[whole]?.[EPOCH.spread] ?? told(whole);
    return next && blended(told(whole) ?? next.map(oneHeap), next, share);
  }

  // What was found in the watched picture, or made of noise, after so many epochs: as last told.
  lastTold(field, whole) {
    for (let i = Math.max(1, Math.min(whole, this.epochs.length)) - 1; i >= 0; i -= 1) {
      if (this.epochs[i]?.[field]) return this.epochs[i][field];
    }
    return null;
  }

  drawStatus(last, seen) {
    const { head, data, slots } = this;
    const { words } = data;
    const slow = this.isReplaying;
    const over = head.over && !slow;
    const epoch = { epoch: last?.[EPOCH.number] ?? 0, most: head.most };
    const text = slow ? fill(words.slower, { ...epoch, time: head.learned }) : head.text;
    if (slots.text.textContent !== text) slots.text.textContent = text;
    slots.skip.hidden = !slow;
    const share = slow ? this.shown / Math.max(head.over ? this.epochs.length : head.most, 1) : head.share;
    slots.bar.style.width = `${(100 * clamped(share, 0, 1)).toFixed(2)}%`;
    slots.track.hidden = over;
    this.say(slots.notice, slow || over ? "" : head.notice);
    this.say(slots.trouble, slow || over ? "" : head.trouble || this.trouble);
    this.say(slots.ended, over ? head.ended : "");
    this.drawOutcome(slow);
    const best = data.lines.find((line) => line.best);
    const at = best ? crossing(seen, best.value, head.higher) : null;
    this.say(slots.crossed, at === null ? "" : fill(words.crossed, { name: best.title, epoch: at }));
  }

  // One large sentence and its two numbers. "Finished" is not said beside it.
  drawOutcome(slow) {
    const { head, slots } = this;
    this.say(slots.verdict, slow ? "" : head.verdict);
    this.say(slots.compared, slow ? "" : head.compared);
    slots.outcome.hidden = slots.verdict.hidden;
    slots.outcome.dataset.judged = head.judged;
    slots.text.parentElement.hidden = !slots.outcome.hidden && head.state === "finished";
    const told = JSON.stringify(head.scores ?? []);
    if (slots.scores.dataset.told === told) return;
    slots.scores.dataset.told = told;
    slots.scores.replaceChildren(...(head.scores ?? []).map(([title, score], i) => {
      const pair = document.createElement("div");
      pair.className = i ? "simple-score" : "network-score";
      for (const [kind, text] of [["dt", title], ["dd", score]]) {
        const node = document.createElement(kind);
        node.textContent = text;
        pair.append(node);
      }
      return pair;
    }));
  }

  // Where there is more in the queue than this run.
  drawQueue({ queue, own, more, trouble }) {
    const { slots, data } = this;
    const { words } = data;
    this.trouble = trouble;
    slots.queue.hidden = !data.live || !queue.some((job) => job.run !== this.run);
    const lines = queue.map((job, i) => {
      const node = document.createElement("li");
      const whose = own.includes(i) ? words.yours : words.others;
      node.textContent = [job.title, words[job.state], whose].join(" \u00b7 ");
      if (job.run === this.run) node.className = "this";
      return node;
    });
    slots.jobs.replaceChildren(...lines);
    this.say(slots.more, more ? fill(words.more, { count: more }) : "");
  }

  say(node, text) {
    node.hidden = !text;
    if (node.textContent !== (text ?? "")) node.textContent = text ?? "";
  }

  drawRace(seen) {
    const { head, data, race } = this;
    if (this.slots.stage.hidden) return;
    race.draw({ seen, head, lines: data.lines, words: data.words, over: head.over && !this.isReplaying });
  }

  drawExperts(seen) {
    const { slots, head, data } = this;
    slots.facts.replaceChildren();
    for (const [name, value] of head.facts) {
      const pair = document.createElement("div");
      for (const [kind, text] of [["dt", name], ["dd", value]]) {
        const node = document.createElement(kind);
        node.textContent = text;
        pair.append(node);
      }
      slots.facts.append(pair);
    }
    const rows = evenly(seen, 400);
    const last = lastOnAxis(seen.at(-1)[EPOCH.number], head.most, head.over);
    const draw = (slot, lines, options = {}) => {
      const all = lines.flatMap((line) => line.points.map(([, value]) => value)).filter((v) => Number.isFinite(v) && (!options.logarithmic || v > 0));
      slots[slot].parentElement.hidden = !all.length;
      if (!all.length) return;
      const [low, high] = extremes(all);
      const range = options.range ?? (options.logarithmic ? [low / 1.5, high * 1.5] : withMargins(Math.min(low, options.zero ? 0 : low), high));
      const chart = new LineChart(slots[slot], this.speech);
      if (!chart.begin({ ...options, range, last })) return;
      for (const line of lines) chart.line(line.points, { class: line.class, ...(line.strength ? { "stroke-opacity": line.strength } : {}) });
    };
    const of = (name) => rows.map((epoch) => [epoch[EPOCH.number], epoch[EPOCH[name]]]);
    draw("loss", [{ points: of("train_loss"), class: "train" }, { points: of("validation_loss"), class: "curve" }]);
    const layers = head.layers.map((layer, i) => ({ ...layer, i }));
    const each = (field) => layers.map(({ i }) => ({
      points: rows.map((epoch) => [epoch[EPOCH.number], epoch[EPOCH[field]]?.[i] ?? null]),
      class: `layer layer-${i % 6}`,
    }));
    draw("gradient", each("gradients"), { logarithmic: true });
    draw("dead", each("dead"), { range: [0, 1], write: (value) => this.speech.percent(value) });
    draw("rate", [{ points: of("rate"), class: "curve" }], { zero: true });
    slots.legend.replaceChildren();
    for (const { title, i } of layers) {
      const node = document.createElement("span");
      node.className = `key layer-${i % 6}`;
      node.textContent = title;
      slots.legend.append(node);
    }
  }

  // For tests, and for anyone who looks.
  mark(last) {
    Object.assign(this.root.dataset, {
      state: this.head.state ?? "",
      run: this.run,
      received: this.received ?? 0,
      epoch: last?.[EPOCH.number] ?? 0,
      loss: last?.[EPOCH.validation_loss] ?? "",
      score: last?.[EPOCH.validation_score] ?? "",
      replaying: this.isReplaying,
    });
  }
}

export default function mount({ parentElement, data, setTriggerValue }) {
  let monitor = parentElement.liveMonitor;
  if (monitor && !monitor.root.isConnected) {
    monitor.destroy();
    monitor = null;
  }
  if (!monitor) {
    monitor = new LiveMonitor(parentElement);
    parentElement.liveMonitor = monitor;
  }
  const ticket = (monitor.ticket += 1);
  monitor.report = (standing) => setTriggerValue("changed", standing);
  if (data) monitor.update(data);
  return () => {
    if (monitor.ticket !== ticket) return;
    monitor.destroy();
    if (parentElement.liveMonitor === monitor) delete parentElement.liveMonitor;
  };
}
