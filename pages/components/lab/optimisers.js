// How gradients become steps: the formulas of core/training/optimisers.py, which are torch.optim's.

const [BETA1, BETA2, TINY, RMS_DECAY] = [0.9, 0.999, 1e-8, 0.99];

class Optimiser {
  constructor(size) {
    this.first = new Float64Array(size);
    this.second = new Float64Array(size);
    this.count = 0;
  }

  // One step of `values` against `gradient`, which is used up. rates: optimiser, rate, momentum, l1, decay.
  step(values, gradient, pulled, { optimiser, rate, momentum, l1, decay }) {
    this.count += 1;
    const isDecoupled = optimiser === "adamw";
    if (l1 || decay) {
      for (let i = 0; i < values.length; i += 1) {
        if (!pulled[i]) continue;
        gradient[i] += l1 * Math.sign(values[i]);
        if (isDecoupled) values[i] -= rate * decay * values[i];
        else gradient[i] += decay * values[i];
      }
    }
    this[optimiser](values, gradient, rate, momentum);
  }

  sgd(values, gradient, rate) {
    for (let i = 0; i < values.length; i += 1) values[i] -= rate * gradient[i];
  }

  gradient_descent(values, gradient, rate) {
    this.sgd(values, gradient, rate);
  }

  momentum(values, gradient, rate, momentum) {
    const { first } = this;
    for (let i = 0; i < values.length; i += 1) {
      first[i] = momentum * first[i] + gradient[i];
      values[i] -= rate * first[i];
    }
  }

  nesterov(values, gradient, rate, momentum) {
    const { first } = this;
    for (let i = 0; i < values.length; i += 1) {
      first[i] = momentum * first[i] + gradient[i];
      values[i] -= rate * (gradient[i] + momentum * first[i]);
    }
  }

  adagrad(values, gradient, rate) {
    const { second } = this;
    for (let i = 0; i < values.length; i += 1) {
      second[i] += gradient[i] * gradient[i];
      values[i] -= (rate * gradient[i]) / (Math.sqrt(second[i]) + 1e-10);
    }
  }

  rmsprop(values, gradient, rate) {
    const { second } = this;
    for (let i = 0; i < values.length; i += 1) {
      second[i] = RMS_DECAY * second[i] + (1 - RMS_DECAY) * gradient[i] * gradient[i];
      values[i] -= (rate * gradient[i]) / (Math.sqrt(second[i]) + TINY);
    }
  }

  adam(values, gradient, rate) {
    const { first, second } = this;
    const ofFirst = 1 - BETA1 ** this.count;
    const ofSecond = Math.sqrt(1 - BETA2 ** this.count);
    for (let i = 0; i < values.length; i += 1) {
      const g = gradient[i];
      first[i] += (1 - BETA1) * (g - first[i]);
      second[i] = BETA2 * second[i] + (1 - BETA2) * g * g;
      values[i] -= ((rate / ofFirst) * first[i]) / (Math.sqrt(second[i]) / ofSecond + TINY);
    }
  }

  adamw(values, gradient, rate) {
    this.adam(values, gradient, rate);
  }
}
