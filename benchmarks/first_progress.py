"""How soon after pressing Train the first progress is there, and what training keeps of its speed beside questions.

    .venv/bin/python benchmarks/first_progress.py --presses 15 --json

A warm training worker carries out the default run of a use case again and again; each is stopped once it has shown
progress of its training (a part of an epoch, or an epoch). Then the same beside ten visitors' what-if questions to the
answer worker, one each every two seconds. Pages look every so often; their share is what `pages/components/monitor.py`
waits between two looks.
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
from core.settings import resolve
from core.store import runs
from core.store.files import read_json
from core.use_case_settings import settings_of
from core.use_cases import use_case as use_case_named

_VISITORS, _EVERY_S = 10, 2.0


class Bench:
    """One use case on a store of its own."""

    def __init__(self, name: str, store: Path) -> None:
        self.use_case, self.jobs, self.store = use_case_named(name), LocalJobs(store), store

    def train(self, **given: Any) -> runs.Run:
        """A whole run; returns it sealed."""
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
        self.jobs.stop(run)
        while not self.jobs.status(run).state.is_final:
            time.sleep(0.05)
        return waited_s

    @contextlib.contextmanager
    def asked(self, run: runs.Run) -> Iterator[list[float]]:
        """Questions of the visitors in the meantime; the list holds how long each waited."""
        rows = run.held_out()[1]["row"].unique()[:200]
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--use-case", default="retail/coupon_response")
    parser.add_argument("--presses", type=int, default=15)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
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
