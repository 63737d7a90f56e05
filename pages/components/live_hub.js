// One poll for everything on the page that follows trainings: the monitor of a run and the small sign in the corner.
// The server says when to ask again; a hidden tab asks seldom, a server that is away is asked ever more seldom.

const HIDDEN_TIMES = 12;
const SOON_S = 0.15; // for a moment after somebody has come, so that pressing Train shows something at once
const SOON_FOR_MS = 2500;
const MOST_WAIT_S = 10;

// Seconds until the next question. pace: what the server asked for; failures: how often it did not answer, in a row.
function waitUntilNext({ pace, hidden, failures, soon, random }) {
  let seconds = pace;
  if (failures > 0) seconds = Math.min(MOST_WAIT_S, Math.max(pace, 0.5 * 2 ** failures));
  else if (soon && pace < 1) seconds = SOON_S;
  if (hidden) seconds *= HIDDEN_TIMES;
  return seconds * (0.8 + 0.4 * random); // many who came together do not ask together
}

class TrainingHub {
  constructor() {
    this.followers = new Set();
    this.who = Math.random().toString(36).slice(2, 12) || "0";
    this.failures = 0;
    this.pace = 1;
    this.timer = null;
    this.asking = false;
    this.began = performance.now();
    this.seen = new Set(); // runs that have been followed on this page
    this.replayed = new Set(); // runs whose slow showing has been seen
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.kick();
    });
  }

  // follower: url, run, language, count() (epochs it has), isOver(), take(reply), away(failures)
  join(follower) {
    this.followers.add(follower);
    this.since = performance.now();
    this.kick();
  }

  leave(follower) {
    this.followers.delete(follower);
  }

  // Whether a monitor on the page shows this run large.
  shows(run) {
    return [...this.followers].some((one) => one.run === run && one.root?.isConnected);
  }

  kick() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), 0);
  }

  // Whoever follows a run that goes on is asked for first; the queue comes with every reply.
  chosen() {
    const all = [...this.followers];
    return all.find((one) => one.run && !one.isOver()) ?? all.find((one) => !one.run) ?? null;
  }

  async ask() {
    const one = this.chosen();
    if (!one || this.asking) return;
    this.asking = true;
    const query = new URLSearchParams({ run: one.run, after: one.count(), lang: one.language, who: this.who });
    try {
      const reply = await fetch(`${one.url}?${query}`, { cache: "no-store", signal: AbortSignal.timeout(15000) });
      if (reply.status === 404) {
        one.gone?.();
      } else if (!reply.ok) {
        throw new Error(`status ${reply.status}`);
      } else {
        const told = await reply.json();
        this.pace = told.pace;
        for (const each of this.followers) {
          if (!each.run || each === one) each.take(told);
        }
      }
      this.failures = 0;
    } catch {
      this.failures += 1;
      for (const each of this.followers) each.away?.(this.failures);
    }
    this.asking = false;
    const wait = waitUntilNext({
      pace: this.pace,
      hidden: document.hidden,
      failures: this.failures,
      soon: Boolean(one.run) && performance.now() - this.since < SOON_FOR_MS,
      random: Math.random(),
    });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), 1000 * wait);
  }
}

// One for the page, whichever component came first.
function trainingHub() {
  window.provingGroundTrainings ??= new TrainingHub();
  return window.provingGroundTrainings;
}
