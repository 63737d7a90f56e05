// The link is where the reader stands (this page's address), with the state in its query. look.js stands before it in
// the same module.

const SHOWN_MS = 2000;
const MOST_LEFT_MS = 30000; // a server that does not answer leaves the page as it was
const followed = {}; // by page, the section that the address was brought to last: a header that folds draws a new button

class CopyLink {
  constructor(host) {
    this.host = host;
    this.root = host.querySelector(".line");
    this.button = host.querySelector("button.copy");
    this.stage = host.querySelector(".on-stage");
    this.input = host.querySelector(".link");
    this.ticket = 0;
    this.timer = null;
    this.at = 0; // when the link was made that is shown: what the page was told before may be told again
    this.labels = {};
    this.stop = new AbortController();
    const options = { signal: this.stop.signal };
    this.button.addEventListener("click", () => this.copy(), options);
    this.input.addEventListener("focus", () => this.input.select(), options);
    document.addEventListener("click", (event) => this.begins(event), { capture: true, ...options });
    document.addEventListener("proving-ground-link", ({ detail }) => this.hear(detail), options);
  }

  // Another step is asked for. What is left fades at once, however busy the server is (look.py has the rule); one that
  // follows is read from its beginning, not from where the last one ended.
  begins(event) {
    const further = event.target.closest?.('[class*="story-next"] button');
    const step = event.target.closest?.(`[class*="st-key-${this.page}-section"] button`);
    if (further) document.querySelector('[data-testid="stMain"]')?.scrollTo({ top: 0 });
    if (!further && (!step || step.getAttribute("aria-checked") === "true")) return;
    const shown = document.querySelector('[class*="st-key-step-"]'); // the link may be of an earlier run of the page
    this.leaves(/st-key-step-(\w+)/.exec(shown?.className)?.[1] ?? null);
  }

  leaves(section) {
    clearTimeout(this.leaving);
    if (section) document.documentElement.dataset.left = section;
    else delete document.documentElement.dataset.left;
    if (section) this.leaving = setTimeout(() => this.leaves(null), MOST_LEFT_MS);
  }

  isHere() {
    return Boolean(this.page) && location.pathname.endsWith(`/${this.page}`);
  }

  // The address bar follows, so that a reload finds the page as it was, without a run in Python. A section that the
  // reader opens here is an entry in the history (decision 0037), to which Streamlit returns by a run of its own;
  // anything else replaces the present entry. A page that is still of another entry than the browser has come to leaves
  // the address alone: a new entry would end the way forward.
  follow(link, section, returned) {
    if (!this.isHere()) return;
    const here = history.state?.section;
    const before = followed[this.page];
    const opened = Boolean(before) && section !== before && !returned;
    followed[this.page] = section;
    const state = { ...history.state, section };
    if (!here || here === section) history.replaceState(state, "", link);
    else if (opened) history.pushState(state, "", link);
  }

  update({ query, page, labels, look, returned, stage, at = 0 }) {
    for (const [name, value] of Object.entries(looksNow(this.host, look))) {
      if (typeof value === "string" && value) this.root.style.setProperty(`--pg-${name}`, value);
    }
    this.labels = labels;
    this.stage.hidden = !stage;
    if (stage) this.stage.href = stage;
    this.stage.textContent = labels.stage ?? "";
    this.leaves(null);
    if (at >= this.at) {
      this.at = at;
      this.query = query;
      const link = this.refresh();
      this.page = page;
      this.follow(link, new URLSearchParams(query).get("section"), returned);
    }
    if (!this.timer) this.show("copy");
  }

  // A part of the page was drawn again alone, and the link is another: see follow_link.js.
  hear({ query, page, at }) {
    if (page !== this.page || at < this.at) return;
    this.at = at;
    this.query = query;
    this.follow(this.refresh(), new URLSearchParams(query).get("section"), false);
  }

  refresh() {
    const link = location.origin + location.pathname + (this.query ? `?${this.query}` : "");
    this.button.dataset.link = link;
    this.input.value = link;
    return link;
  }

  show(state) {
    const text = this.labels[state] ?? "";
    if (this.button.textContent !== text) this.button.textContent = text;
    this.button.dataset.state = state;
  }

  async copy() {
    const link = this.refresh();
    // Keep the width: a label that grows and shrinks would push its neighbours about.
    this.button.style.minWidth = `${Math.ceil(this.button.getBoundingClientRect().width)}px`;
    let copied = false;
    try {
      await navigator.clipboard.writeText(link);
      copied = true;
    } catch {
      copied = this.copyByHand();
    }
    if (this.stop.signal.aborted) return;
    this.show(copied ? "copied" : "failed");
    if (copied) this.input.hidden = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = null;
      this.show("copy");
    }, SHOWN_MS);
  }

  // No clipboard without https: show the link, select it, and try the old command.
  copyByHand() {
    this.input.hidden = false;
    this.input.focus();
    this.input.select();
    try {
      return document.execCommand("copy");
    } catch {
      return false;
    }
  }

  destroy() {
    this.stop.abort();
    clearTimeout(this.timer);
  }
}

export default function copyLink({ parentElement, data }) {
  let one = parentElement.copyLink;
  if (one && (!(one instanceof CopyLink) || !one.root.isConnected)) {
    one.destroy();
    one = null;
  }
  if (!one) {
    one = new CopyLink(parentElement);
    parentElement.copyLink = one;
  }
  const ticket = (one.ticket += 1);
  if (data) one.update(data);
  return () => {
    if (one.ticket !== ticket) return;
    one.destroy();
    if (parentElement.copyLink === one) delete parentElement.copyLink;
  };
}
