// A training of the playground: points, features, network and optimiser of a state (link.js), one step at a time. What it
// remembers of its epochs depends on the steps alone, never on how fast they came.

const FEATURES = {
  x: (x) => x,
  y: (x, y) => y,
  x2: (x) => x * x,
  y2: (x, y) => y * y,
  xy: (x, y) => x * y,
  sinx: (x) => Math.sin(x),
  siny: (x, y) => Math.sin(y),
};
const MOST_REMEMBERED = 400;

class Training {
  constructor(state, replay = []) {
    this.state = { ...state };
    this.began = { ...state }; // as the link tells it, with `changes` since
    this.changes = [];
    this.replay = [...replay];
    this.points = makePoints(state);
    const { x, label, train } = this.points;
    this.rows = x.length;
    this.features = state.features;
    this.learnScale();
    this.inputs = this.featuresAt(this.points.x, this.points.y);
    this.network = new Network([this.features.length, ...state.layers, 1], state.activation);
    this.network.begin(state.init, state.seed);
    this.optimiser = new Optimiser(this.network.size);
    this.room = this.network.room(this.rows);
    this.batchInputs = new Float64Array(train * this.features.length);
    this.batchLabels = new Uint8Array(train);
    this.order = Int32Array.from({ length: train }, (_, i) => i);
    this.orderDice = new Dice(state.seed, 3);
    this.dropDice = new Dice(state.seed, 4);
    this.before = new Float64Array(this.network.size);
    const ones = label.subarray(0, train).reduce((sum, one) => sum + one, 0) / train;
    this.constant = ones > 0 && ones < 1 ? -ones * Math.log(ones) - (1 - ones) * Math.log(1 - ones) : 0;
    this.steps = 0;
    this.epoch = 0;
    this.at = 0;
    this.stride = 1;
    this.history = [];
    this.judge();
    this.history.push({ epoch: 0, train: this.train.loss, test: this.test.loss, accuracy: this.train.accuracy });
  }

  // Mean and spread of each feature over the training points alone: what is tested stays unseen.
  learnScale() {
    const { x, y, train } = this.points;
    this.scale = this.features.map((name) => {
      if (!train) return [0, 1];
      let [sum, squares] = [0, 0];
      for (let row = 0; row < train; row += 1) {
        const value = FEATURES[name](x[row], y[row]);
        sum += value;
        squares += value * value;
      }
      const mean = sum / train;
      return [mean, Math.sqrt(Math.max(0, squares / train - mean * mean)) || 1];
    });
  }

  featuresAt(x, y) {
    const count = this.features.length;
    const inputs = new Float64Array(x.length * count);
    for (const [i, name] of this.features.entries()) {
      const [mean, spread] = this.scale[i];
      for (let row = 0; row < x.length; row += 1) inputs[row * count + i] = (FEATURES[name](x[row], y[row]) - mean) / spread;
    }
    return inputs;
  }

  // A setting that may change under way; the link replays it at the same step.
  change(name, value) {
    this.state[name] = value;
    if (!this.steps) this.began[name] = value;
    else this.changes.push({ at: this.steps, name, value });
  }

  get batchSize() {
    const all = this.order.length;
    return this.state.optimiser === "gradient_descent" ? all : Math.min(this.state.batch, all);
  }

  step() {
    while (this.replay.length && this.replay[0].at <= this.steps) {
      const { name, value } = this.replay.shift();
      this.change(name, value);
    }
    if (this.at === 0) this.orderDice.shuffle(this.order);
    const { network, state, order } = this;
    const count = this.features.length;
    const until = Math.min(order.length, this.at + this.batchSize);
    const rows = until - this.at;
    for (let i = 0; i < rows; i += 1) {
      const row = order[this.at + i];
      for (let f = 0; f < count; f += 1) this.batchInputs[i * count + f] = this.inputs[row * count + f];
      this.batchLabels[i] = this.points.label[row];
    }
    network.forward(this.batchInputs, rows, this.room, state.dropout, this.dropDice);
    network.backward(this.batchInputs, this.batchLabels, rows, this.room, state.dropout);
    const ends = until === order.length;
    const isRemembered = ends && (this.epoch + 1) % this.stride === 0;
    const norms = isRemembered ? this.norms(network.gradient) : null;
    if (isRemembered) this.before.set(network.values);
    this.optimiser.step(network.values, network.gradient, network.pulled, state);
    this.steps += 1;
    this.at = ends ? 0 : until;
    if (ends) this.epoch += 1;
    if (isRemembered) this.remember(norms);
  }

  norms(values) {
    return this.network.layers.map(({ weight, end }) => {
      let sum = 0;
      for (let i = weight; i < end; i += 1) sum += values[i] * values[i];
      return Math.sqrt(sum);
    });
  }

  judge() {
    const { points, rows } = this;
    const scores = this.network.forward(this.inputs, rows, this.room);
    this.train = judged(scores, points.label, 0, points.train);
    this.test = judged(scores, points.label, points.train, rows);
  }

  remember(norms) {
    this.judge();
    const moved = this.before.map((value, i) => this.network.values[i] - value);
    const [steps, sizes] = [this.norms(moved), this.norms(this.before)];
    this.history.push({
      epoch: this.epoch, train: this.train.loss, test: this.test.loss, accuracy: this.train.accuracy,
      norms, ratios: steps.map((step, n) => step / sizes[n]), dead: this.dead(),
    });
    if (this.history.length <= MOST_REMEMBERED) return;
    this.stride *= 2;
    this.history = this.history.filter(({ epoch }) => epoch % this.stride === 0);
  }

  // Per hidden layer how many units answer to no training point: `room` is of a pass over all points.
  dead() {
    const { layers } = this.network;
    if (this.state.activation !== "relu") return layers.slice(1).map(() => 0);
    return layers.slice(0, -1).map(({ fanOut }, n) => {
      let count = 0;
      for (let o = 0; o < fanOut; o += 1) {
        let row = 0;
        while (row < this.points.train && !(this.room[n].after[row * fanOut + o] > 0)) row += 1;
        if (row === this.points.train) count += 1;
      }
      return count;
    });
  }

  advance(steps) {
    for (let i = 0; i < steps; i += 1) this.step();
  }
}
