"""What a run's worker still does after the last epoch, until the verdict and the end, beside an earlier version.

    git worktree add ../before 8d2a107
    .venv/bin/python benchmarks/train_to_verdict.py --before ../before --json train_to_verdict.json

Both versions carry out the same run (a use case at its defaults, and at its Quick preset) twice in a fresh process on a
fresh store, in turns: the first finds nothing kept (cold), the second what the first has left (warm). Seconds are the
processor's, of all threads of that process, which has as many as the product gives its worker; other work disturbs them
less than the clock, which stands beside them. What a version does beside the training counts as training; the whole run
stands in two columns after that, and last how many times the truth the estimate before the start was. With --epochs all
trainings are cut short, which leaves what follows them nearly as it is, and says nothing of estimates.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from itertools import product
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from core.environment.machine import worker_threads
from core.settings.use_case import presets_in
from core.use_cases import all_use_cases

HERE = Path(__file__).parents[1]
THREADS = {"OMP_WAIT_POLICY": "PASSIVE", "OMP_NUM_THREADS": str(worker_threads())}  # as `jobs.local` starts it
# Runs in either version, so it may use only what both have.
ONE = """
import functools, gc, importlib, json, sys, time
from pathlib import Path
import core.jobs.worker as worker
from core.datasets import checksum
from core.keys import fingerprint
from core.settings import resolve
from core.settings.use_case import settings_of
from core.store import run_folders
from core.use_cases import use_case as named
name, given, store, parts, profiled = json.loads(sys.argv[1])
gc.collect(); gc.freeze()
what = named(name)
settings = resolve(settings_of(what), given)
varied = what.with_variant(settings)
marks, spent, inside = [], {}, []

def now():
    return time.process_time(), time.perf_counter()

def mark(label):
    marks.append((label, *now()))

def timed(label, function):
    @functools.wraps(function)
    def measured(*args, **kwargs):
        began = time.process_time()
        try:
            return function(*args, **kwargs)
        finally:
            spent[label] = spent.get(label, 0.0) + time.process_time() - began
    return measured

for label, place in ((label, each) for label, places in parts.items() for each in places.split("|")):
    module, _, attribute = place.partition(":")
    try:  # each version has its own of several names
        owner = importlib.import_module(module)
        *path, last = attribute.split(".")
        for step in path:
            owner = getattr(owner, step)
        held = owner.__dict__[last]
        function = held.__func__ if isinstance(held, classmethod) else held
        wrapped = timed(label, function)
        setattr(owner, last, classmethod(wrapped) if isinstance(held, classmethod) else wrapped)
    except (ImportError, AttributeError, KeyError):
        pass

flow = worker.pipeline.run
def run(*args, progress, **kwargs):
    def told(event):
        progress(event)
        if event["event"] == "epoch":
            spent.clear()
            if profiled:
                profiler.clear()
        if event["event"] in ("phase", "epoch", "verdict"):
            mark(event["phase"] if event["event"] == "phase" else event["event"])
    found = flow(*args, progress=told, **kwargs)
    mark("measured")
    return found
worker.pipeline.run = run
results = []
for turn in ("cold", "warm"):
    marks.clear(); spent.clear()
    made = run_folders.create(Path(store), what, settings, data_checksum=checksum(varied.datasets),
                              code=fingerprint.of_run(varied), versions=fingerprint.versions(), visitor="benchmark")
    mark("began")
    if profiled:
        import cProfile, pstats
        profiler = cProfile.Profile()
        profiler.enable()
    left = worker.carry_out(Path(store), made.id)
    if profiled:
        profiler.disable()
        pstats.Stats(profiler, stream=sys.stderr).sort_stats("cumulative").print_stats(profiled)
    mark("finalized")
    assert left.state is not None and left.state.has_report, left
    last = max(i for i, (label, *_) in enumerate(marks) if label == "epoch")
    began = next(i for i, (label, *_) in enumerate(marks) if label == "training")
    def between(a, b):
        return [round(marks[b][k] - marks[a][k], 4) for k in (1, 2)]
    verdict = next((i for i, (label, *_) in enumerate(marks) if label == "verdict"), len(marks) - 1)
    report = json.loads((Path(store) / "runs" / made.id / "report.json").read_text())
    results.append({
        "turn": turn, "data": between(0, began), "training": between(began, last), "verdict": between(last, verdict),
        "after": between(last, len(marks) - 1), "whole": between(0, len(marks) - 1),
        "estimate": report.get("estimate"), "epochs": report["epochs_run"],
        "training_cpu_s": report.get("training_cpu_s"),
        "parts": {k: round(v, 4) for k, v in sorted(spent.items(), key=lambda e: -e[1])},
        "steps": [[marks[i + 1][0], *between(i, i + 1)] for i in range(last, len(marks) - 1)],
    })
print(json.dumps(results))
"""
PARTS = {
    "alone": "core.pipeline.simple_methods:alone",
    "simple methods": "core.pipeline.simple_methods:results",
    "key of rows": "core.keys.portable:of_rows",
    "key of arrays": "core.keys.fingerprint:of_arrays",
    "test set": "core.evaluation.plan_rows:test_set|core.evaluation.compare:test_set",
    "predictions": "core.pipeline.report:HeldOutPredictions.read|core.pipeline.report:HeldOutPredictions.of",
    "draws": "core.evaluation.intervals:draw",
    "comparison": "core.evaluation.compare:compare",
    "importance": "core.pipeline:importance",
    "value": "core.pipeline:summarise",
    "tables": "core.pipeline.report:HeldOutPredictions.frame",
    "saving": "core.store.outcomes:save",
    "finalizing": "core.store.run_folders:finalize|core.store.run_folders:seal",
    "learning": "core.estimating.calibration:learn",
    "usage": "core.estimating.usage:Usage.report",
}


def one(checkout: Path, use_case: str, given: dict[str, Any], profiled: int = 0) -> list[dict[str, Any]]:
    """The cold and the warm run in one process of that version; raises CalledProcessError with its words."""
    with tempfile.TemporaryDirectory(prefix="train-to-verdict-") as store:
        done = subprocess.run(
            [sys.executable, "-c", ONE, json.dumps([use_case, given, store, PARTS, profiled])],
            cwd=checkout,
            env={**os.environ, **THREADS, "PYTHONPATH": str(checkout), "PROVING_GROUND_STORE": store},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    found: list[dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return found


def _estimated(one_now: dict[str, Any]) -> float:
    """What was said before the start over what came true: of a store that has learned from no run over the processor's
    seconds of the training alone, which are the clock's on an idle machine; else over the clock's, for it has then
    learned how busy the machine is."""
    told = one_now["estimate"] or {}
    time_s = told.get("time_s") or {}
    truth = time_s.get("actual") if told.get("runs_learned_from") else one_now["training_cpu_s"]
    return float(time_s["likely"] / truth) if time_s.get("likely") and truth else float("nan")


def table(results: list[dict[str, Any]]) -> str:
    """Lines of markdown: processor seconds of training and of all that follows it, before and after."""
    lines = [
        "| use case | settings | store | training | after it, before | after it, now | ratio | of training | verdict |"
        " run, before | run, now | estimate |",
        "|---|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for row in results:
        before, now = row["before"], row["now"]
        for was, one_now in zip(before or [None] * len(now), now, strict=True):
            after, training = one_now["after"][0], one_now["training"][0]
            was_s, ratio = (was["after"][0], after / was["after"][0]) if was else (float("nan"), float("nan"))
            lines.append(
                f"| {row['use_case']} | {row['settings']} | {one_now['turn']} | {training:.2f} | {was_s:.2f} |"
                f" {after:.2f} | {ratio:.2f} | {after / training:.2f} | {one_now['verdict'][0]:.2f} |"
                f" {was['whole'][0] if was else float('nan'):.2f} | {one_now['whole'][0]:.2f} |"
                f" {_estimated(one_now):.2f} |"
            )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--before", type=Path, help="a checkout of the earlier version")
    parser.add_argument("--only", nargs="*", default=[], help="use cases by a part of their name")
    parser.add_argument("--settings", nargs="*", choices=("default", "quick"), default=["default", "quick"])
    parser.add_argument("--variants", action="store_true", help="every variant of a use case, not the first alone")
    parser.add_argument("--epochs", type=int, help="cut every training short")
    parser.add_argument("--profile", type=int, default=0, help="print so many lines of a profile instead of comparing")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    results = []
    for use_case in all_use_cases():
        if options.only and not any(part in use_case.name for part in options.only):
            continue
        declared = [variant.name for variant in use_case.variants] or [""]
        for variant, settings in product(declared if options.variants else declared[:1], options.settings):
            quick = next(p for p in presets_in(use_case, variant) if "quick" in p.name.lower()).values
            given = {**quick} if settings == "quick" else {}
            given |= {"variant": variant} if variant and options.variants else {}
            given |= {"num_epochs": options.epochs} if options.epochs else {}
            row = {
                "use_case": f"{use_case.name} {variant if options.variants else ''}".strip(),
                "settings": settings,
                "before": one(options.before.resolve(), use_case.name, given) if options.before else [],
                "now": one(HERE, use_case.name, given, options.profile),
            }
            results.append(row)
            print(table([row]).splitlines()[-2], *table([row]).splitlines()[-1:], sep="\n", flush=True)
    print(table(results))
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
