"""First full draw of the product's page against an empty Streamlit page."""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Playwright, sync_playwright
from playwright.sync_api import Error as BrowserError

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks._server import (
    ROOT,
    BenchmarkError,
    Server,
    compiled_packages,
    heavy_packages,
    parse_options,
    running_server,
)

EMPTY_APP = 'import streamlit as st\n\nst.write("hello")\n'
BROWSER_NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
]
DRAW_LIMIT_MS = 120_000
SETTLE_MS = 300
# True once the page has been finished for SETTLE_MS without a break: the script
# does not run, the main part has visible text, no placeholder is left, and every
# chart and table has its drawing. Gives the wall-clock moment it became finished.
FINISHED = """
(settle) => {
  const app = document.querySelector('[data-testid="stApp"]');
  const main = document.querySelector('[data-testid="stMainBlockContainer"]');
  const all = (selector) => [...document.querySelectorAll(selector)];
  const finished = app && main
    && app.getAttribute('data-test-script-state') === 'notRunning'
    && main.innerText.trim().length > 0
    && all('[data-testid="stAppSkeleton"], [data-testid="stSkeleton"]').length === 0
    && all('[data-testid="stPlotlyChart"]').every(
      (chart) => chart.querySelector('.main-svg, canvas'))
    && all('[data-testid="stDataFrame"]').every(
      (table) => table.querySelector('canvas'));
  if (!finished) { window.__finishedAt = undefined; return false; }
  const now = performance.timeOrigin + performance.now();
  window.__finishedAt = window.__finishedAt || now;
  return now - window.__finishedAt >= settle ? window.__finishedAt : false;
}
"""
PAGE_STATE = """
() => ({
  exceptions: document.querySelectorAll('[data-testid="stException"]').length,
  dialogs: document.querySelectorAll('[role="dialog"]').length,
  text: document.querySelector('[data-testid="stMainBlockContainer"]')
    .innerText.trim().length,
})
"""


def installed_browser() -> str | None:
    """A Chromium on the search path; None means Playwright's own."""
    found = (shutil.which(name) for name in BROWSER_NAMES)
    return next((path for path in found if path), None)


def draw(browser: Browser, url: str) -> tuple[float, dict[str, Any]]:
    """Open the page in a new browser context; give the moment it was finished."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    try:
        page = context.new_page()
        page.goto(url, wait_until="commit")
        handle = page.wait_for_function(FINISHED, arg=SETTLE_MS, polling="raf", timeout=DRAW_LIMIT_MS)
        finished_at = float(handle.json_value()) / 1000
        return finished_at, page.evaluate(PAGE_STATE)
    except BrowserError as error:
        reason = str(error).splitlines()[0]
        raise BenchmarkError(f"The page {url} was not drawn: {reason}") from error
    finally:
        context.close()


def visit(browser: Browser, server: Server, path: str) -> dict[str, Any]:
    """Draw the page twice on a fresh server: first draw, then a warm one."""
    url = server.address + "/" + path.lstrip("/")
    opened_at = time.time()
    first_at, state = draw(browser, url)
    first_use = server.use()
    again_at = time.time()
    second_at, again = draw(browser, url)
    return {
        "start_s": round(server.ready_at - server.started_at, 3),
        "draw_s": round(first_at - opened_at, 3),
        "first_s": round(first_at - server.started_at, 3),
        "warm_s": round(second_at - again_at, 3),
        "server_cpu_s": first_use.cpu_s,
        "server_rss_mb": first_use.rss_mb,
        "exceptions": state["exceptions"] + again["exceptions"],
        "dialogs": state["dialogs"] + again["dialogs"],
        "text_length": state["text"],
        "heavy": heavy_packages(server.process.pid),
        "compiled": compiled_packages(server.process.pid),
    }


def measure(play: Playwright, args: argparse.Namespace, app: Path, path: str) -> dict[str, Any]:
    """One measurement with a fresh browser and a fresh server."""
    try:
        browser = play.chromium.launch(executable_path=args.browser or installed_browser(), args=CHROMIUM_FLAGS)
    except BrowserError as error:
        reason = str(error).splitlines()[0]
        raise BenchmarkError(f"The browser did not start: {reason}") from error
    try:
        browser.new_context().new_page().goto("about:blank")
        options = parse_options(args.option)
        with running_server(app, options, args.cwd, args.store) as server:
            return visit(browser, server, path)
    finally:
        browser.close()


def compare(args: argparse.Namespace) -> dict[str, Any]:
    """All rounds, the two pages in turn, the order changing every round."""
    rows: dict[str, list[dict[str, Any]]] = {"empty": [], "app": []}
    with tempfile.TemporaryDirectory(prefix="empty-page-") as folder:
        empty = Path(folder) / "empty_page.py"
        empty.write_text(EMPTY_APP)
        with sync_playwright() as play:
            for number in range(args.rounds):
                pair = [("empty", empty, ""), ("app", args.app, args.page)]
                for name, app, path in pair if number % 2 == 0 else pair[::-1]:
                    row = measure(play, args, app, path)
                    rows[name].append(row)
                    if not args.json:
                        print_row(number + 1, name, row)
    return summary(args, rows)


def summary(args: argparse.Namespace, rows: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """Medians of both pages and the ratio of the app to the empty page."""
    names = ("first_s", "start_s", "draw_s", "warm_s", "server_cpu_s", "server_rss_mb")
    medians = {kind: {n: median(rows[kind], n) for n in names} for kind in rows}
    ratio = {}
    for name in names:
        ours, base = medians["app"][name], medians["empty"][name]
        ratio[name] = round(ours / base, 3) if ours and base else None
    return {
        "page": args.page,
        "rounds": args.rounds,
        "median": medians,
        "ratio": ratio,
        "heavy": {kind: rows[kind][0]["heavy"] for kind in rows},
        "compiled": {kind: rows[kind][0]["compiled"] for kind in rows},
        "exceptions": sum(row["exceptions"] for row in rows["app"]),
        "dialogs": sum(row["dialogs"] for row in rows["app"]),
        "runs": rows,
    }


def median(rows: list[dict[str, Any]], name: str) -> float | None:
    """The median of one number over the rounds, None where it was unreadable."""
    values = [row[name] for row in rows if row[name] is not None]
    return round(statistics.median(values), 3) if values else None


def print_row(number: int, name: str, row: dict[str, Any]) -> None:
    """One line for one measurement."""
    print(
        f"round {number} {name:5}  first {row['first_s']:6.2f} s"
        f"  (start {row['start_s']:5.2f}, draw {row['draw_s']:5.2f})"
        f"  warm {row['warm_s']:5.2f} s  cpu {row['server_cpu_s']} s"
        f"  exceptions {row['exceptions']}  dialogs {row['dialogs']}",
        flush=True,
    )


def print_summary(result: dict[str, Any]) -> None:
    """The medians and ratios as a small table."""
    print(f"\nmedian of {result['rounds']} rounds    empty      app    ratio")
    for name, ratio in result["ratio"].items():
        empty, app = (result["median"][kind][name] for kind in ("empty", "app"))
        print(f"{name:20} {empty!s:>8} {app!s:>8} {ratio!s:>8}")
    for kind in ("empty", "app"):
        heavy = result["heavy"][kind]
        text = "unreadable" if heavy is None else ", ".join(heavy) or "none"
        print(f"torch, sklearn or scipy loaded by the {kind} server: {text}")
    print(
        f"on the app's page: {result['exceptions']} exceptions, {result['dialogs']} dialogs (such as 'Page not found')"
    )


def parser() -> argparse.ArgumentParser:
    """The command line of this measurement."""
    result = argparse.ArgumentParser(description=__doc__)
    result.add_argument("--rounds", type=int, default=5)
    result.add_argument("--page", default="/", help="path of the page to draw")
    result.add_argument("--app", type=Path, default=ROOT / "streamlit_app.py")
    result.add_argument("--store", type=Path, help="store to copy for every start")
    result.add_argument("--option", action="append", default=[], metavar="NAME=VALUE")
    result.add_argument("--browser", help="Chromium to start (default: one on the search path)")
    result.add_argument("--json", action="store_true")
    return result


def main() -> int:
    """Run the measurement and print it."""
    args = parser().parse_args()
    args.cwd = args.app.resolve().parent
    try:
        if args.rounds < 1:
            raise BenchmarkError("The number of rounds must be at least 1.")
        if not args.app.is_file():
            raise BenchmarkError(f"There is no app file at {args.app}.")
        result = compare(args)
    except BenchmarkError as error:
        print(error, file=sys.stderr)
        return 2
    if args.json:
        print(json.dumps(result, indent=2))
    else:
        print_summary(result)
    return 0


if __name__ == "__main__":
    sys.exit(main())
