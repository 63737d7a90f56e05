"""The first time a fresh browser opens a section: wall-clock seconds, and the browser's own processor seconds.

    git worktree add ../before 69582c5
    .venv/bin/python benchmarks/first_opening.py --before ../before --rounds 3

A server a build and a browser a visit, the builds in turn. The visitor reads Question, opens the section, goes back and
opens it again: the second time is Streamlit's own redraw, for which everything has been read already.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from pathlib import Path

from playwright.sync_api import Page, Playwright, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks._server import ROOT, process_use, running_server
from benchmarks.first_page import CHROMIUM_FLAGS, FINISHED, installed_browser
from benchmarks.stopwatch import LIMIT_MS, SETTLE_MS, SLUG, Stopwatch, section

SECTIONS = ("Data", "Results", "Money")
QUIET_S, QUIET_SHARE = 0.5, 0.1  # the browser is at rest when it took less than this share of a core for so long


def processor_s(mark: str) -> float:
    """Processor seconds so far of the process whose command line holds this mark, and of all that it started."""
    parents, ours = {}, set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                if mark.encode() in (entry / "cmdline").read_bytes():
                    ours.add(int(entry.name))
            except OSError:
                continue  # it has ended
    while more := {pid for pid, parent in parents.items() if parent in ours} - ours:
        ours |= more
    return sum(process_use(pid).cpu_s or 0.0 for pid in ours)


def at_rest(mark: str) -> float:
    """Processor seconds of the browser once it has nothing left to do."""
    before = processor_s(mark)
    while True:
        time.sleep(QUIET_S)
        now = processor_s(mark)
        if now - before < QUIET_S * QUIET_SHARE:
            return now
        before = now


def opened(page: Page, watch: Stopwatch, mark: str, name: str, again: str = "") -> None:
    """Open a section; note clock and processor."""
    before = at_rest(mark)
    watch.until_finished(f"{name}{again}, clock", watch.click(*section(page, name)))
    watch.seconds[f"{name}{again}, browser"] = round(at_rest(mark) - before, 2)


def visit(play: Playwright, address: str, slug: str, name: str) -> dict[str, float]:
    """One visitor with a browser that has read nothing yet."""
    mark = f"first-opening-{time.monotonic_ns()}"
    browser = play.chromium.launch(executable_path=installed_browser(), args=[*CHROMIUM_FLAGS, f"--user-agent={mark}"])
    try:
        page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        watch = Stopwatch(page)
        page.goto(f"{address}/{slug}?section=question")
        page.wait_for_function(FINISHED, arg=SETTLE_MS, polling="raf", timeout=LIMIT_MS)
        opened(page, watch, mark, name)
        watch.until_finished("Question", watch.click(*section(page, "Question")))
        opened(page, watch, mark, name, " again")
        return {stop: value for stop, value in watch.seconds.items() if not stop.startswith("Question")}
    finally:
        browser.close()


def main() -> None:
    """Open the sections in the builds in turn and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--before", type=Path, help="a checkout of the earlier version")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--use-case", default=SLUG, help="its address, as %(default)s")
    parser.add_argument("--sections", nargs="+", default=list(SECTIONS), choices=SECTIONS)
    options = parser.parse_args()
    builds = {"now": ROOT} | ({"before": options.before.resolve()} if options.before else {})
    seen: dict[str, list[dict[str, float]]] = {name: [] for name in builds}
    with sync_playwright() as play:
        for turn in range(options.rounds):
            for build, root in list(builds.items())[:: -1 if turn % 2 else 1]:  # whoever is first warms the disk
                with running_server(root / "streamlit_app.py", {}, root) as server:
                    told: dict[str, float] = {}
                    for name in options.sections:
                        told |= visit(play, server.address, options.use_case, name)
                    seen[build].append(told)
                    print(build, json.dumps(told), file=sys.stderr)
    print("| opening, s | " + " | ".join(reversed(list(builds))) + " |")
    print("|---|" + "---|" * len(builds))
    for stop in seen["now"][0]:
        medians = (statistics.median(one[stop] for one in seen[build]) for build in reversed(list(builds)))
        print(f"| {stop} | " + " | ".join(f"{median:.2f}" for median in medians) + " |")


if __name__ == "__main__":
    main()
