// The whole state of the playground, and the link that carries it: nothing else decides what is seen. Words in a link that
// cannot be meant are passed over.

const LINK_VERSION = "1";
const MOST_STEPS = 500000; // that a link may ask to be trained before it is seen
const [MOST_LAYERS, MOST_UNITS] = [6, 8];
const CONTROLS = {
  data: { choices: ["circle", "xor", "corners", "gauss", "moons", "spiral", "own"], start: "circle" },
  points: { low: 20, high: 600, start: 300, whole: true },
  noise: { low: 0, high: 1, start: 0.1 },
  balance: { low: 0.05, high: 0.95, start: 0.5 },
  share: { low: 0.1, high: 1, start: 0.5 },
  features: { many: Object.keys(FEATURES), start: ["x", "y"] },
  layers: { sizes: true, start: [4, 2] },
  activation: { choices: Object.keys(BENDS), start: "tanh" },
  optimiser: { choices: ["gradient_descent", "sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw"], start: "adam" },
  rate: { low: 1e-5, high: 10, start: 0.03 },
  batch: { low: 1, high: 600, start: 10, whole: true },
  momentum: { low: 0, high: 0.99, start: 0.9 },
  l1: { low: 0, high: 1, start: 0 },
  decay: { low: 0, high: 1, start: 0 },
  dropout: { low: 0, high: 0.8, start: 0 },
  init: { choices: Object.keys(START), start: "standard" },
  seed: { low: 0, high: 999999, start: 1, whole: true },
};
const UNDER_WAY = ["rate", "batch", "momentum", "l1", "decay", "dropout"]; // change a training; anything else begins it anew
const HIDABLE = ["presets", "speed", "own", "real", ...Object.keys(CONTROLS)];

function begun() {
  const values = Object.entries(CONTROLS).map(([name, { start }]) => [name, start]);
  return { ...structuredClone(Object.fromEntries(values)), own: [] };
}

// What a link says of one setting; undefined where it says nothing that can be meant.
function readSetting(name, text) {
  const { choices, many, sizes, low, high, whole } = CONTROLS[name];
  if (choices) return choices.includes(text) ? text : undefined;
  if (many) {
    const found = many.filter((one) => text.split(",").includes(one));
    return found.length ? found : undefined;
  }
  if (sizes) {
    if (text === "0") return [];
    const found = text.split("-").map(Number);
    const fits = found.length <= MOST_LAYERS && found.every((n) => Number.isInteger(n) && n >= 1 && n <= MOST_UNITS);
    return fits ? found : undefined;
  }
  const number = Number(text);
  if (text.trim() === "" || !Number.isFinite(number) || number < low || number > high) return undefined;
  return whole ? Math.round(number) : number;
}

function writeSetting(name, value) {
  if (CONTROLS[name].sizes) return value.length ? value.join("-") : "0";
  return Array.isArray(value) ? value.join(",") : String(value);
}

// {state, steps, changes, hidden, plays}
function readLink(search) {
  const query = new URLSearchParams(search);
  const state = begun();
  for (const name of Object.keys(CONTROLS)) {
    const value = query.has(name) ? readSetting(name, query.get(name)) : undefined;
    if (value !== undefined) state[name] = value;
  }
  state.own = unpackPoints(query.get("own") ?? "");
  if (state.data === "own" && state.own.length < 2) [state.data, state.own] = [CONTROLS.data.start, []];
  const changes = (query.get("then") ?? "").split(",").flatMap((one) => {
    const [at, name, ...text] = one.split(":");
    const value = UNDER_WAY.includes(name) ? readSetting(name, text.join(":")) : undefined;
    return value !== undefined && /^\d+$/.test(at) ? [{ at: Number(at), name, value }] : [];
  });
  const steps = Number(query.get("steps") ?? 0);
  return {
    state,
    steps: Number.isInteger(steps) && steps > 0 ? Math.min(steps, MOST_STEPS) : 0,
    changes: changes.sort((a, b) => a.at - b.at),
    hidden: (query.get("hide") ?? "").split(",").filter((name) => HIDABLE.includes(name)),
    plays: query.get("play") === "1",
  };
}

// Everything, defaults too: a link says the same when defaults have changed. `search` keeps what others wrote there.
function writeLink(training, hidden, search = "") {
  const { began, steps, changes } = training;
  const query = new URLSearchParams({ v: LINK_VERSION });
  for (const name of Object.keys(CONTROLS)) query.set(name, writeSetting(name, began[name]));
  if (began.data === "own") query.set("own", packPoints(began.own));
  if (steps) query.set("steps", Math.min(steps, MOST_STEPS));
  if (changes.length) query.set("then", changes.map(({ at, name, value }) => `${at}:${name}:${writeSetting(name, value)}`).join(","));
  if (hidden.length) query.set("hide", hidden.join(","));
  const language = new URLSearchParams(search).get("lang");
  if (language) query.set("lang", language);
  return query.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
}
