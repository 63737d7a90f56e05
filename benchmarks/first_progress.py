"""How soon after pressing Train the first progress is there, and what training keeps of its speed beside questions.

    .venv/bin/python benchmarks/first_progress.py --presses 15 --json

A warm training worker carries out the default run of a use case again and again; each is stopped once it has shown
progress of its training (a part of an epoch, or an epoch). Then the same beside ten visitors' what-if questions to the
answer worker, one each every two seconds. With --browser a Chromium presses the button of the page instead, and what
counts is when the words stand on the screen.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from core.jobs.local import LocalJobs
from core.jobs.rules import OWNER
from core.settings import resolve
from core.settings.use_case import settings_of
from core.store import runs
from core.store.files import read_json
from core.use_cases import use_case as use_case_named

_VISITORS, _EVERY_S = 10, 2.0


class Bench:
    """One use case on a store of its own."""

    def __init__(self, name: str, store: Path) -> None:
        self.use_case, self.jobs, self.store = use_case_named(name), LocalJobs(store), store

    def train(self, **given: Any) -> runs.Run:
        """A whole run; returns it finalized."""
        run = self.jobs.submit(self.use_case, resolve(settings_of(self.use_case), given), visitor="benchmark")
        while not self.jobs.status(run).state.is_final:
            self.jobs.wake()
            time.sleep(0.05)
        return runs.read(run.folder)

    def press(self, seed: int) -> float:
        """Seconds from submitting a run to the first progress of its training."""
        settings = resolve(settings_of(self.use_case), {"seed": seed, "num_epochs": 1000, "patience": 1000})
        began = time.perf_counter()
        run = self.jobs.submit(self.use_case, settings, visitor="benchmark")
        while not any(event["event"] in ("batch", "epoch") for event in run.progress()):
            time.sleep(0.005)
        waited_s = time.perf_counter() - began
        self.jobs.stop(run, visitor=OWNER)
        while not self.jobs.status(run).state.is_final:
            time.sleep(0.05)
        return waited_s

    @contextlib.contextmanager
    def asked(self, run: runs.Run) -> Iterator[list[float]]:
        """Questions of the visitors in the meantime; the list holds how long each waited."""
        rows = run.held_out().rows["row"].unique()[:200]
        records = self.jobs.ask({"ask": "records", "use_case": self.use_case.name, "rows": rows.tolist()})["records"]
        over, waits = threading.Event(), []

        def ask() -> None:
            place = 0
            while not over.wait(_EVERY_S / _VISITORS):
                place = (place + 1) % len(records)
                column = self.use_case.columns[place % len(self.use_case.columns)].name
                began = time.perf_counter()
                self.jobs.ask(
                    {
                        "ask": "what_if",
                        "use_case": self.use_case.name,
                        "run": run.id,
                        "features": records[place]["features"],
                        "row": int(rows[place]),
                        "vary": column,
                    }
                )
                waits.append(time.perf_counter() - began)

        thread = threading.Thread(target=ask)
        thread.start()
        try:
            yield waits
        finally:
            over.set()
            thread.join()


_WATCH = """() => {
    window.seen = {}; window.pressed = null;
    document.addEventListener('click', () => { window.seen = {}; window.pressed = performance.now(); }, true);
    const words = {state: /Next: it begins|Reading the data|Training starts|Epoch \\d/, training: /Epoch \\d/};
    const look = () => {
        for (const bar of document.querySelectorAll('[data-testid=stProgress]'))
            for (const [name, pattern] of Object.entries(words))
                if (window.pressed !== null && !(name in window.seen) && pattern.test(bar.innerText))
                    window.seen[name] = (performance.now() - window.pressed) / 1000;
        requestAnimationFrame(look);
    };
    look();
}"""


def on_screen(use_case: str, presses: int, store: Path) -> dict[str, float]:
    """Median seconds from the click to the run's state, and to its first trained part, in a Chromium; the first press,
    which starts the worker, left out."""
    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import App, free_port, settled
    from tests.browser.install import installed
    from tests.processes import end_processes_of

    app, found = App(store=store, port=free_port()), []
    app.start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=installed(), args=["--no-sandbox", "--disable-gpu"])
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto(f"{app.url}/{use_case.replace('/', '-')}?section=train")
            settled(page)
            page.evaluate(_WATCH)
            for _ in range(presses + 1):
                page.get_by_role("button", name="Train", exact=True).click()
                page.wait_for_function("window.seen.training !== undefined", timeout=120_000)
                found.append(page.evaluate("window.seen"))
                page.get_by_role("button", name="Stop", exact=True).click()
                page.get_by_role("button", name="Train", exact=True).wait_for(timeout=120_000)
                page.wait_for_timeout(8_000)  # the stopped run is measured, and the worker is free again
                settled(page)
    finally:
        app.kill()
        end_processes_of(store)
    return {name: round(statistics.median(f[name] for f in found[1:]), 3) for name in ("state", "training")}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--use-case", default="retail/coupon_response")
    parser.add_argument("--presses", type=int, default=15)
    parser.add_argument("--browser", action="store_true", help="measure on the screen; needs `make browser`")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.browser:
        with tempfile.TemporaryDirectory(prefix="first-progress-", ignore_cleanup_errors=True) as folder:
            shown = on_screen(options.use_case, options.presses, Path(folder))
        print(json.dumps({"on_screen_s": shown}, indent=None if options.json else 1))
        return
    with tempfile.TemporaryDirectory(prefix="first-progress-", ignore_cleanup_errors=True) as folder:
        bench = Bench(options.use_case, Path(folder))
        bench.train(num_epochs=2)  # the worker is warm, the examples are read, the baselines kept
        alone = [bench.press(seed) for seed in range(options.presses)]
        idle = bench.train(schedule="constant", patience=1000)
        with bench.asked(idle) as waits:
            beside = [bench.press(seed) for seed in range(options.presses)]
            busy = bench.train(schedule="constant", patience=1000)
        os.kill(int(read_json(Path(folder) / "supervisor.json")["pid"]), signal.SIGTERM)
    trained_s = [run.summary["train_s"] for run in (idle, busy)]
    result = {
        "first_progress_s": {
            "alone": round(statistics.median(alone), 3),
            "beside": round(statistics.median(beside), 3),
        },
        "train_s": dict(zip(("alone", "beside"), trained_s, strict=True)),
        "speed_kept": round(trained_s[0] / trained_s[1], 3),
        "answer_s": {"median": round(statistics.median(waits), 3), "questions": len(waits)},
    }
    print(json.dumps(result, indent=None if options.json else 1))


if __name__ == "__main__":
    main()
