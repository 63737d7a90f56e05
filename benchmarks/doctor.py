"""What the run doctor says of every preset of every use case and variant: preset x found faults, over some seeds.

    python benchmarks/doctor.py --seeds 101 102 103 --store /tmp/doctor --json table.json

Only networks are trained, without simple methods and evaluation, and few of them: the first of each run, on at most
12,000 of its training and 4,000 of its validation rows, evenly taken. All else is as the preset declares, but that a
bad preset's training ends when its fault has been named after three epochs in a row. Resumable: the events of a
training are kept in the store, and one with the same settings is not trained again; empty the store after a change of
the training itself.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parents[1]))

from core import pipeline
from core.contracts import Preset, UseCase
from core.diagnosis import doctor, findings
from core.errors import UserError
from core.pipeline.prepare import Prepared, prepare
from core.settings import defaults, resolve
from core.settings.use_case import presets_in, settings_of
from core.store.caches import examples_loader
from core.use_cases import all_use_cases

_EPOCHS_NAMED = 3
_TRAIN_ROWS, _VALIDATION_ROWS = 12_000, 4_000


class NetworksTrained(Exception):
    """Raised in the place of the steps that come after training."""


def one_network(use_case: UseCase, examples: Any, plan: Any, settings: dict[str, Any]) -> Prepared:
    """What the pipeline prepares, cut down; kept for the next training that is prepared in the same way."""
    key = (
        use_case.name,
        use_case.variant,
        *(settings[n] for n in ("numeric_transform", "target_encoding", "class_weight")),
    )
    if key not in _kept:
        prepared = prepare(use_case, examples, plan, settings)
        first = prepared.data.networks[0]
        train, validation = _evenly(first.train, _TRAIN_ROWS), _evenly(first.validation, _VALIDATION_ROWS)
        few = replace(prepared.data, networks=[replace(first, train=train, validation=validation)])
        _kept.clear()
        _kept[key] = replace(prepared, data=few)
    return _kept[key]


def _evenly(rows: np.ndarray, most: int) -> np.ndarray:
    return rows if len(rows) <= most else rows[np.linspace(0, len(rows) - 1, most).astype(int)]


_kept: dict[tuple[str, ...], Prepared] = {}


@dataclass(frozen=True, kw_only=True)
class Subject:
    """One training to be judged."""

    use_case: str
    variant: str
    preset: str
    good: bool
    fault: str | None
    seed: int
    settings: dict[str, Any]

    @property
    def key(self) -> str:
        text = json.dumps([self.use_case, self.settings], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def subjects(use_case: UseCase, seeds: Sequence[int]) -> Iterator[Subject]:
    """Every preset on every variant that a page offers it on, for every seed."""
    declared = settings_of(use_case)
    for variant in [v.name for v in use_case.variants] or [""]:
        asked = {"variant": variant} if variant else {}
        for preset in presets_in(use_case, variant):
            for seed in seeds:
                given = {**defaults(declared), **asked, **preset.values, "seed": seed, "device": "cpu"}
                yield _subject(use_case, variant, preset, seed, resolve(declared, given))


def _subject(use_case: UseCase, variant: str, preset: Preset, seed: int, settings: dict[str, Any]) -> Subject:
    return Subject(
        use_case=use_case.name,
        variant=variant,
        preset=preset.name,
        good=preset.good,
        fault=preset.fault,
        seed=seed,
        settings=settings,
    )


def events_of(use_case: UseCase, subject: Subject, store: Path, *, whole: bool) -> tuple[list[dict[str, Any]], float]:
    """The progress events of a training, from the store or made now; and the processor seconds that it took."""
    path = store / ("whole" if whole else "doctor") / f"{subject.key}.json"
    if path.exists():
        kept = json.loads(path.read_text(encoding="utf-8"))
        return kept["events"], kept["cpu_s"]
    events: list[dict[str, Any]] = []
    named: list[bool] = []  # after each epoch, whether the fault that must be named is

    def progress(event: dict[str, Any]) -> None:
        if event.get("phase") == "baselines":
            raise NetworksTrained
        if event["event"] != "batch" and not is_clear():
            events.append(event)
            named.append(subject.fault in [f.fault for f in doctor.diagnose(events)])

    def is_clear() -> bool:
        return not whole and len(named) >= _EPOCHS_NAMED and all(named[-_EPOCHS_NAMED:])

    began, load = time.process_time(), examples_loader(store, pipeline.load_examples)
    try:
        with mock.patch.object(pipeline, "prepare", prepare if whole else one_network):
            pipeline.run(use_case, subject.settings, progress=progress, stop_requested=is_clear, load=load)
    except NetworksTrained:
        pass
    except UserError as error:
        print(f"  {subject.use_case} {subject.preset}: {error}", file=sys.stderr)
    cpu_s = time.process_time() - began
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = {"subject": asdict(subject), "cpu_s": round(cpu_s, 2), "events": events}
    path.write_text(json.dumps(kept, allow_nan=False), encoding="utf-8")
    return events, cpu_s


def judge(subject: Subject, events: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What the doctor says at the end, and whether that is what the preset promises."""
    found = [finding.fault for finding in doctor.diagnose(events)]
    right = subject.fault in found if subject.fault else not found
    return {
        **{key: value for key, value in asdict(subject).items() if key != "settings"},
        "found": found,
        "first": found[0] if found else None,
        "right": right,
    }


def table(rows: Sequence[dict[str, Any]]) -> str:
    """Preset x fault: how often the doctor named it, over use cases, variants and seeds."""
    faults, lines = list(findings.FAULTS), []
    lines.append(f"| preset | must be named | runs | {' | '.join(faults)} | silent | right |")
    lines.append("|---|---|---|" + "---|" * (len(faults) + 2))
    for good, name in dict.fromkeys((not r["good"], r["preset"]) for r in sorted(rows, key=lambda r: not r["good"])):
        own = [r for r in rows if r["preset"] == name]
        count = Counter(fault for r in own for fault in r["found"])
        cells = [str(count[fault] or "") for fault in faults]
        silent, right = sum(not r["found"] for r in own), sum(r["right"] for r in own)
        must = own[0]["fault"] or ("any" if good else "none")
        lines.append(f"| {name} | {must} | {len(own)} | {' | '.join(cells)} | {silent or ''} | {right} of {len(own)} |")
    return "\n".join(lines)


def main() -> int:
    """Train what is missing, then print the table, and every run that was judged wrongly."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[101, 102, 103])
    parser.add_argument("--store", type=Path, default=Path("/tmp/proving-ground-doctor"))
    parser.add_argument("--use-case", nargs="*", help="all of them when none is named")
    parser.add_argument("--whole", action="store_true", help="all networks and rows of every run, to its end: hours")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    rows, cpu_s = [], 0.0
    for use_case in all_use_cases():
        if options.use_case and use_case.name not in options.use_case:
            continue
        for subject in subjects(use_case, options.seeds):
            events, own_s = events_of(use_case, subject, options.store, whole=options.whole)
            rows.append(judge(subject, events))
            cpu_s += own_s
            mark = "" if rows[-1]["right"] else "  WRONG"
            where = f"{subject.use_case} {subject.variant} {subject.preset} seed {subject.seed}"
            print(f"{where}: {rows[-1]['found']} {own_s:.0f} s{mark}", file=sys.stderr, flush=True)
    print(table(rows))
    wrong = [r for r in rows if not r["right"]]
    print(f"\n{len(rows) - len(wrong)} of {len(rows)} right; {cpu_s / 60:.1f} minutes of processor time")
    for r in wrong:
        print(f"  {r['use_case']} {r['variant']} {r['preset']} seed {r['seed']}: must {r['fault']}, found {r['found']}")
    if options.json:
        options.json.write_text(json.dumps({"rows": rows, "cpu_s": cpu_s}, indent=1), encoding="utf-8")
    return 0 if not wrong else 1


if __name__ == "__main__":
    sys.exit(main())
