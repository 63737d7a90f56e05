// Points of two classes on the plane from -6 to 6: made by chance, drawn by hand, or pasted. dice.js stands before it.

const REACH = 6; // the plane goes so far to each side
const MOST_POINTS = 600;

const turned = (radius, angle) => [radius * Math.sin(angle), radius * Math.cos(angle)];
const around = (dice, x, y, spread) => [x + spread * dice.normal(), y + spread * dice.normal()];

// Each gives the place of one point of a class, 0 or 1. noise: from 0 to 1. share: how far along its class it is, 0 to 1.
const SHAPES = {
  circle(dice, of, noise) {
    const [x, y] = of ? turned(dice.even(0, 2.4), dice.even(0, 2 * Math.PI)) : turned(dice.even(3.6, 5.2), dice.even(0, 2 * Math.PI));
    return around(dice, x, y, 1.6 * noise);
  },
  xor(dice, of, noise) {
    const [x, y] = [dice.even(0.35, 5), dice.even(0.35, 5)];
    const side = dice.even() < 0.5 ? 1 : -1;
    return around(dice, side * x, (of ? side : -side) * y, 1.6 * noise);
  },
  corners(dice, of, noise) {
    const side = dice.even() < 0.5 ? 1 : -1;
    return around(dice, 3.2 * side, (of ? -3.2 : 3.2) * side, 0.35 + 2 * noise);
  },
  gauss(dice, of, noise) {
    const at = of ? 2 : -2;
    return around(dice, at, at, 0.8 + 2 * noise);
  },
  moons(dice, of, noise) {
    const angle = dice.even(0, Math.PI);
    const [x, y] = of ? [1 - Math.cos(angle), 0.5 - Math.sin(angle)] : [Math.cos(angle), Math.sin(angle)];
    return around(dice, 2.9 * (x - 0.5), 2.9 * (y - 0.25), 0.2 + 1.4 * noise);
  },
  spiral(dice, of, noise, share) {
    const [x, y] = turned(5.4 * share, 1.75 * share * 2 * Math.PI + (of ? 0 : Math.PI));
    return around(dice, x, y, 0.08 + 1.2 * noise);
  },
};

// {x, y: Float64Array, label: Uint8Array, train}: the first `train` rows teach, the rest test. imbalance: the share of
// class 1. Own points are dealt at random too, and as they were given.
function makePoints({ data, points, noise, share, balance, seed, own }) {
  const dice = new Dice(seed, 1);
  const rows = data === "own" ? own.map((one) => [...one]) : [];
  if (data !== "own") {
    const ones = Math.min(points - 1, Math.max(1, Math.round(points * balance)));
    const counts = [points - ones, ones];
    for (const of of [0, 1]) {
      for (let i = 0; i < counts[of]; i += 1) {
        const [x, y] = SHAPES[data](dice, of, noise, (i + 1) / counts[of]);
        rows.push([x, y, of]);
      }
    }
  }
  dice.shuffle(rows);
  return {
    x: Float64Array.from(rows, (row) => row[0]),
    y: Float64Array.from(rows, (row) => row[1]),
    label: Uint8Array.from(rows, (row) => row[2]),
    train: Math.min(rows.length, Math.max(1, Math.round(rows.length * share))),
  };
}

// Points as text: x, y and the class in each line; a line that says anything else is counted as skipped. Classes are the
// first two that occur, the smaller first. Places beyond the plane are brought onto it, all by the same factor.
function readPoints(text) {
  const rows = [];
  let skipped = 0;
  for (const line of text.split(/\r?\n/)) {
    if (!line.trim()) continue;
    const [x, y, of, ...more] = line.trim().split(/\s*[,;\t]\s*|\s+/);
    const place = [Number(x), Number(y)];
    const fits = of && !more.length && x !== "" && y !== "" && place.every(Number.isFinite);
    if (fits && rows.length < MOST_POINTS) rows.push([...place, of]);
    else skipped += 1;
  }
  const classes = [...new Set(rows.map((row) => row[2]))].slice(0, 2).sort();
  const kept = rows.filter((row) => classes.includes(row[2]));
  const far = Math.max(...kept.map(([x, y]) => Math.max(Math.abs(x), Math.abs(y))), 0);
  const factor = far > REACH ? (0.95 * REACH) / far : 1;
  const points = kept.map(([x, y, of]) => [x * factor, y * factor, classes.indexOf(of)]);
  return { points, skipped: skipped + rows.length - kept.length, classes };
}

// Own points as a link has them: four signs of base64 for each, eleven bits a coordinate and one for the class.
function packPoints(points) {
  const level = (at) => Math.min(2047, Math.max(0, Math.round(((at + REACH) / (2 * REACH)) * 2047)));
  const bytes = points.flatMap(([x, y, of]) => {
    const whole = (level(x) * 2048 + level(y)) * 2 + of;
    return [whole >> 16, (whole >> 8) & 255, whole & 255];
  });
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_");
}

function unpackPoints(text) {
  if (!/^[\w-]*$/.test(text) || text.length % 4) return [];
  const bytes = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const place = (level) => (level / 2047) * 2 * REACH - REACH;
  const points = [];
  for (let i = 0; i + 2 < bytes.length && points.length < MOST_POINTS; i += 3) {
    const whole = (bytes.charCodeAt(i) << 16) | (bytes.charCodeAt(i + 1) << 8) | bytes.charCodeAt(i + 2);
    points.push([place((whole >> 12) & 2047), place((whole >> 1) & 2047), whole & 1]);
  }
  return points;
}
