"""How many epochs early stopping leaves of a training, by earlier runs of the same question. No torch, no file."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Z80 = 1.2816  # standard deviations that hold the middle 80% of a normal distribution
_OTHER_PACE = ("optimiser", "schedule", "class_weight", "keep")


@dataclass(frozen=True, kw_only=True, slots=True)
class Range:
    """Likely, and the ends that hold 80 of 100 runs."""

    low: float
    likely: float
    high: float

    def __add__(self, other: Range) -> Range:
        return Range(low=self.low + other.low, likely=self.likely + other.likely, high=self.high + other.high)

    def times(self, factor: float, spread: float = 0.0) -> Range:
        """Both ends also further apart by a log-normal error of this spread."""
        wider = math.exp(Z80 * spread)
        return Range(low=self.low * factor / wider, likely=self.likely * factor, high=self.high * factor * wider)


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """One earlier run of the same question: its settings, every network's best epoch, and the seconds of its other
    phases."""

    settings: Mapping[str, Any]
    best_epochs: tuple[int, ...]
    phases_s: Mapping[str, float] = field(default_factory=dict)
    rest_bytes: float = 0.0  # peak of all phases but the training
    here: bool = True  # whether this store trained it: a recorded run was measured by another machine, and earlier code


def likely_epochs(settings: Mapping[str, Any], known: Sequence[Known], fixed_share: float = 1.0) -> Range:
    """How many epochs early stopping leaves, by earlier runs of the same question: those at a like pace count most.
    fixed_share: of an epoch's time, what networks that have ended no longer save; 1 gives the epochs themselves."""
    seen = [(float(settings["num_epochs"]), 0.15 if known else 1.0)]
    for run in known:
        ends = _ends(settings, run)
        seen.append((epochs_worth(ends, fixed_share), math.exp(-2 * _distance(settings, run.settings))))
    low, likely, high = (_weighted_quantile(seen, level) for level in (0.1, 0.5, 0.9))
    return Range(low=low, likely=likely, high=high)


def epochs_worth(ends: Sequence[float], fixed_share: float) -> float:
    """Epochs of all networks that cost as much as these, which end one after the other and then leave the stack."""
    mean = sum(ends) / len(ends)
    return mean + fixed_share * (max(ends) - mean)


def _ends(settings: Mapping[str, Any], run: Known) -> list[float]:
    """When the networks of an earlier run would end under these settings. One whose patience would not have ended it
    within that run might have gone on: its best epoch moves with the number of epochs."""
    most, patience, given = int(settings["num_epochs"]), int(settings["patience"]), int(run.settings["num_epochs"])
    longer = max(1.0, most / given)
    moved = [best * longer if best + patience > given else float(best) for best in run.best_epochs]
    return [min(float(most), max(1.0, best + patience)) for best in moved]


def _distance(settings: Mapping[str, Any], other: Mapping[str, Any]) -> float:
    """How differently two trainings go forward; what only makes an epoch longer is left out."""

    def ratio(name: str, least: float) -> float:
        return abs(math.log2(max(float(settings[name]), least) / max(float(other[name]), least)))

    apart = ratio("learning_rate", 1e-6) + 0.5 * ratio("batch_size", 1.0) + 4 * _gap(settings, other, "dropout")
    return apart + sum(settings.get(name) != other.get(name) for name in _OTHER_PACE)


def _gap(settings: Mapping[str, Any], other: Mapping[str, Any], name: str) -> float:
    """A network without the setting is as one where it is zero."""
    return abs(float(settings.get(name, 0.0)) - float(other.get(name, 0.0)))


def _weighted_quantile(seen: Sequence[tuple[float, float]], level: float) -> float:
    total, sofar = sum(w for _, w in seen), 0.0
    for value, weight in sorted(seen):
        sofar += weight
        if sofar >= level * total:
            return value
    return max(value for value, _ in seen)
