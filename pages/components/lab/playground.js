// The playground: a network that trains in this page, one step at a time, with everything that it is in the link. The files of
// this folder stand before it in the same module, look.js, svg.js, panel_numbers.js and panel_geometry.js before those.

const SPEEDS = ["step", "epoch", "fast"];
const SHOWN_EPOCHS = 120; // that whoever comes without a link sees it learn by itself: two seconds
const [FAST_MS, DOCTOR_MS, LINK_MS, REPLAY_MS] = [9, 400, 250, 12];

function put(node, text) {
  if (node.firstChild?.data !== text) node.textContent = text;
}

class Playground {
  constructor(host, data) {
    this.host = host;
    this.root = host.querySelector(".lab");
    this.isPlaying = false;
    this.speed = "epoch";
    this.looked = null;
    this.ticket = 0;
    this.plane = new Plane();
    this.stop = new AbortController();
    this.frame = this.frame.bind(this);
    this.data = data;
    this.read(readLink(location.search));
    this.shows = !new URLSearchParams(location.search).has("v") && !this.isCalm; // until it is touched
    this.isPlaying ||= this.shows;
    window.addEventListener("popstate", () => this.returned(), { signal: this.stop.signal });
    this.build();
  }

  get isHere() {
    return location.pathname.endsWith(`/${this.data.page}`);
  }

  returned() {
    if (!this.isHere || location.search === this.written) return;
    this.read(readLink(location.search));
    this.build();
  }

  // A link's state from its beginning. Steps that it asks for are trained while one looks on, a piece a frame.
  read({ state, steps, changes, hidden, plays }) {
    this.hidden = hidden;
    this.training = new Training(state, changes);
    this.waits = steps;
    this.isPlaying = plays;
    this.preset = null;
  }

  build() {
    const { data, root } = this;
    this.words = data.words;
    this.say = new Speech(this.words.locale, "USD");
    this.network?.watch.disconnect();
    this.output?.watch.disconnect();
    root.replaceChildren();
    this.spoken = made("p", "visually-hidden", root);
    this.spoken.setAttribute("role", "status");
    buildPresets(this, root);
    const main = made("div", "main", root);
    buildBar(this, main);
    buildData(this, main);
    this.network = new NetworkView(this, main);
    this.output = new OutputView(this, main);
    this.doctor = new DoctorView(this, main);
    buildSettings(this, main);
    buildFolds(this, root);
    this.dress();
    this.renewed();
    this.run();
  }

  update(data) {
    const isOther = JSON.stringify(data.words) !== JSON.stringify(this.data.words);
    this.data = data;
    if (isOther) this.build();
    else {
      this.dress();
      this.controls.data.show(this.training.state.data);
    }
    this.lay();
  }

  dress() {
    const look = looksNow(this.host, this.data.look);
    for (const [name, value] of Object.entries(look)) {
      if (typeof value === "string" && value) this.root.style.setProperty(`--pg-${name}`, value);
    }
    const classes = this.data.classes[look.name === "dark" ? "dark" : "light"];
    classes.forEach((colour, of) => this.root.style.setProperty(`--class-${of}`, colour));
    this.colours = { ...look, classes, edge: look.surface };
    this.ramp = rampOf(classes[0], look.surface, classes[1]);
  }

  // -- what is trained

  set(name, value) {
    const began = performance.now();
    if (UNDER_WAY.includes(name)) {
      this.training.change(name, value);
      this.showControls();
      this.draw();
    } else this.renew({ ...this.training.state, [name]: value });
    this.tellLink();
    this.root.dataset.answer = (performance.now() - began).toFixed(2);
  }

  // Several settings at once, from the beginning: what a preset and the doctor do.
  renew(state) {
    this.training = new Training(state);
    this.waits = 0;
    this.renewed();
  }

  renewed() {
    this.plane.begin(this.training);
    this.doctor.forget();
    this.lay();
    this.showControls();
  }

  open(query, name) {
    const hidden = this.hidden;
    this.read(readLink(query));
    [this.hidden, this.preset] = [hidden, name];
    this.renewed();
    this.tellLink();
    this.run();
  }

  mend(changes) {
    this.preset = null;
    this.renew({ ...this.training.state, ...changes });
    this.isPlaying = true;
    this.tellLink();
    this.run();
  }

  ownPoints() {
    const { x, y, label } = this.training.points;
    return Array.from(x, (at, i) => [at, y[i], label[i]]);
  }

  // Points lie where the link can say that they lie.
  setOwn(own) {
    this.renew({ ...this.training.state, data: "own", own: unpackPoints(packPoints(own)) });
    this.tellLink();
  }

  // -- time

  play(isPlaying) {
    this.isPlaying = isPlaying && this.training.rows > 1;
    this.shows = false;
    if (!this.isPlaying) this.pause();
    this.showBar();
    this.run();
  }

  pause() {
    const { train, test, epoch, rows, points } = this.training;
    const share = this.say.percent((rows > points.train ? test : train).accuracy);
    this.announce(fill(this.words.paused_at, { epoch: this.say.count(epoch), share }));
    this.tellLink();
  }

  stepOnce() {
    if (this.training.rows < 2) return;
    this.isPlaying = false;
    this.training.step();
    this.draw();
    this.pause();
    this.showBar();
  }

  reset() {
    this.renew({ ...this.training.state });
    this.tellLink();
    this.run();
  }

  run() {
    if (this.isRunning) return;
    this.isRunning = true;
    this.lastFrame = null;
    requestAnimationFrame(this.frame);
  }

  frame(now) {
    this.isRunning = false;
    if (this.stop.signal.aborted) return;
    const { training } = this;
    if (this.lastFrame !== null) this.pace = 0.9 * (this.pace ?? 16.7) + 0.1 * (now - this.lastFrame);
    const until = performance.now() + (this.waits ? REPLAY_MS : FAST_MS);
    if (this.waits) {
      while (training.steps < this.waits && performance.now() < until) training.advance(10 < this.waits - training.steps ? 10 : 1);
      if (training.steps >= this.waits) this.waits = 0;
    } else if (this.isPlaying) {
      if (this.speed === "step") training.step();
      else if (this.speed === "epoch") do training.step(); while (training.at && performance.now() < until + 20);
      else do training.advance(10); while (performance.now() < until);
      if (this.shows && training.epoch >= SHOWN_EPOCHS) this.isPlaying = false;
    }
    this.draw();
    if (this.isPlaying || this.waits) {
      this.run();
      this.lastFrame = now;
      this.root.dataset.frame = this.pace?.toFixed(2) ?? "";
    } else this.showBar();
  }

  // -- what is seen

  lookAt(what) {
    this.looked = what;
    if (!this.isPlaying) this.draw();
  }

  nameOf({ feature, layer, unit }) {
    if (feature) return fill(this.words.feature, { name: FEATURE_NAMES[feature] });
    return fill(this.words.unit, { unit: unit + 1, layer: layer + 1 });
  }

  lay() {
    if (this.looked && !(this.looked.feature || this.looked.unit < this.training.state.layers[this.looked.layer])) this.looked = null;
    this.network.lay();
    this.output.lay();
    this.draw();
  }

  draw() {
    const began = performance.now();
    const { training, root } = this;
    training.judge();
    this.plane.answer(training);
    this.output.draw();
    this.network.draw(this.isPlaying && !this.isCalm ? training.epoch * 0.6 + training.steps * 0.02 : null);
    put(this.epoch, this.say.count(training.epoch));
    if (!this.isPlaying || began - (this.diagnosedAt ?? 0) > DOCTOR_MS) {
      this.diagnosedAt = began;
      this.doctor.show(diagnosed(training));
    }
    Object.assign(root.dataset, {
      steps: training.steps, epoch: training.epoch, loss: training.train.loss, accuracy: training.test.accuracy,
      state: this.waits ? "replaying" : this.isPlaying ? "playing" : "paused", redraw: (performance.now() - began).toFixed(2),
    });
  }

  get isCalm() {
    return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  }

  showControls() {
    for (const [name, control] of Object.entries(this.controls)) control.show(this.training.state[name]);
    this.showBar();
    for (const node of this.root.querySelectorAll("[data-control]")) node.hidden = this.hidden.includes(node.dataset.control);
    this.afterwards?.();
  }

  showBar() {
    put(this.playText, this.isPlaying ? this.words.pause : this.words.train);
    this.root.dataset.state = this.waits ? "replaying" : this.isPlaying ? "playing" : "paused";
  }

  announce(text) {
    put(this.spoken, text);
  }

  // -- the link

  get link() {
    return writeLink(this.training, this.hidden, location.search);
  }

  tellLink() {
    this.shows = false;
    clearTimeout(this.telling);
    this.telling = setTimeout(() => {
      if (!this.isHere || this.stop.signal.aborted || this.isPlaying) return;
      this.written = `?${this.link}`;
      history.replaceState(history.state, "", `${location.pathname}${this.written}`);
      this.afterwards?.();
    }, LINK_MS);
  }

  destroy() {
    this.stop.abort();
    clearTimeout(this.telling);
    this.network.watch.disconnect();
    this.output.watch.disconnect();
  }
}

export default function mount({ parentElement, data }) {
  let one = parentElement.playground;
  if (one && (!(one instanceof Playground) || !one.root.isConnected)) {
    one.destroy();
    one = null;
  }
  if (!one) one = parentElement.playground = new Playground(parentElement, data);
  else if (data) one.update(data);
  const ticket = (one.ticket += 1);
  return () => {
    if (one.ticket !== ticket) return;
    one.destroy();
    if (parentElement.playground === one) delete parentElement.playground;
  };
}
