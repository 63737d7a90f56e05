"""What watching costs: the same training with and without it, in turns, in one process, by processor time.

    python benchmarks/watch.py --json watch.json

Without: no learning rate, gradients, steps, dead units or memory in the epoch events. The default networks of two use
cases, with their early stopping off so that both sides do the same work. The seeds are the same on both sides, and so
are the weights at the end, to the bit: that is checked.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from pathlib import Path
from typing import Any
from unittest import mock

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parents[1]))

import torch

from core import pipeline
from core.models import MODELS
from core.pipeline.prepare import headline_of, prepare
from core.settings import defaults, resolve
from core.settings.use_case import settings_of
from core.store.caches import examples_loader
from core.training import loop, members
from core.training.losses import LOSSES
from core.use_cases import use_case as use_case_named

_WORK = {"retail/coupon_response": 8, "supply_chain/shipment_delay": 1}  # epochs of one turn


class _Blind:
    """In the place of Watch: sees nothing, at no cost."""

    def __init__(self, layout: object) -> None:
        pass

    def before(self, flat_KP: object, gradient_KP: object) -> None:
        pass

    def after(self, flat_KP: object, learning_rate_K1: object) -> dict[str, Any]:
        return {}


def work(name: str, num_epochs: int, store: Path) -> Any:
    """A function that trains once and gives processor seconds and all weights."""
    use_case = use_case_named(name)
    declared = settings_of(use_case)
    settings = resolve(declared, {**defaults(declared), "num_epochs": num_epochs, "patience": 1000, "device": "cpu"})
    examples = examples_loader(store, pipeline.load_examples)(use_case)
    prepared = prepare(use_case, examples, use_case.plan(examples), settings)
    score = headline_of(use_case, prepared)

    def train() -> tuple[float, torch.Tensor]:
        began = time.process_time()
        trained = loop.train(
            MODELS.get(use_case.model),
            LOSSES.get(use_case.task.loss),
            use_case.task,
            prepared.data,
            [settings] * len(prepared.data.networks),
            score=score,
            progress=lambda event: None,
            stop_requested=lambda: False,
            device=torch.device("cpu"),
        )
        return time.process_time() - began, torch.cat([p.flatten() for p in trained.params.values()])

    return train


def measure(name: str, num_epochs: int, rounds: int, store: Path) -> dict[str, Any]:
    """Both sides in turns; the share that watching adds is the median over rounds of the ratio of two neighbours."""
    train = work(name, num_epochs, store)
    blind = [
        mock.patch.object(loop, "Watch", _Blind),
        mock.patch.object(loop, "memory", return_value={}),
        mock.patch.object(members, "dead_units", return_value={}),
    ]
    train()
    pairs = []
    for turn in range(rounds):
        cpu_s, weights = {}, {}
        for watching in (True, False) if turn % 2 else (False, True):
            for patch in [] if watching else blind:
                patch.start()
            cpu_s[watching], weights[watching] = train()
            if not watching:
                mock.patch.stopall()
        assert torch.equal(weights[True], weights[False]), "watching must change nothing"
        pairs.append((cpu_s[True], cpu_s[False]))
    ratios = sorted(seen / unseen - 1 for seen, unseen in pairs)
    return {
        "use_case": name,
        "epochs": num_epochs,
        "rounds": rounds,
        "watched_s": statistics.median(seen for seen, _ in pairs),
        "unwatched_s": statistics.median(unseen for _, unseen in pairs),
        "added_share": statistics.median(ratios),
        "added_share_low_high": [ratios[len(ratios) // 4], ratios[-1 - len(ratios) // 4]],
        "added_share_of_the_quickest": min(seen for seen, _ in pairs) / min(unseen for _, unseen in pairs) - 1,
    }


def main() -> int:
    """Measure, print, and fail above 5%."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--store", type=Path, default=Path("/tmp/proving-ground-watch"))
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(1)
    found = [measure(name, epochs, options.rounds, options.store) for name, epochs in _WORK.items()]
    for row in found:
        low, high = row["added_share_low_high"]
        print(
            f"{row['use_case']}: {row['unwatched_s']:.2f} s without, {row['watched_s']:.2f} s with, "
            f"{row['added_share']:+.1%} (half of the {row['rounds']} rounds: {low:+.1%} to {high:+.1%}; "
            f"quickest against quickest {row['added_share_of_the_quickest']:+.1%})"
        )
    if options.json:
        options.json.write_text(json.dumps(found, indent=1), encoding="utf-8")
    return 0 if all(row["added_share"] <= 0.05 for row in found) else 1


if __name__ == "__main__":
    sys.exit(main())
