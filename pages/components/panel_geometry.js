// Where things are on a panel's curve: pure functions of numbers.

// First index at which `ordered` (ascending) is at least `target`.
function firstAtLeast(ordered, target) {
  let low = 0;
  let high = ordered.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ordered[middle] < target) low = middle + 1;
    else high = middle;
  }
  return low;
}

function nearest(ordered, target) {
  const after = firstAtLeast(ordered, target);
  if (after === 0) return 0;
  if (after === ordered.length) return after - 1;
  return target - ordered[after - 1] <= ordered[after] - target ? after - 1 : after;
}

function extremes(values) {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

function niceTicks(low, high, wanted) {
  const raw = (high - low) / Math.max(1, wanted);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => s >= raw) ?? raw;
  const ticks = [];
  for (let at = Math.ceil(low / step) * step; at <= high + step * 1e-9; at += step) {
    ticks.push(Math.abs(at) < step * 1e-9 ? 0 : at);
  }
  return ticks;
}

function clamped(value, low, high) {
  return Math.min(high, Math.max(low, value));
}

// The money axis's ends: some room above, and below, little where nothing at all is the least.
function withMargins(low, high) {
  const span = high - low || 1;
  return [low - (low === 0 ? span * 0.02 : span * 0.06), high + span * 0.08];
}

// How many stops a key moves the slider, null where it is not the slider's key.
function stepOfKey({ key, shiftKey, altKey, ctrlKey, metaKey }, page, rightToLeft) {
  if (altKey || ctrlKey || metaKey) return null;
  const right = rightToLeft ? -1 : 1;
  const steps = { ArrowRight: right, ArrowUp: 1, ArrowLeft: -right, ArrowDown: -1, PageUp: page, PageDown: -page };
  if (!Object.hasOwn(steps, key)) return null;
  return shiftKey ? steps[key] * 10 : steps[key];
}

// One point a pixel column is all the eye gets; each column keeps its first, lowest, highest and last as well.
function thinned(all) {
  const points = [];
  let column = null;
  let open = null;
  const flush = () => {
    if (!open) return;
    const order = open.lowAt < open.highAt ? ["low", "high"] : ["high", "low"];
    points.push(open.first);
    for (const end of order) points.push(open[end]);
    points.push(open.last);
  };
  for (const [k, point] of all.entries()) {
    const at = Math.round(point[0]);
    if (at !== column) {
      flush();
      column = at;
      open = { first: point, low: point, high: point, last: point, lowAt: k, highAt: k };
    } else {
      open.last = point;
      if (point[1] < open.low[1]) [open.low, open.lowAt] = [point, k];
      if (point[1] > open.high[1]) [open.high, open.highAt] = [point, k];
    }
  }
  flush();
  return points.filter((point, i) => i === 0 || point !== points[i - 1]);
}
