// The bar of a presentation: where it stands, the clock, the way on and back, by mouse, keys and clicker. look.js and
// svg.js stand before it in the same module. A second window follows over a channel of the browser, and no server.

const KEYS = { ArrowRight: 1, PageDown: 1, " ": 1, ArrowLeft: -1, PageUp: -1 };
const OWN_KEYS = "input, textarea, select, [contenteditable], [role=slider], [role=combobox]";

// Minutes and seconds; an hour is 60 minutes here.
function clockOf(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

// Which beat a key leads to; null where it leads nowhere.
function stepOf(key, at, count) {
  const by = key === "Home" ? -at : key === "End" ? count - 1 - at : KEYS[key] ?? 0;
  const to = Math.min(count - 1, Math.max(0, at + by));
  return to === at ? null : to;
}

class Stage {
  constructor(host) {
    this.host = host;
    this.root = host.querySelector(".stage");
    this.tell = () => {};
    this.began = 0;
    this.ticket = 0;
    this.over = null;
    this.stop = new AbortController();
    document.addEventListener("keydown", (event) => this.pressed(event), { signal: this.stop.signal });
    this.timer = setInterval(() => this.tick(), 250);
  }

  update(data) {
    for (const [name, value] of Object.entries(looksNow(this.host, data.look))) {
      if (typeof value === "string" && value) this.root.style.setProperty(`--pg-${name}`, value);
    }
    if (!this.channel) {
      this.channel = new BroadcastChannel(`proving-ground-${data.page}`);
      this.channel.addEventListener("message", ({ data: told }) => this.hear(told));
      const kept = Number(sessionStorage.getItem(`proving-ground-began-${data.page}`));
      this.began = kept > 0 ? kept : Date.now();
      sessionStorage.setItem(`proving-ground-began-${data.page}`, String(this.began));
    }
    const now = JSON.stringify({ ...data, look: null });
    if (now === this.drawnFrom) return;
    this.drawnFrom = now;
    this.data = data;
    this.over = data.deadline_s === null ? null : Date.now() + data.deadline_s * 1000;
    this.draw();
    if (!data.follows) this.say();
    else if (!this.asked) this.channel.postMessage({ asks: true });
    this.asked = true;
  }

  draw() {
    const { root, data } = this;
    root.replaceChildren();
    const { words, beats, at } = data;
    if (data.follows) {
      this.clock = made("span", "clock", root);
      return this.tick();
    }
    const back = made("button", "way back", root, "←");
    const dots = made("ol", "beats", root);
    const next = made("button", "way next", root, "→");
    for (const [place, title] of beats.entries()) {
      const button = made("button", place === at ? "dot now" : "dot", made("li", "", dots));
      button.type = "button";
      button.title = title;
      button.setAttribute("aria-label", `${place + 1}: ${title}`);
      if (place === at) button.setAttribute("aria-current", "step");
      button.addEventListener("click", () => this.go(place));
    }
    this.clock = made("span", "clock", root);
    const notes = made("button", "small wide", root, words.notes);
    const whole = made("button", "small wide", root, words.whole);
    made("a", "small", root, words.edit).href = data.edit;
    made("a", "small", root, words.end).href = data.end;
    for (const button of [back, next, notes, whole]) button.type = "button";
    back.setAttribute("aria-label", words.back);
    next.setAttribute("aria-label", words.next);
    back.disabled = at === 0;
    next.disabled = at === beats.length - 1;
    back.addEventListener("click", () => this.go(at - 1));
    next.addEventListener("click", () => this.go(at + 1));
    notes.addEventListener("click", () => window.open(data.notes, `notes-${data.page}`, "width=760,height=620"));
    whole.addEventListener("click", () => this.wholeScreen());
    this.tick();
  }

  wholeScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen?.().catch(() => {});
  }

  pressed(event) {
    if (!this.data || this.data.follows || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.composedPath()[0];
    if (target.closest?.(OWN_KEYS)) return;
    if (event.key === " " && target.closest?.("button, a, summary")) return;
    if (event.key === "f") return this.wholeScreen();
    const to = stepOf(event.key, this.data.at, this.data.beats.length);
    if (to === null) return;
    event.preventDefault();
    this.go(to);
  }

  go(to) {
    if (!this.data || to < 0 || to >= this.data.beats.length || to === this.data.at) return;
    this.data = { ...this.data, at: to }; // another key may come before the server's answer
    this.draw();
    this.say();
    this.tell("go", this.data.kinds[to]);
  }

  say() {
    this.channel.postMessage({ at: this.data.kinds[this.data.at], began: this.began });
  }

  // The other window: the notes follow the stage; the stage answers one that has just been opened.
  hear(told) {
    if (!this.data) return;
    if (this.data.follows && typeof told.at === "string") {
      this.began = told.began;
      if (told.at !== this.data.kinds[this.data.at]) this.tell("go", told.at);
    } else if (!this.data.follows && told.asks) this.say();
  }

  tick() {
    if (!this.clock || !this.data) return;
    const passed = (Date.now() - this.began) / 1000;
    const { minutes } = this.data;
    this.clock.textContent = `${clockOf(passed)} / ${clockOf(minutes * 60)}`;
    this.clock.classList.toggle("late", passed > minutes * 60);
    if (this.over !== null && Date.now() > this.over) {
      this.over = null;
      this.tell("late", this.data.run);
    }
  }

  end() {
    this.stop.abort();
    clearInterval(this.timer);
    this.channel?.close();
  }
}

export default function mount({ parentElement, data, setTriggerValue }) {
  let stage = parentElement.stage;
  if (!stage || !stage.root.isConnected) {
    stage?.end();
    stage = parentElement.stage = new Stage(parentElement);
  }
  const ticket = (stage.ticket += 1);
  stage.tell = (name, value) => setTriggerValue(name, value);
  if (data) stage.update(data);
  return () => {
    if (stage.ticket !== ticket) return;
    stage.end();
    if (parentElement.stage === stage) delete parentElement.stage;
  };
}
