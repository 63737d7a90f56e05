"""Bootstrap over test units x members, paired between methods."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from core.contracts import HeldOutRows, Metric, Task
from core.contracts.report import Verdict
from core.settings.counts import draw_count

_CONFIDENCE = 0.95
_LEAST_DEFINED = 0.5  # of the draws: an interval of a few says nothing of all


@dataclass(frozen=True, kw_only=True, slots=True)
class TestSet:
    """The held-out rows of a plan, concatenated: the rows (N), unit index (N,), and slices that are scored apart; one
    that holds all rows holds them in order."""

    __test__ = False  # not a test class for pytest

    rows: HeldOutRows
    unit: np.ndarray
    parts: tuple[np.ndarray, ...]
    _apart: list[HeldOutRows] = field(default_factory=list, repr=False, compare=False)

    def score(
        self, metric: Metric, task: Task, prediction_NO: np.ndarray, weights: Sequence[np.ndarray] | None = None
    ) -> np.ndarray:
        """The metric (R,), averaged over the parts; weights (R, n) of each part's rows, all equal if none are given.
        NaN where a part has none: a draw may leave such parts out, the score itself may not."""
        if len(self.parts) == 1 and len(self.parts[0]) == len(self.rows):  # all rows: no copy
            return metric.compute(self.rows.weighted(None if weights is None else weights[0]), prediction_NO, task)
        if not self._apart:
            self._apart[:] = [self.rows.at(part) for part in self.parts]
        scores = [
            metric.compute(rows.weighted(None if weights is None else weights[place]), prediction_NO[part], task)
            for place, (rows, part) in enumerate(zip(self._apart, self.parts, strict=True))
        ]
        found = np.stack(scores)
        if weights is None:
            return found.mean(axis=0)
        has = ~np.isnan(found)
        total, count = np.where(has, found, 0.0).sum(axis=0), has.sum(axis=0)
        return np.divide(total, count, out=np.full(len(total), np.nan), where=count > 0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Resamples:
    """R draws with replacement: how often each unit (R, U) and each member (R, M, as shares) was drawn; `unit` (N,) of
    each row."""

    units: np.ndarray
    unit: np.ndarray
    members: np.ndarray

    @classmethod
    def of_rows(cls, rows: np.ndarray, members: np.ndarray) -> Resamples:
        """Draws (R, N) of single rows."""
        return cls(units=np.asarray(rows, dtype=np.float64), unit=np.arange(rows.shape[1]), members=members)

    @property
    def rows(self) -> np.ndarray:
        """How often each row was drawn, (R, N)."""
        return self.units[:, self.unit]

    def of(self, test: TestSet) -> list[np.ndarray]:
        """The draws of each part's rows, (R, n), for `TestSet.score`."""
        return [self.units[:, self.unit[part]] for part in test.parts]


def draw(test: TestSet, num_members: int, *, seed: int) -> Resamples:
    """Draw units (all rows of a unit together) and members; fewer draws for larger test sets. Draws of the same members
    lie together."""
    count = draw_count(len(test.unit))
    rng = np.random.default_rng(seed)
    units, index = np.unique(test.unit, return_inverse=True)
    drawn = rng.multinomial(len(units), np.full(len(units), 1 / len(units)), size=count)
    members = rng.multinomial(num_members, np.full(num_members, 1 / num_members), size=count)
    members = members[np.lexsort(members.T[::-1])]
    return Resamples(units=drawn.astype(np.float64), unit=index, members=members / num_members)


def interval(values: Sequence[float] | np.ndarray) -> tuple[float, float]:
    """The central 95% of the bootstrap values that are defined; NaN where fewer than half of them are."""
    drawn = np.asarray(values, dtype=np.float64)
    defined = drawn[np.isfinite(drawn)]
    if len(defined) < _LEAST_DEFINED * len(drawn) or not len(defined):
        return math.nan, math.nan
    tail = (1 - _CONFIDENCE) / 2
    low, high = np.quantile(defined, [tail, 1 - tail])
    return float(low), float(high)


def verdict(low: float | None, high: float | None, higher_is_better: bool) -> Verdict:
    """'win', 'tie' or 'loss' of a paired difference (ours minus theirs): a tie unless the interval excludes 0;
    'undefined' where there is no interval."""
    if low is None or high is None or math.isnan(low) or math.isnan(high):
        return "undefined"
    if not (low > 0 or high < 0):
        return "tie"
    return "win" if (low > 0) == higher_is_better else "loss"
