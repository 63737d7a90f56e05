// Who was taken for whom, as pictures; look.js and svg.js stand before it in the same module.

class Confusion {
  constructor(host) {
    this.host = host;
    this.root = host.querySelector(".confusion");
    this.open = () => {};
  }

  // The same data again comes with every run of the page: then nothing is touched.
  update(data) {
    for (const [name, value] of Object.entries(looksNow(this.host, data.look))) {
      if (typeof value === "string" && value) this.root.style.setProperty(`--pg-${name}`, value);
    }
    const now = JSON.stringify({ ...data, look: null, chosen: null });
    if (now !== this.drawnFrom) this.draw(data);
    this.drawnFrom = now;
    this.buttons.forEach((button, place) => button.setAttribute("aria-pressed", String(place === data.chosen)));
  }

  draw({ names, rows, words }) {
    this.root.replaceChildren();
    this.buttons = new Map();
    const table = made("table", "", this.root);
    table.setAttribute("aria-label", words.name);
    const head = made("tr", "", made("thead", "", table));
    const corner = made("td", "corner", head);
    made("span", "said", corner, `${words.said} →`);
    made("span", "was", corner, `${words.was} ↓`);
    for (const name of names) {
      const cell = made("th", "", head);
      cell.scope = "col";
      made("span", "turned", cell, name);
    }
    const body = made("tbody", "", table);
    for (const [was, cells] of rows.entries()) {
      const row = made("tr", "", body);
      made("th", "", row, names[was]).scope = "row";
      for (const [said, cell] of cells.entries()) this.cell(made("td", "", row), cell, was, said, names.length);
    }
  }

  cell(place, { text, picture, deep, aloud }, was, said, count) {
    place.className = was === said ? "right" : "wrong";
    place.style.setProperty("--deep", `${Math.round(100 * deep)}%`);
    if (!text) return;
    const button = made("button", "", place);
    button.type = "button";
    button.title = aloud;
    button.setAttribute("aria-label", aloud);
    if (picture) {
      const shown = made("img", "", button);
      shown.alt = "";
      shown.src = picture;
    }
    made("span", picture ? "count" : "alone", button, text);
    const number = was * count + said;
    button.addEventListener("click", () => this.open(number));
    this.buttons.set(number, button);
  }
}

export default function mount({ parentElement, data, setTriggerValue }) {
  let panel = parentElement.confusion;
  if (!panel || !panel.root.isConnected) panel = parentElement.confusion = new Confusion(parentElement);
  panel.open = (place) => setTriggerValue("open", place);
  if (data) panel.update(data);
}
