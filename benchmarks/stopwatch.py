"""A visitor with a stopwatch: from the address to the first figure, from home to a verdict, from section to section.

    git worktree add ../before 8d2a107
    .venv/bin/python benchmarks/stopwatch.py --before ../before --rounds 3

One browser, a server with an empty store each round, the builds in turn; wall-clock seconds, median of the rounds.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, sync_playwright
from playwright.sync_api import Error as BrowserError

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks._server import ROOT, BenchmarkError, running_server
from benchmarks.first_page import CHROMIUM_FLAGS, FINISHED, installed_browser

SLUG = "retail-coupon_response"
SECTIONS = ("Data", "Train", "Results", "What if", "Money", "Question")
SETTLE_MS = 250
LIMIT_MS = 180_000
# The words on the screen, those inside the pages' own components included.
TEXT = """
() => {
  const parts = [];
  const walk = (node) => {
    if (node.nodeType === 3) { parts.push(node.data); return; }
    if (node.nodeType !== 1 || ["STYLE", "SCRIPT"].includes(node.tagName)) return;
    if (getComputedStyle(node).display === "none") return;
    if (node.shadowRoot) node.shadowRoot.childNodes.forEach(walk);
    node.childNodes.forEach(walk);
  };
  const main = document.querySelector('[data-testid="stMainBlockContainer"]');
  if (main) walk(main);
  return parts.join(" ");
}
"""
MONEY = f"() => /\\$\\s?\\d/.test(({TEXT})())"
CHANGED = f"""
([before, settle]) => {{
  if (({TEXT})() === before) {{ window.__finishedAt = undefined; return false; }}
  return ({FINISHED})(settle);
}}
"""
# A curve has its first point: the monitor says its epoch, or the chart of the loss holds a value.
FIRST_EPOCH = """
() => {
  const all = (root) => [...root.querySelectorAll("*")].flatMap((n) => n.shadowRoot ? [n, ...all(n.shadowRoot)] : [n]);
  const told = all(document).find((n) => n.dataset?.testid === "monitor");
  if (told) return told.dataset.state === "running" && Number(told.dataset.epoch) >= 1;
  return [...document.querySelectorAll(".js-plotly-plot")].some(
    (plot) => plot.layout?.title?.text === "Loss" && plot._fullData?.some((trace) => trace.x?.length));
}
"""
VERDICT = """
() => {
  const all = (root) => [...root.querySelectorAll("*")].flatMap((n) => n.shadowRoot ? [n, ...all(n.shadowRoot)] : [n]);
  const told = all(document).find((n) => n.dataset?.testid === "monitor");
  if (told) {
    const verdict = told.querySelector("[data-slot=verdict]");
    return Boolean(verdict && !verdict.hidden && verdict.textContent.trim());
  }
  return [...document.querySelectorAll("button")].some((b) => b.textContent.includes("See the results"));
}
"""


class Stopwatch:
    """Presses, and says how long it took until something is on the screen."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.seconds: dict[str, float] = {}
        self.presses = 0

    def until(self, name: str, act: Callable[[], object], shown: str) -> None:
        """Seconds from the act to the first moment at which the JavaScript `shown` is true."""
        began = time.perf_counter()
        act()
        handle = self.page.wait_for_function(shown, polling="raf", timeout=LIMIT_MS)
        handle.dispose()
        self.seconds[name] = round(time.perf_counter() - began, 2)

    def until_finished(self, name: str, act: Callable[[], object]) -> None:
        """Seconds from the act to the moment from which the page, its words changed, stood finished for a while."""
        before = self.page.evaluate(TEXT)
        self.page.evaluate("() => { window.__finishedAt = undefined; }")
        began = time.time()
        act()
        handle = self.page.wait_for_function(CHANGED, arg=[before, SETTLE_MS], polling="raf", timeout=LIMIT_MS)
        self.seconds[name] = round(max(0.0, float(handle.json_value()) / 1000 - began), 2)

    def click(self, *where: Locator) -> Callable[[], None]:
        """A press on the first of these that is on the page."""

        def act() -> None:
            self.presses += 1
            next((one for one in where if one.count()), where[-1]).first.click(timeout=LIMIT_MS)

        return act


def section(page: Page, name: str) -> tuple[Locator, ...]:
    """The button of a step, numbered or not."""
    numbered = page.locator("label, button").filter(has_text=name)
    return (page.get_by_role("radio", name=name), numbered)


def visit(browser: Browser, address: str) -> dict[str, float]:
    """All stops of one visitor on a fresh server."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    try:
        page = context.new_page()
        watch = Stopwatch(page)
        watch.until("address to the first money figure, fresh server", lambda: page.goto(address), MONEY)
        page.wait_for_function(FINISHED, arg=SETTLE_MS, polling="raf", timeout=LIMIT_MS)
        card = page.locator(f".card[data-slug={SLUG}]")
        if not card.count():  # before: the industry's page stood between
            watch.until_finished("home to industry", watch.click(page.get_by_role("link", name="Where AI earns")))
            card = page.get_by_role("link", name="Open")
        watch.until_finished("a card to its use case", watch.click(card))
        opened = watch.presses
        for name in SECTIONS:
            watch.until_finished(f"to {name}", watch.click(*section(page, name)))
        for name in SECTIONS:
            watch.until_finished(f"to {name}, again", watch.click(*section(page, name)))
        looked_around = watch.presses - opened
        watch.until_finished("to Train, for the training", watch.click(*section(page, "Train")))
        watch.until_finished("preset Quick", watch.click(page.get_by_text("Quick", exact=True)))
        watch.until(
            "Train to the first epoch", watch.click(page.get_by_role("button", name="Train", exact=True)), FIRST_EPOCH
        )
        trained = time.perf_counter()
        watch.until("first epoch to verdict", lambda: None, VERDICT)
        watch.seconds["Train to verdict"] = round(
            watch.seconds["Train to the first epoch"] + time.perf_counter() - trained, 2
        )
        watch.seconds["clicks from home to the verdict"] = watch.presses - looked_around
        return watch.seconds
    except BrowserError as error:
        page.screenshot(path="stopwatch.png")
        raise BenchmarkError(
            f"A stop was not reached after {list(watch.seconds)}: {str(error).splitlines()[0]}"
        ) from error
    finally:
        context.close()


def main() -> None:
    """Walk the builds in turn and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--before", type=Path, help="a checkout of the earlier version")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    builds = {"now": ROOT} | ({"before": options.before.resolve()} if options.before else {})
    seen: dict[str, list[dict[str, float]]] = {name: [] for name in builds}
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=installed_browser(), args=CHROMIUM_FLAGS)
        for _ in range(options.rounds):
            for name, root in builds.items():
                with running_server(root / "streamlit_app.py", {}, root) as server:
                    seen[name].append(visit(browser, server.address))
                print(name, json.dumps(seen[name][-1]), file=sys.stderr)
        browser.close()
    medians = {
        name: {stop: round(statistics.median(one[stop] for one in rounds), 2) for stop in rounds[0]}
        for name, rounds in seen.items()
    }
    print("| stop | " + " | ".join(f"{name}, s" for name in reversed(list(builds))) + " |")
    print("|---|" + "---|" * len(builds))
    for stop in dict.fromkeys(stop for one in medians.values() for stop in one):
        print(f"| {stop} | " + " | ".join(str(medians[name].get(stop, "")) for name in reversed(list(builds))) + " |")
    if options.json:
        options.json.write_text(json.dumps(seen, indent=1))


if __name__ == "__main__":
    main()
