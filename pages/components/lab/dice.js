// Chance from a seed: the same seed gives the same points, weights and batches in every browser.
class Dice {
  constructor(seed, purpose = 0) {
    this.state = new Uint32Array([seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0, purpose >>> 0, 1]);
    for (let i = 0; i < 15; i += 1) this.bits();
  }

  // SFC32 (Doty-Humphrey): 32 even bits.
  bits() {
    const s = this.state;
    const sum = (s[0] + s[1] + s[3]) | 0;
    s[3] += 1;
    s[0] = s[1] ^ (s[1] >>> 9);
    s[1] = s[2] + (s[2] << 3);
    s[2] = ((s[2] << 21) | (s[2] >>> 11)) + sum;
    return sum >>> 0;
  }

  even(low = 0, high = 1) {
    return low + (high - low) * (this.bits() / 2 ** 32);
  }

  // Of a normal distribution (Box and Muller, 1958).
  normal() {
    const radius = Math.sqrt(-2 * Math.log(1 - this.even()));
    return radius * Math.cos(2 * Math.PI * this.even());
  }

  below(count) {
    return Math.floor(this.even() * count);
  }

  shuffle(order) {
    for (let i = order.length - 1; i > 0; i -= 1) {
      const other = this.below(i + 1);
      [order[i], order[other]] = [order[other], order[i]];
    }
    return order;
  }
}
