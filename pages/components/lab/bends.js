// The bends of hidden units, as core/models/_activations.py has them: to(z), and slope(z, a) of the input and the output.

const LEAK = 0.01;
const sigmoid = (z) => 1 / (1 + Math.exp(-z));

// The error function on [0, 6) from a table: a cubic through values and slopes, good to nine digits.
const ERF_STEP = 1 / 64;
const ERF = (() => {
  const table = new Float64Array(2 * 64 * 6 + 4);
  for (let i = 0; i < table.length / 2; i += 1) {
    const x = i * ERF_STEP;
    let [term, sum] = [x, x];
    for (let n = 1; n < 150; n += 1) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
    }
    const density = (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x);
    table[2 * i] = density * sum;
    table[2 * i + 1] = density;
  }
  return table;
})();

function erf(value) {
  const x = Math.abs(value);
  if (!(x < 6)) return Number.isNaN(value) ? NaN : Math.sign(value);
  const i = Math.floor(x / ERF_STEP);
  const t = x / ERF_STEP - i;
  const [a, da, b, db] = [ERF[2 * i], ERF[2 * i + 1] * ERF_STEP, ERF[2 * i + 2], ERF[2 * i + 3] * ERF_STEP];
  const found = a + t * (da + t * (3 * (b - a) - 2 * da - db + t * (2 * (a - b) + da + db)));
  return value < 0 ? -found : found;
}

const half = (z) => 0.5 * (1 + erf(z * Math.SQRT1_2));
const BENDS = {
  relu: { to: (z) => (z > 0 ? z : z === z ? 0 : NaN), slope: (z) => (z > 0 ? 1 : 0) },
  leaky_relu: { to: (z) => (z > 0 ? z : LEAK * z), slope: (z) => (z > 0 ? 1 : LEAK) },
  gelu: { to: (z) => z * half(z), slope: (z) => half(z) + (z * Math.exp(-0.5 * z * z)) / Math.sqrt(2 * Math.PI) },
  silu: { to: (z) => z * sigmoid(z), slope: (z) => sigmoid(z) * (1 + z * (1 - sigmoid(z))) },
  tanh: { to: Math.tanh, slope: (z, a) => 1 - a * a },
  sigmoid: { to: sigmoid, slope: (z, a) => a * (1 - a) },
  linear: { to: (z) => z, slope: () => 1 },
};
