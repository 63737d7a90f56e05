// The parts of the playground around the network: presets, the bar, the data, the settings, the folds, and what the doctor
// says. Each is built anew with the page's language.

const RATES = [0.00001, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];
const PULLS = [0, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3];
const numbered = (lab, values) => values.map((value) => [value, lab.say.amount(value)]);

function buildPresets(lab, parent) {
  const { words, data } = lab;
  const box = made("div", "presets", parent);
  box.dataset.control = "presets";
  const row = made("div", "chips", box);
  row.setAttribute("role", "group");
  row.setAttribute("aria-label", words.presets);
  made("span", "name", row, words.presets);
  const chips = data.presets.map(({ name, title, query, is_bad: isBad }) => {
    const chip = pressed(row, isBad ? "chip bad" : "chip good", title, () => lab.open(query, name));
    chip.dataset.preset = name;
    return [name, chip];
  });
  const why = made("p", "why", box);
  lab.showPreset = () => {
    for (const [name, chip] of chips) chip.setAttribute("aria-pressed", String(name === lab.preset));
    put(why, data.presets.find(({ name }) => name === lab.preset)?.why ?? words.presets_why);
  };
}

function buildBar(lab, parent) {
  const { words } = lab;
  const top = made("div", "top", parent);
  const bar = made("div", "bar", top);
  const play = pressed(bar, "play", "", () => lab.play(!lab.isPlaying));
  play.dataset.testid = "play";
  made("span", "icon", play).setAttribute("aria-hidden", "true");
  lab.playText = made("span", "", play);
  pressed(bar, "plain", words.step, () => lab.stepOnce());
  pressed(bar, "plain", words.reset, () => lab.reset());
  const epoch = made("div", "epoch", bar);
  made("span", "name", epoch, words.epoch);
  lab.epoch = made("output", "", epoch);
  const quick = made("div", "quick", top);
  const speed = listed(quick, "speed", words.speed, SPEEDS.map((one) => [one, words[`speed_${one}`]]), (value) => { lab.speed = value; });
  speed.show(lab.speed);
  lab.controls = {};
  const choose = (name, options, read = Number) => {
    const help = lab.data.helps[name];
    lab.controls[name] = listed(quick, name, words[name], options, (text) => lab.set(name, read(text)), help);
  };
  choose("rate", numbered(lab, RATES));
  choose("activation", lab.data.activations, String);
  choose("optimiser", lab.data.optimisers, String);
}

function buildData(lab, parent) {
  const { words, say } = lab;
  const box = made("section", "data", parent);
  made("h2", "part", box, words.data);
  const shapes = made("div", "shapes", box);
  shapes.dataset.control = "data";
  shapes.setAttribute("role", "group");
  shapes.setAttribute("aria-label", words.data);
  const buttons = CONTROLS.data.choices.filter((one) => one !== "own").map((one) => {
    const button = pressed(shapes, "shape", "", () => {
      lab.preset = null;
      lab.set("data", one);
    });
    button.setAttribute("aria-label", words[`data_${one}`]);
    button.title = words[`data_${one}`];
    button.dataset.shape = one;
    return [one, button, made("canvas", "", button)];
  });
  const percent = (value) => say.percent(value);
  const move = (name, range, told) => {
    lab.controls[name] = ranged(box, name, words[name], range, told, (value) => lab.set(name, value), words[`${name}_help`]);
  };
  let painted = ""; // in which colours the samples are
  lab.controls.data = {
    show(value) {
      const isPainted = painted === lab.colours.classes.join();
      painted = lab.colours.classes.join();
      for (const [one, button, canvas] of buttons) {
        button.setAttribute("aria-pressed", String(one === value));
        if (isPainted) continue;
        const sample = makePoints({ data: one, points: 120, noise: 0.05, share: 1, balance: 0.5, seed: 3, own: [] });
        paintPoints(fitted(canvas, 44, 44), 44, sample, { ...lab.colours, edge: "transparent" }, 1.5);
      }
    },
  };
  move("noise", { low: 0, high: 1, step: 0.05 }, percent);
  move("points", { low: 20, high: 600, step: 10 }, (value) => say.count(value));
  move("balance", { low: 0.05, high: 0.95, step: 0.05 }, percent);
  move("share", { low: 0.1, high: 1, step: 0.1 }, percent);
}

function buildSettings(lab, parent) {
  const { words, say } = lab;
  const box = made("div", "settings", parent);
  const choose = (name, options, read = Number) => {
    lab.controls[name] = listed(box, name, words[name], options, (text) => lab.set(name, read(text)), lab.data.helps[name]);
  };
  choose("batch", numbered(lab, [1, 4, 10, 30, 100, 300]));
  choose("l1", numbered(lab, PULLS));
  choose("decay", numbered(lab, PULLS));
  choose("dropout", [0, 0.1, 0.2, 0.3, 0.5].map((value) => [value, say.percent(value)]));
  choose("momentum", numbered(lab, [0, 0.5, 0.9, 0.95, 0.99]));
  choose("init", Object.keys(START).map((one) => [one, words[`init_${one}`]]), String);
  const label = labelled(box, "seed", words.seed, lab.data.helps.seed);
  const seed = made("input", "seed", label);
  Object.assign(seed, { type: "number", min: 0, max: 999999, step: 1 });
  seed.addEventListener("change", () => {
    const value = readSetting("seed", seed.value);
    if (value === undefined) seed.value = lab.training.state.seed;
    else lab.set("seed", value);
  });
  lab.controls.seed = { show: (value) => { seed.value = value; } };
  const another = pressed(box, "plain", words.another_seed, () => lab.set("seed", (lab.training.state.seed + 1) % 1000000));
  another.dataset.control = "seed";
}

function buildFolds(lab, parent) {
  const { words } = lab;
  const box = made("div", "folds", parent);
  buildLesson(lab, folded(box, null, words.lesson));
  const paste = folded(box, "own", words.paste);
  const text = made("textarea", "", paste);
  text.rows = 5;
  text.placeholder = "1.5, -2, a\n-3, 0.5, b";
  text.setAttribute("aria-label", words.paste_help);
  made("p", "small-text", paste, words.paste_help);
  const told = made("p", "small-text", paste);
  told.setAttribute("role", "status");
  pressed(paste, "plain", words.take, () => {
    const { points, skipped, classes } = readPoints(text.value);
    put(told, fill(classes.length < 2 ? words.paste_few : words.pasted, { count: points.length, skipped }));
    if (classes.length === 2) lab.setOwn(points);
  });
  buildReal(lab, folded(box, "real", words.real));
}

// One link is one lesson: any control can be left out of it.
function buildLesson(lab, box) {
  const { words } = lab;
  made("p", "small-text", box, words.lesson_help);
  const copy = pressed(box, "plain", words.copy, async () => {
    const link = `${location.origin}${location.pathname}?${lab.link}`;
    try {
      await navigator.clipboard.writeText(link);
      put(copy, words.copied);
    } catch {
      field.select();
    }
  });
  copy.dataset.testid = "lab-link";
  const field = made("input", "link", box);
  field.readOnly = true;
  field.setAttribute("aria-label", words.link);
  const group = made("fieldset", "hides", box);
  made("legend", "", group, words.show);
  const boxes = HIDABLE.map((name) => {
    const label = made("label", "check", group);
    const check = made("input", "", label);
    check.type = "checkbox";
    made("span", "", label, words[`show_${name}`] ?? words[name]);
    check.addEventListener("change", () => {
      lab.hidden = HIDABLE.filter((one) => (one === name ? !check.checked : lab.hidden.includes(one)));
      lab.showControls();
      lab.tellLink();
    });
    return [name, check];
  });
  lab.afterwards = () => {
    put(copy, words.copy);
    field.value = `${location.origin}${location.pathname}?${lab.link}`;
    for (const [name, check] of boxes) check.checked = !lab.hidden.includes(name);
    lab.showReal?.();
    lab.showPreset();
  };
}

// What a use case's settings can take of these, within its own bounds.
function carried(state, bounds) {
  const { layers, activation, optimiser, rate, batch, momentum, l1, decay, dropout, seed } = state;
  const wanted = {
    depth: activation === "linear" ? 0 : layers.length, ...(layers.length ? { width: Math.max(...layers) } : {}), activation, optimiser,
    learning_rate: rate, batch_size: batch, momentum, l1, weight_decay: decay, dropout, seed,
  };
  return Object.entries(wanted).flatMap(([name, value]) => {
    const known = bounds[name];
    if (!known) return [];
    if (typeof value === "string") return known.includes(value) ? [[name, value]] : [];
    return [[name, clamped(value, known[0], known[1])]];
  });
}

function buildReal(lab, box) {
  const { words, data } = lab;
  made("p", "small-text", box, words.real_help);
  const choice = listed(box, "case", words.case, data.cases.map(({ slug, title }) => [slug, title]), () => lab.showReal());
  const list = made("p", "small-text", box);
  const go = made("a", "go", box, words.go);
  choice.show(data.cases[0].slug);
  lab.showReal = () => {
    const chosen = data.cases.find(({ slug }) => slug === box.querySelector("select").value);
    const pairs = carried(lab.training.state, chosen.bounds);
    const query = new URLSearchParams({ v: "1", use_case: chosen.name, section: "train" });
    for (const [name, value] of pairs) query.set(`set.${name}`, value);
    const language = new URLSearchParams(location.search).get("lang");
    if (language) query.set("lang", language);
    go.href = `${chosen.slug}?${query}`;
    const said = pairs.map(([name, value]) => {
      const label = chosen.labels[name];
      const shown = typeof value === "string" ? (data.choices[value] ?? value) : lab.say.amount(value);
      return fill(words.pair, { label, value: shown });
    });
    put(list, said.reduce((before, next) => fill(words.listed, { words: before, next })));
  };
}

class DoctorView {
  constructor(lab, parent) {
    this.lab = lab;
    this.root = made("section", "doctor", parent);
    this.root.dataset.testid = "doctor";
    this.mark = made("span", "sign", this.root);
    this.mark.setAttribute("aria-hidden", "true");
    const text = made("div", "text", this.root);
    this.title = made("h2", "verdict", text);
    this.saw = made("p", "saw", text);
    this.mends = made("div", "mends", this.root);
  }

  forget() {
    this.fault = null;
  }

  show({ fault, title = fault, why = fault, values = {}, mends = [] }) {
    const { lab, root } = this;
    const { words, say } = lab;
    const told = Object.fromEntries(Object.entries(values).map(([name, value]) => [
      name, /^(share)$/.test(name) && value <= 1 ? say.percent(value) : /epoch|count|first|last|units|^a$|^b$/.test(name) && Number.isInteger(value) ? say.count(value) : say.amount(value),
    ]));
    put(this.title, words[`${title}_title`] ?? "");
    const sentences = [words[`${fault}_saw`], words[`${why}_why`]].filter(Boolean).map((one) => fill(one, told));
    put(this.saw, sentences.reduce((sentence, next) => fill(words.sentences, { sentence, next })));
    const key = `${fault} ${JSON.stringify(mends)} ${words.locale}`;
    if (key === this.fault) return;
    this.fault = key;
    root.dataset.fault = fault;
    root.dataset.kind = { solved: "good", learns: "none", fresh: "none" }[fault] ?? "bad";
    this.mends.replaceChildren();
    for (const { mend, set } of mends) {
      const shown = Object.entries(set).map(([, value]) => (typeof value === "number" ? say.amount(value) : ""));
      pressed(this.mends, "mend", fill(words[`mend_${mend}`], { value: shown[0] }), () => lab.mend(set));
    }
    if (fault !== "learns" && fault !== "fresh") lab.announce(this.title.textContent);
  }
}
