// A small sign in the corner of every page while somebody trains: its curve, how far it is, and a way there. The page's
// title says it too where the training is the visitor's own.

class TrainingSign {
  constructor(host) {
    this.host = host;
    this.run = "";
    this.ticket = 0;
    this.prefix = "";
    this.root = host.querySelector(".sign");
    this.slots = Object.fromEntries([...this.root.querySelectorAll("[data-slot]")].map((n) => [n.dataset.slot, n]));
    this.open = () => {};
    this.root.addEventListener("click", () => this.page && this.open(this.page));
  }

  destroy() {
    trainingHub().leave(this);
    this.entitle("");
  }

  update(data) {
    Object.assign(this, { data, url: data.url, language: data.language });
    for (const [name, value] of Object.entries(looksNow(this.host, data.look))) {
      if (typeof value === "string" && value) this.root.style.setProperty(`--pg-${name}`, value);
    }
    trainingHub().join(this);
  }

  count() {
    return 0;
  }

  isOver() {
    return false;
  }

  // The visitor's own run first, or whichever trains. Nothing on the page that shows the run large.
  take({ queue, own, now }) {
    const mine = new Set(own);
    const at = queue.findIndex((job, i) => mine.has(i) && job.state === "running");
    const waits = queue.findIndex((job, i) => mine.has(i) && job.state === "waiting");
    const place = at >= 0 ? at : waits >= 0 ? waits : queue.findIndex((job) => job.state === "running");
    const job = queue[place];
    const isOwn = mine.has(place);
    this.root.hidden = !job || trainingHub().shows(job.run);
    this.page = job?.page ?? "";
    if (!job) {
      this.entitle("");
      return;
    }
    const { words } = this.data;
    const speech = new Speech(words.locale);
    const share = now?.run === job.run ? now.share : 0;
    const done = speech.percent(share);
    const text = job.state === "waiting" ? fill(words.waiting, { count: place }) : fill(words.training, { share: done });
    this.slots.title.textContent = job.title;
    this.slots.text.textContent = isOwn ? text : fill(words.others, { text });
    this.root.setAttribute("aria-label", `${job.title}: ${this.slots.text.textContent}`);
    this.slots.bar.style.width = `${Math.round(100 * share)}%`;
    this.curve(now?.run === job.run ? now.curve : []);
    this.entitle(isOwn ? `${text} \u00b7 ` : "");
    Object.assign(this.root.dataset, { run: job.run, state: job.state, own: isOwn, page: this.page });
  }

  curve(scores) {
    const { curve } = this.slots;
    const told = scores.filter((score) => score !== null);
    curve.replaceChildren();
    if (told.length < 2) return;
    const [low, high] = extremes(told);
    const points = told.map((score, i) => {
      const y = 24 - (20 * (score - low)) / (high - low || 1);
      return `${((64 * i) / (told.length - 1) + 2).toFixed(1)},${y.toFixed(1)}`;
    });
    svg("path", { d: `M${points.join("L")}`, class: "line" }, curve);
  }

  // Streamlit writes the title anew on every page: the words stand before whatever it is.
  entitle(prefix) {
    const plain = this.prefix && document.title.startsWith(this.prefix) ? document.title.slice(this.prefix.length) : document.title;
    this.prefix = prefix;
    if (document.title !== prefix + plain) document.title = prefix + plain;
  }
}

export default function mount({ parentElement, data, setTriggerValue }) {
  let sign = parentElement.trainingSign;
  if (sign && !sign.root.isConnected) {
    sign.destroy();
    sign = null;
  }
  if (!sign) {
    sign = new TrainingSign(parentElement);
    parentElement.trainingSign = sign;
  }
  const ticket = (sign.ticket += 1);
  sign.open = (page) => setTriggerValue("open", page);
  if (data) sign.update(data);
  return () => {
    if (sign.ticket !== ticket) return;
    sign.destroy();
    if (parentElement.trainingSign === sign) delete parentElement.trainingSign;
  };
}
