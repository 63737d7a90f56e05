"""Train the settings of every recorded run by an earlier version and by this one: equal bit by bit, or not.

    git worktree add ../before ce22dd0
    .venv/bin/python benchmarks/retrained.py --before ../before [part of a run's name ...]

One processor, one thread. Equal: as many epochs, and each with the same losses and scores to the last bit.
Simple methods and evaluation are left out.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
COMPARED = ("train_loss", "validation_loss", "train_score", "validation_score", "validation_score_low")


class _Trained(Exception):
    """The last epoch is over."""


def trained(folder: Path) -> list[list[float | None]]:
    """COMPARED of every epoch of one training by the code on the path, with the settings of this recorded run."""
    import torch

    from core import pipeline
    from core.store import runs
    from core.use_cases import use_case

    torch.set_num_threads(1)
    run = runs.read(folder, recorded=True)
    seen: list[list[float | None]] = []

    def progress(event: Mapping[str, Any]) -> None:
        if event["event"] == "epoch":
            seen.append([event[key] for key in COMPARED])
        if event["event"] == "phase" and event["phase"] == "baselines":
            raise _Trained

    try:
        pipeline.run(use_case(run.use_case), run.config["settings"], progress=progress)
    except _Trained:
        return seen
    raise RuntimeError(f"{folder.name} ended before its simple methods")


def by(root: Path, name: str) -> list[list[float | None]]:
    """The same in a process of its own, by the code of a checkout."""
    command = [sys.executable, str(Path(__file__).resolve()), "--code", str(root), name]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    if told.returncode:
        raise SystemExit(f"{name} did not train by {root}: {told.stderr.strip().splitlines()[-1]}")
    return list(json.loads(told.stdout))


def main() -> None:
    """A line a recorded run, then how many are equal."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("only", nargs="*", help="parts of names of recorded runs")
    parser.add_argument("--before", type=Path, help="a checkout of the earlier version")
    parser.add_argument("--code", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.code:
        sys.path.insert(0, str(options.code.resolve()))
        print(json.dumps(trained(options.code / "data" / "recorded" / options.only[0])))
        return
    if not options.before:
        parser.error("--before needs a checkout of an earlier version")
    names = sorted(path.name for path in (ROOT / "data" / "recorded").iterdir() if path.is_dir())
    wanted = [name for name in names if not options.only or any(part in name for part in options.only)]
    equal = 0
    for name in wanted:
        was, now = (by(root, name) for root in (options.before.resolve(), ROOT))
        equal += was == now
        first = next((i for i, (a, b) in enumerate(zip(was, now, strict=False), 1) if a != b), None)
        said = "equal" if was == now else f"NOT EQUAL from epoch {first or min(len(was), len(now)) + 1}"
        print(f"{name}: {said}, {len(was)} and {len(now)} epochs", flush=True)
    print(f"{equal} of {len(wanted)} equal")


if __name__ == "__main__":
    main()
