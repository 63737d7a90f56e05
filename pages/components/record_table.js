// Records as a table: as many columns as fit beside one another, all of them on demand; a heading sorts; a record that
// can be asked about is pressed. look.js and svg.js stand before it in the same module.

const LEAST = 2; // columns in any case; beyond them the table scrolls within itself

class RecordTable {
  constructor(host) {
    this.host = host;
    this.root = host.querySelector(".records");
    this.ask = () => {};
    this.whole = false;
    this.sorted = { column: -1, up: true };
    this.width = followWidth(this.root, () => this.fit());
  }

  // The same data again comes with every run of the page: then nothing is touched, not even where somebody scrolled.
  update(data) {
    for (const [name, value] of Object.entries(looksNow(this.host, data.look))) {
      if (typeof value === "string" && value) this.root.style.setProperty(`--pg-${name}`, value);
    }
    const now = JSON.stringify({ ...data, look: null });
    if (now === this.drawnFrom) return;
    this.drawnFrom = now;
    this.data = data;
    this.sorted = { column: -1, up: true };
    this.draw();
  }

  draw() {
    const { heads, words } = this.data;
    this.root.replaceChildren();
    const place = made("div", "scroller", this.root);
    Object.assign(place, { tabIndex: 0 });
    place.setAttribute("role", "region");
    place.setAttribute("aria-label", words.name);
    this.table = made("table", "", place);
    const head = made("tr", "", made("thead", "", this.table));
    for (const [column, text] of heads.entries()) {
      const cell = made("th", "", head);
      cell.scope = "col";
      made("button", "head", cell, text).addEventListener("click", () => this.sort(column));
      cell.querySelector("button").type = "button";
    }
    this.body = made("tbody", "", this.table);
    this.numeric = heads.map((_, column) => this.data.rows.some((cells) => cells[column][1] !== null));
    [...head.cells].forEach((cell, column) => cell.classList.toggle("number", this.numeric[column]));
    this.rows = this.data.rows.map((cells, place) => this.row(cells, place));
    this.more = made("button", "more", this.root);
    this.more.type = "button";
    this.more.addEventListener("click", () => {
      this.whole = !this.whole;
      this.fit();
    });
    this.fit();
  }

  row(cells, place) {
    const { words, asks } = this.data;
    const row = made("tr", "", this.body);
    const can = asks[place] === true;
    for (const [column, [text]] of cells.entries()) {
      const cell = made(column ? "td" : "th", this.numeric[column] ? "number" : "", row);
      if (!column) cell.scope = "row";
      if (column || !can) {
        cell.textContent = text;
        continue;
      }
      const button = made("button", "ask", cell, text);
      button.type = "button";
      button.title = words.ask;
      made("span", "arrow", button, "›").setAttribute("aria-hidden", "true");
      made("span", "visually-hidden", button, ` ${words.ask}`);
      button.addEventListener("click", (event) => {
        event.stopPropagation(); // a button is pressed, whatever is selected
        this.ask(place);
      });
    }
    if (can) {
      row.className = "can";
      row.addEventListener("click", () => {
        if (!this.isSelected()) this.ask(place);
      });
    }
    return { row, cells, place };
  }

  // Whether somebody has just selected something in the table, whose last click is no press.
  isSelected() {
    const root = this.table.getRootNode();
    const chosen = getSelection();
    const shadowRoots = root instanceof ShadowRoot ? [root] : [];
    const [range] = chosen?.getComposedRanges?.({ shadowRoots }) ?? (chosen?.rangeCount ? [chosen.getRangeAt(0)] : []);
    if (!range || range.collapsed) return false;
    return this.table.contains(range.startContainer) && this.table.contains(range.endContainer);
  }

  // By one column, up, then down, then as they came.
  sort(column) {
    const { sorted } = this;
    this.sorted = sorted.column !== column ? { column, up: true }
      : sorted.up ? { column, up: false } : { column: -1, up: true };
    const { column: by, up } = this.sorted;
    const before = (a, b) => {
      if (by < 0) return a.place - b.place;
      const [[x, m, isGone], [y, n, isLost]] = [a.cells[by], b.cells[by]];
      if (isGone !== isLost) return isGone ? 1 : -1; // what is missing comes last, up and down
      if ((m === null) !== (n === null)) return m === null ? 1 : -1; // and words after numbers
      return (m === null ? x.localeCompare(y) : m - n) * (up ? 1 : -1) || a.place - b.place;
    };
    this.body.append(...[...this.rows].sort(before).map(({ row }) => row));
    for (const [i, cell] of [...this.table.tHead.rows[0].cells].entries()) {
      if (i === by) cell.setAttribute("aria-sort", up ? "ascending" : "descending");
      else cell.removeAttribute("aria-sort");
    }
  }

  // Hides the columns for which there is no room; one that is too wide gives way to the next.
  fit() {
    if (!this.table || !this.root.clientWidth) return;
    const heads = [...this.table.tHead.rows[0].cells];
    const rows = [...this.table.rows];
    const show = (shown) => rows.forEach((row) => [...row.cells].forEach((cell, i) => { cell.hidden = !shown[i]; }));
    show(heads.map(() => true));
    const wide = heads.map((cell) => cell.getBoundingClientRect().width);
    let left = this.root.clientWidth - 2;
    let count = 0;
    const fits = wide.map((width) => {
      const fit = width <= left || count < LEAST;
      if (fit) [left, count] = [left - width, count + 1];
      return fit;
    });
    const { words } = this.data;
    this.more.hidden = fits.every(Boolean);
    this.more.textContent = this.whole ? words.fewer : words.all;
    this.more.setAttribute("aria-expanded", String(this.whole));
    this.table.classList.toggle("whole", this.whole);
    if (!this.whole) show(fits);
  }
}

export default function mount({ parentElement, data, setTriggerValue }) {
  let table = parentElement.records;
  if (!table || !table.root.isConnected) table = parentElement.records = new RecordTable(parentElement);
  table.ask = (place) => setTriggerValue("ask", place);
  if (data) table.update(data);
}
