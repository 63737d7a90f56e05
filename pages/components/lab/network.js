// A feed-forward network in 64 bits: all parameters in one array, layer by layer weights (in, out) and biases, as the core
// lays them (core/models/_head.py); the loss is binary cross-entropy on one score. bends.js stands before it.

const START = {
  // As torch.nn.Linear and the core draw them, biases too.
  standard: (dice, fanIn) => dice.even(-1, 1) / Math.sqrt(fanIn),
  xavier: (dice, fanIn, fanOut) => dice.even(-1, 1) * Math.sqrt(6 / (fanIn + fanOut)),
  he: (dice, fanIn) => dice.normal() * Math.sqrt(2 / fanIn),
  large: (dice) => 4 * dice.normal(),
  same: () => 0.1,
};

class Network {
  // sizes: of the features, each hidden layer, and the one score.
  constructor(sizes, bend) {
    this.sizes = sizes;
    this.bend = BENDS[bend];
    this.layers = [];
    let at = 0;
    for (let n = 0; n + 1 < sizes.length; n += 1) {
      const [fanIn, fanOut] = [sizes[n], sizes[n + 1]];
      this.layers.push({ fanIn, fanOut, weight: at, bias: at + fanIn * fanOut, end: at + (fanIn + 1) * fanOut });
      at += (fanIn + 1) * fanOut;
    }
    this.size = at;
    this.values = new Float64Array(at);
    this.gradient = new Float64Array(at);
    this.pulled = new Float64Array(at); // 1 where weight decay and L1 pull: not at biases
    for (const { weight, bias } of this.layers) this.pulled.fill(1, weight, bias);
  }

  begin(how, seed) {
    const dice = new Dice(seed, 2);
    for (const { fanIn, fanOut, weight, bias, end } of this.layers) {
      for (let i = weight; i < end; i += 1) {
        this.values[i] = i < bias || how === "standard" ? START[how](dice, fanIn, fanOut) : 0;
      }
    }
  }

  // Places for what so many rows become on their way: before and after each bend, and the gradient coming back.
  room(rows) {
    const each = (size) => new Float64Array(rows * size);
    return this.layers.map(({ fanOut }) => ({ before: each(fanOut), after: each(fanOut), back: each(fanOut), mask: each(fanOut) }));
  }

  // Rows (rows, features) through the layers; the last layer's `before` are the scores. dice and dropout: in training.
  forward(inputs, rows, room, dropout = 0, dice = null) {
    const { values, layers } = this;
    let from = inputs;
    for (let n = 0; n < layers.length; n += 1) {
      const { fanIn, fanOut, weight, bias } = layers[n];
      const { before, after, mask } = room[n];
      const isLast = n === layers.length - 1;
      const to = this.bend.to;
      for (let row = 0; row < rows; row += 1) {
        const first = row * fanIn;
        const place = row * fanOut;
        for (let o = 0; o < fanOut; o += 1) {
          let sum = values[bias + o];
          for (let i = 0, w = weight + o; i < fanIn; i += 1, w += fanOut) sum += from[first + i] * values[w];
          before[place + o] = sum;
          if (isLast) continue;
          let bent = to(sum);
          if (dropout > 0) {
            const kept = dice.even() < dropout ? 0 : 1 / (1 - dropout);
            mask[place + o] = kept;
            bent *= kept;
          }
          after[place + o] = bent;
        }
      }
      from = after;
    }
    return room[layers.length - 1].before;
  }

  // The gradient of the mean loss over the rows of the last forward pass, into `gradient`.
  backward(inputs, labels, rows, room, dropout = 0) {
    const { values, gradient, layers } = this;
    gradient.fill(0);
    const top = room[layers.length - 1];
    for (let row = 0; row < rows; row += 1) top.back[row] = (sigmoid(top.before[row]) - labels[row]) / rows;
    for (let n = layers.length - 1; n >= 0; n -= 1) {
      const { fanIn, fanOut, weight, bias } = layers[n];
      const { back } = room[n];
      const below = n ? room[n - 1] : null;
      const from = n ? below.after : inputs;
      const slope = this.bend.slope;
      for (let row = 0; row < rows; row += 1) {
        const first = row * fanIn;
        const place = row * fanOut;
        for (let o = 0; o < fanOut; o += 1) gradient[bias + o] += back[place + o];
        for (let i = 0; i < fanIn; i += 1) {
          const entered = from[first + i];
          let sum = 0;
          for (let o = 0, w = weight + i * fanOut; o < fanOut; o += 1, w += 1) {
            gradient[w] += entered * back[place + o];
            sum += values[w] * back[place + o];
          }
          if (!below) continue;
          const z = below.before[first + i];
          const kept = dropout > 0 ? below.mask[first + i] : 1;
          below.back[first + i] = kept === 0 ? 0 : sum * kept * slope(z, entered / kept);
        }
      }
    }
  }
}

// Mean binary cross-entropy, and how many rows of each class are taken for each: [[0 for 0, 0 for 1], [1 for 0, 1 for 1]].
function judged(scores, labels, from, until) {
  let lost = 0;
  const counts = [[0, 0], [0, 0]];
  for (let row = from; row < until; row += 1) {
    const z = scores[row];
    lost += Math.max(z, 0) - z * labels[row] + Math.log1p(Math.exp(-Math.abs(z)));
    counts[labels[row]][z > 0 ? 1 : 0] += 1;
  }
  const rows = until - from;
  const right = counts[0][0] + counts[1][1];
  return { loss: rows ? lost / rows : NaN, accuracy: rows ? right / rows : NaN, counts };
}
