"""A store with hundreds of finished runs: the list, the best run, one run and the page, beside an empty store."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks._server import ROOT, STORE_VARIABLE, BenchmarkError, end_store_processes

LIMIT_MS = 200.0
PAGE = "retail/coupon_response"
_COMMAND = """
import sys, time
from core.commands import command_line as command
from core.use_cases import all_use_cases
all_use_cases()
began = time.process_time()
command.main(["runs", "--json"])
print((time.process_time() - began) * 1000, file=sys.stderr)
"""
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


def make_store(store: Path, count: int) -> None:
    """So many finished runs: copies of the recorded ones under new ids, an hour apart; large files are hard links."""
    recorded = sorted(p for p in (ROOT / "data" / "recorded").iterdir() if p.is_dir())
    (store / "runs").mkdir(parents=True)
    for number in range(count):
        source, made = recorded[number % len(recorded)], BEGAN + timedelta(hours=number)
        config = json.loads((source / "config.json").read_text())
        name = f"{made:%Y%m%d-%H%M%S}000-{config['use_case'].replace('/', '-')}-{number:04x}"
        folder = store / "runs" / name
        folder.mkdir()
        for file in source.iterdir():
            if file.name not in ("config.json", "end.json", "report.json"):
                _link(file, folder / file.name)
        changed = {"run": name, "created": made.isoformat(timespec="seconds"), "visitor": "benchmark"}
        (folder / "config.json").write_text(json.dumps(config | changed, indent=1))
        shutil.copy(source / "report.json", folder)
        shutil.copy(source / "end.json", folder)


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copy(source, target)


def timed(work: Callable[[], object]) -> float:
    """Milliseconds of CPU of this process."""
    began = time.process_time()
    work()
    return (time.process_time() - began) * 1000


def least_of(work: Callable[[], object], times: int = 9) -> float:
    """The least of several: a busy machine only adds."""
    return min(timed(work) for _ in range(times))


def inside(store: Path) -> dict[str, float]:
    """What one fresh process sees: the first list and the next ones, the best run, one run's report, and the page."""
    from core.evaluation.metrics import metric_named
    from core.store import runs
    from core.use_cases import use_case

    declared = use_case(PAGE)
    higher = metric_named(declared.task.headline).higher_is_better
    found: dict[str, float] = {}
    found["list, first in a process"] = timed(lambda: runs.list_runs(store))
    found["list, again"] = least_of(lambda: runs.list_runs(store))
    found["list of one use case, again"] = least_of(lambda: runs.list_runs(store, PAGE))
    found["best run, again"] = least_of(lambda: runs.best_run(store, declared, higher))
    newest = runs.list_runs(store, PAGE)[0]
    found["one run and its report, first"] = timed(lambda: runs.load_run(store, newest.id).report())
    found["one run and its report, again"] = least_of(lambda: runs.load_run(store, newest.id).report())
    found |= _pages(newest.id)
    return found


def _pages(run: str) -> dict[str, float]:
    from streamlit.testing.v1 import AppTest

    def page(section: str) -> AppTest:
        test = AppTest.from_string(
            f"from core.use_cases import use_case\nfrom pages import use_case as page\npage.draw(use_case({PAGE!r}))\n",
            default_timeout=60,
        )
        test.query_params["section"] = section
        test.query_params["run"] = run
        return test

    found = {}
    for section in ("train", "results"):
        app = page(section)
        app.run()
        found[f"page of a run, {section}: a rerun"] = least_of(app.run)
        found[f"page of a run, {section}: a new visitor"] = least_of(lambda section=section: page(section).run())
    router = str(ROOT / "pages" / "router.py")
    AppTest.from_file(router, default_timeout=60).run()
    found["front page: a new visitor"] = least_of(lambda: AppTest.from_file(router, default_timeout=60).run())
    return found


def command_line(store: Path) -> dict[str, float]:
    """`python -m core runs --json` in fresh processes, without the interpreter's start and the imports."""

    def used() -> float:
        done = subprocess.run(
            [sys.executable, "-c", _COMMAND], cwd=ROOT, env=_environment(store), capture_output=True, text=True
        )
        if done.returncode:
            raise BenchmarkError(f"The command ended with {done.returncode}: {done.stderr[-300:]}")
        return float(done.stderr.splitlines()[-1])

    return {"command `runs --json`": min(used() for _ in range(7))}


def _environment(store: Path) -> dict[str, str]:
    return {**os.environ, STORE_VARIABLE: str(store), "OMP_NUM_THREADS": "1"}


def measure(store: Path) -> dict[str, float]:
    """Everything, each part in processes of its own."""
    found = command_line(store)
    done = subprocess.run(
        [sys.executable, __file__, "--inside", str(store)],
        cwd=ROOT,
        env=_environment(store),
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise BenchmarkError(f"The measurement ended with {done.returncode}: {done.stderr[-600:]}")
    return {**found, **json.loads(done.stdout.splitlines()[-1])}


def main() -> int:
    """Measure an empty store and a full one, and print both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--inside", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    if args.inside:
        print(json.dumps(inside(args.inside)))
        return 0
    with tempfile.TemporaryDirectory(prefix="many-runs-") as home:
        empty, full = Path(home) / "empty", Path(home) / "full"
        make_store(empty, 0)
        make_store(full, args.runs)
        try:
            found: dict[str, Any] = {"empty": measure(empty), str(args.runs): measure(full)}
        except BenchmarkError as error:
            print(error, file=sys.stderr)
            return 2
        finally:
            _end(empty, full)
    if args.json:
        print(json.dumps(found, indent=1))
        return 0
    print(f"{'ms of CPU':40} {'empty':>8} {args.runs:>8} {'more':>8}")
    for name, value in found[str(args.runs)].items():
        before = found["empty"][name]
        note = "" if value - before < LIMIT_MS else f"  over {LIMIT_MS:g}"
        print(f"{name:40} {before:8.1f} {value:8.1f} {value - before:8.1f}{note}")
    return 0


def _end(*stores: Path) -> None:
    """End the supervisors that the pages have started."""
    for store in stores:
        end_store_processes(store)


if __name__ == "__main__":
    sys.exit(main())
