// What is wrong with a training of the playground: the faults of core/diagnosis/doctor.py, and those that only small networks
// show. A finding names its sentences (words of playground_panel.py), their numbers, and changes that mend it.

const [ABOVE_CONSTANT, FAR_ABOVE] = [1.25, 3];
const [LEAST_GRADIENT, LEAST_STEP, AIM_STEP] = [1e-4, 3e-4, 3e-3];
const [EVEN_FALL, HIGH_RISE, NOTHING] = [0.35, 0.2, 0.02];
const [FEW_EPOCHS, MANY_EPOCHS, STILL_EPOCHS] = [3, 20, 150];
const [SOLVED, POOR, ALIKE] = [0.97, 0.9, 0.95];

function middle(values) {
  const ordered = [...values].sort((a, b) => a - b);
  return ordered.length ? ordered[ordered.length >> 1] : NaN;
}

function diagnosed(training) {
  const history = training.history;
  if (!training.steps) return { fault: "fresh" };
  const checks = [diverges, deadUnits, allAlike, vanishes, tooSlow, byHeart, noBend, stuck, solved];
  for (const check of checks) {
    const finding = check(training, history);
    if (finding) return finding;
  }
  return { fault: "learns", values: { first: history[0].train, last: training.train.loss } };
}

function diverges({ train, epoch, constant, state }, history) {
  const slower = (factor) => [{ mend: "slower", set: { rate: state.rate * factor } }];
  if (!Number.isFinite(train.loss)) return { fault: "nan", title: "divergence", why: "divergence", values: { epoch }, mends: slower(0.01) };
  const times = train.loss / constant;
  if (!(times > ABOVE_CONSTANT) || epoch < FEW_EPOCHS || train.loss < 0.8 * history[0].train) return null;
  const values = { epoch, loss: train.loss, times, constant };
  return { fault: "divergence", values, mends: slower(times > FAR_ABOVE ? 0.01 : 0.1) };
}

function deadUnits({ epoch, state }, history) {
  const dead = history.at(-1).dead ?? [];
  const layer = dead.findIndex((count, n) => count >= 2 && count / state.layers[n] > 0.5);
  if (layer < 0) return null;
  return {
    fault: "dead_units", values: { epoch, share: dead[layer] / state.layers[layer], layer: layer + 1 },
    mends: [{ mend: "leaky", set: { activation: "leaky_relu", rate: Math.min(state.rate, 0.03) } }],
  };
}

// Units that began alike feel the same gradient and stay alike.
function allAlike({ network, state, epoch }) {
  if (state.init !== "same" || !state.layers.length || epoch < FEW_EPOCHS || Math.max(...state.layers) < 2) return null;
  const { values, layers } = network;
  const isSame = layers.slice(0, -1).every(({ fanIn, fanOut, weight }) => {
    for (let i = 0; i < fanIn; i += 1) {
      for (let o = 1; o < fanOut; o += 1) {
        const first = values[weight + i * fanOut];
        if (Math.abs(values[weight + i * fanOut + o] - first) > 1e-9 * (1 + Math.abs(first))) return false;
      }
    }
    return true;
  });
  return isSame ? { fault: "alike", values: {}, mends: [{ mend: "drawn", set: { init: "standard" } }] } : null;
}

function vanishes({ network, state, train }, history) {
  const told = history.filter(({ norms }) => norms);
  if (state.layers.length < 2 || told.length < MANY_EPOCHS || train.accuracy > POOR) return null;
  const { layers } = network;
  const perWeight = (n) => middle(told.map(({ norms }) => norms[n] / Math.sqrt(layers[n].end - layers[n].weight)));
  const share = perWeight(0) / perWeight(layers.length - 1);
  if (!(share < LEAST_GRADIENT)) return null;
  return { fault: "vanishing_gradients", values: { share: 1 / share }, mends: [{ mend: "silu", set: { activation: "silu" } }] };
}

function tooSlow({ state, train }, history) {
  const ratios = history.filter((one) => one.ratios).map((one) => middle(one.ratios));
  const step = Math.max(...ratios);
  if (history.length <= MANY_EPOCHS || !(step < LEAST_STEP) || train.accuracy > SOLVED) return null;
  const [first, half, last] = [history[0], history[(history.length - 1) >> 1], history.at(-1)];
  const gained = first.train - last.train;
  if (!(gained > 0 && half.train - last.train > EVEN_FALL * gained)) return null;
  const factor = 10 ** Math.max(1, Math.round(Math.log10(AIM_STEP / Math.max(step, 1e-9))));
  const values = { first: first.train, last: last.train, count: last.epoch, share: 1 / step };
  return { fault: "slow_learning", values, mends: [{ mend: "faster", set: { rate: Math.min(10, state.rate * factor) } }] };
}

function byHeart({ constant, points, rows, state }, history) {
  if (rows === points.train || history.length < MANY_EPOCHS) return null;
  const lowest = history.reduce((best, one) => (one.test < best.test ? one : best));
  const last = history.at(-1);
  const gain = constant - lowest.test;
  const rise = last.test - lowest.test;
  const isFalling = lowest.train - last.train > NOTHING * gain;
  if (!(rise > HIGH_RISE * Math.max(gain, NOTHING * constant) && rise > 0.05 && isFalling)) return null;
  const values = { epoch: lowest.epoch, before: lowest.train, now: last.train, low: lowest.test, high: last.test };
  const mends = [{ mend: "decay", set: { decay: Math.max(0.03, state.decay * 3) } }];
  if (state.data !== "own") mends.push({ mend: "more", set: { points: MOST_POINTS, share: 0.8 } });
  return { fault: "over_fitting", values, mends };
}

// How little the loss has moved over the last half of what is remembered, in parts of the constant's.
function isStill({ constant, epoch }, history) {
  if (epoch < STILL_EPOCHS) return null;
  const half = history[(history.length - 1) >> 1];
  const later = history.slice((history.length - 1) >> 1).map((one) => one.train);
  const range = Math.max(...later) - Math.min(...later);
  return range < 2 * NOTHING * constant ? half.epoch : null;
}

function noBend(training, history) {
  const { state, train, epoch } = training;
  const since = isStill(training, history);
  if (since === null || train.accuracy > POOR || (state.layers.length && state.activation !== "linear")) return null;
  const values = { first: since, last: epoch, loss: train.loss };
  if (state.layers.length) return { fault: "no_bend", title: "plateau", values, mends: [{ mend: "tanh", set: { activation: "tanh" } }] };
  return { fault: "plateau", values, mends: [{ mend: "layer", set: { layers: [4] } }] };
}

function stuck(training, history) {
  const { state, train, epoch, network } = training;
  const since = isStill(training, history);
  if (since === null || train.accuracy > POOR) return null;
  const values = { first: since, last: epoch, loss: train.loss, share: train.accuracy, units: state.layers[0] };
  const wider = { mend: "wider", set: { layers: [Math.min(8, state.layers[0] + (state.layers[0] > 2 ? 2 : 1)), ...state.layers.slice(1)] } };
  const seed = { mend: "seed", set: { seed: state.seed + 1 } };
  if (state.layers[0] === 1) return { fault: "narrow", title: "stuck", values, mends: [wider] };
  const pair = parallel(network);
  if (pair) return { fault: "parallel", title: "stuck", values: { ...values, ...pair }, mends: [wider, seed] };
  return { fault: "stuck", values, mends: [wider, seed] };
}

// Two units of the first layer whose lines lie the same way, place included; null where there are none.
function parallel({ values, layers }) {
  const { fanIn, fanOut, weight, bias } = layers[0];
  const row = (o) => Array.from({ length: fanIn + 1 }, (_, i) => values[i < fanIn ? weight + i * fanOut + o : bias + o]);
  const inner = (a, b) => a.reduce((sum, one, i) => sum + one * b[i], 0);
  for (let a = 0; a < fanOut; a += 1) {
    for (let b = a + 1; b < fanOut; b += 1) {
      const cosine = inner(row(a), row(b)) / Math.sqrt(inner(row(a), row(a)) * inner(row(b), row(b)));
      if (Math.abs(cosine) > ALIKE) return { a: a + 1, b: b + 1, cosine: Math.abs(cosine) };
    }
  }
  return null;
}

function solved({ rows, points, test, train, epoch }) {
  const held = rows > points.train ? test : train;
  if (held.accuracy < SOLVED || train.accuracy < SOLVED) return null;
  return { fault: "solved", values: { share: held.accuracy, epoch } };
}
