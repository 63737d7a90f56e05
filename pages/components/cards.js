// The grid of cards: drawn from data, searched and filtered here without asking the server.
// look.js, svg.js and small_picture.js stand before it in the same module.

const KEPT = "proving-ground:cards"; // what was searched, for the way back

function plainly(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

class Cards {
  constructor(host) {
    this.host = host;
    this.root = host.querySelector(".front");
    this.grid = this.root.querySelector(".grid");
    this.search = this.root.querySelector("input");
    this.nothing = this.root.querySelector(".nothing");
    this.wanted = { text: "", industry: "", looks: "" };
    this.open = () => {};
    this.root.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
    this.search.addEventListener("input", () => this.want({ text: this.search.value }));
    this.root.querySelector(".clear").addEventListener("click", () => {
      this.search.value = "";
      this.want({ text: "", industry: "", looks: "" });
      this.search.focus();
    });
  }

  // The same data again comes with every run of the page: then nothing is touched, not even what is being typed.
  update(data) {
    for (const [name, value] of Object.entries(looksNow(this.host, data.look))) {
      if (typeof value === "string" && value) this.root.style.setProperty(`--pg-${name}`, value);
    }
    const now = JSON.stringify(data);
    if (now === this.drawnFrom && this.grid.childElementCount) {
      this.dress(data);
      return;
    }
    this.drawnFrom = now;
    this.data = data;
    if (data.tools) this.remember();
    this.drawTools();
    this.grid.replaceChildren();
    this.cards = data.cards.map((card) => this.drawCard(card));
    this.dress(data);
    this.filter();
  }

  dress(data) {
    for (const node of this.root.querySelectorAll("[data-industry]")) {
      const hue = data.industries[node.dataset.industry]?.hue;
      if (hue) node.style.setProperty("--hue", looksNow(this.host, hue));
    }
  }

  remember() {
    try {
      Object.assign(this.wanted, JSON.parse(sessionStorage.getItem(KEPT) ?? "{}"));
    } catch {
      return; // a browser that keeps nothing, or something else under the name
    }
    const { industries, looks } = this.data;
    if (!Object.hasOwn(industries, this.wanted.industry)) this.wanted.industry = "";
    if (!Object.hasOwn(looks, this.wanted.looks)) this.wanted.looks = "";
    this.search.value = this.wanted.text = String(this.wanted.text ?? "");
  }

  want(change) {
    Object.assign(this.wanted, change);
    try {
      sessionStorage.setItem(KEPT, JSON.stringify(this.wanted));
    } catch {
      // it works without
    }
    this.filter();
  }

  drawTools() {
    const { words, industries, looks, tools } = this.data;
    this.root.querySelector(".tools").hidden = !tools;
    this.search.placeholder = words.search;
    this.search.setAttribute("aria-label", words.search);
    this.nothing.querySelector("span").textContent = words.nothing;
    this.nothing.querySelector(".clear").textContent = words.clear;
    for (const [name, known] of Object.entries({ industry: industries, looks })) {
      this.drawFilter(this.root.querySelector(`[data-filter="${name}"]`), name, known);
    }
  }

  // Chips where there is room for them, a list on a phone: the same choice twice, of which one is shown.
  drawFilter(place, name, known) {
    const { words } = this.data;
    place.replaceChildren();
    place.hidden = Object.keys(known).length < 2;
    const chips = made("div", "chips", place);
    chips.setAttribute("role", "group");
    chips.setAttribute("aria-label", words[name]);
    const list = made("select", "list", place);
    list.setAttribute("aria-label", words[name]);
    for (const [value, one] of [["", { title: words[`every_${name}`], icon: "" }], ...Object.entries(known)]) {
      const chip = made("button", "chip", chips);
      chip.type = "button";
      chip.dataset.value = value;
      if (one.hue) chip.dataset.industry = value;
      if (one.icon) made("span", "icon", chip, one.icon).setAttribute("aria-hidden", "true");
      made("span", "", chip, one.title);
      chip.addEventListener("click", () => this.want({ [name]: this.wanted[name] === value ? "" : value }));
      const option = made("option", "", list, value ? one.title : `${words[name]}: ${words.every}`);
      option.value = value;
    }
    list.addEventListener("change", () => this.want({ [name]: list.value }));
  }

  drawCard(card) {
    const { words, industries, looks } = this.data;
    const industry = industries[card.industry];
    const link = made("a", "card", this.grid);
    link.href = card.href;
    link.dataset.industry = card.industry;
    link.dataset.slug = card.slug;
    link.addEventListener("click", (event) => this.follow(event, link, card));

    const picture = made("div", "picture", link);
    if (!smallPicture(picture, card.picture)) {
      picture.classList.add("bare");
      made("span", "icon", picture, card.icon).setAttribute("aria-hidden", "true");
    }
    const head = made("div", "head", link);
    made("span", "icon", head, card.icon).setAttribute("aria-hidden", "true");
    made("span", "industry", head, industry.title);
    const seen = made("span", "seen", head);
    made("span", "icon", seen, looks[card.looks].icon).setAttribute("aria-hidden", "true");
    made("span", "", seen, looks[card.looks].title);
    made("h2", "title", link, card.title);
    made("p", "question", link, card.question);
    const foot = made("div", "foot", link);
    if (card.lines) this.drawNumbers(foot, card);
    else made("p", "untrained", foot, words.untrained);
    const text = [card.title, card.question, industry.title, looks[card.looks].title].join(" ");
    return { link, card, text: plainly(text) };
  }

  drawNumbers(foot, { lines, measured, verdict }) {
    made("p", "measured", foot, measured);
    const values = lines.map((line) => line.value).filter((value) => Number.isFinite(value));
    const [least, most] = [Math.min(0, ...values), Math.max(0, ...values)];
    const span = most - least || 1;
    for (const line of lines) {
      const row = made("div", `line ${line.role}`, foot);
      if (line.title !== line.label) row.title = line.title;
      made("span", "label", row, line.label);
      const track = made("span", "track", row);
      const bar = made("span", "bar", track);
      const value = Number.isFinite(line.value) ? line.value : 0;
      bar.style.marginInlineStart = `${((100 * (Math.min(0, value) - least)) / span).toFixed(1)}%`;
      bar.style.width = `${((100 * Math.abs(value)) / span).toFixed(1)}%`;
      made("span", "number", row, line.words);
    }
    if (verdict) made("p", `verdict ${verdict.is}`, foot, verdict.words);
  }

  // A plain click stays in the app; with a key, or another button, the browser does what it does with links.
  follow(event, link, card) {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    link.classList.add("opening");
    this.open(card.slug);
  }

  filter() {
    const { words } = this.data;
    const asked = plainly(this.wanted.text).split(/\s+/).filter(Boolean);
    let count = 0;
    for (const { link, card, text } of this.cards) {
      const fits = (!this.wanted.industry || card.industry === this.wanted.industry)
        && (!this.wanted.looks || card.looks === this.wanted.looks)
        && asked.every((word) => text.includes(word));
      link.hidden = !fits;
      count += fits;
    }
    this.nothing.hidden = count > 0;
    this.grid.classList.toggle("lone", count === 1);
    const told = count === 1 ? words.count_one : words.count.replace("{count}", count);
    this.root.querySelector(".count").textContent = told;
    for (const name of ["industry", "looks"]) {
      const place = this.root.querySelector(`[data-filter="${name}"]`);
      for (const chip of place.querySelectorAll(".chip")) {
        chip.setAttribute("aria-pressed", String(chip.dataset.value === this.wanted[name]));
      }
      const list = place.querySelector("select");
      if (list) list.value = this.wanted[name];
    }
  }
}

export default function mount({ parentElement, data, setTriggerValue }) {
  let cards = parentElement.cards;
  if (!cards || !cards.root.isConnected) cards = parentElement.cards = new Cards(parentElement);
  cards.open = (slug) => setTriggerValue("open", slug);
  if (data) cards.update(data);
}
