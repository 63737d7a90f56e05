"""The bootstrap of metrics under many draws at once: of one prediction, of members, and of the members' average."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from core.contracts import HeldOutRows, Metric, Task
from core.evaluation.drawn_sums import drawn_sums, weight_of_rows
from core.evaluation.intervals import Resamples, TestSet
from core.kinds import _ranked

_AT_ONCE = 400_000  # numbers: what is counted with stays near the processor


@dataclass(frozen=True, slots=True)
class _Part:
    """A slice that is scored apart: its rows, their places in the test set, their units, and how often each unit was
    drawn, (R, U) and (U, R)."""

    rows: HeldOutRows
    places: np.ndarray
    unit: np.ndarray
    by_draw: np.ndarray
    by_unit: np.ndarray

    def slices(self, numbers: int) -> list[slice]:
        """Draws that are counted together, where each takes so many numbers."""
        at_once = int(np.clip(_AT_ONCE // max(1, numbers), 16, max(16, len(self.by_draw))))
        return [slice(first, first + at_once) for first in range(0, len(self.by_draw), at_once)]


@dataclass(frozen=True, kw_only=True, slots=True)
class Bootstrap:
    """One test set under the draws. Rankings are kept for the metrics that are asked after one another."""

    task: Task
    test: TestSet
    draws: Resamples
    _parts: list[_Part] = field(default_factory=list, repr=False, compare=False)

    def of_each(self, metrics: Sequence[Metric], predictions: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Each metric (K, R) of K predictions (N, O), each the same in all draws."""
        found = [self._of_part(part, metrics, [p[part.places] for p in predictions]) for part in self.parts()]
        return [_averaged(scores) for scores in zip(*found, strict=True)]

    def of_members(self, metrics: Sequence[Metric], prediction_MNO: np.ndarray) -> list[np.ndarray]:
        """Each metric (R,): the mean of the members' scores."""
        return [self.mean(each) for each in self.of_each(metrics, list(prediction_MNO))]

    def mean(self, each_MR: np.ndarray) -> np.ndarray:
        """The mean of the members' scores, as they were drawn, (R,)."""
        mean: np.ndarray = (each_MR * self.draws.members.T).sum(0)
        return mean

    def of_ensemble(self, metrics: Sequence[Metric], prediction_MNO: np.ndarray) -> list[np.ndarray]:
        """Each metric (R,) of the members' averaged prediction: rows and members are drawn anew."""
        found = [self._of_average(part, metrics, prediction_MNO[:, part.places]) for part in self.parts()]
        return [_averaged(scores) for scores in zip(*found, strict=True)]

    def parts(self) -> list[_Part]:
        if not self._parts:
            whole = len(self.test.parts) == 1
            for places in self.test.parts:
                unit = self.draws.unit[places]
                numbered, own = (np.arange(self.draws.units.shape[1]), unit) if whole else _numbered(unit)
                by_draw = self.draws.units if whole else self.draws.units[:, numbered]
                by_unit = by_draw.T.astype(np.float32 if _are_counts(by_draw) else np.float64, order="C")
                rows = self.test.rows if whole else self.test.rows.at(places)
                self._parts.append(_Part(rows, places, own, by_draw, by_unit))
        return self._parts

    def _of_part(self, part: _Part, metrics: Sequence[Metric], predictions: list[np.ndarray]) -> list[np.ndarray]:
        found: dict[str, np.ndarray] = {}
        if ranked := [m for m in metrics if m.of_ranks]:
            each = [self._of_ranks(part, ranked, p) for p in predictions]
            found |= {m.name: np.stack(scores) for m, scores in zip(ranked, zip(*each, strict=True), strict=True)}
        if summed := [m for m in metrics if m.each and not m.of_ranks]:
            rows = [_by_unit(part, m.each(part.rows, p, self.task)) for m in summed for p in predictions]  # type: ignore[misc]
            totals = (np.stack(rows) @ part.by_draw.T).reshape(len(summed), len(predictions), -1)
            found |= {m.name: _over(total, self._per(part, m)) for m, total in zip(summed, totals, strict=True)}
        for m in metrics:
            if m.name not in found:
                drawn = part.rows.weighted(weight_of_rows(part.by_draw, part.unit))
                found[m.name] = np.stack([m.compute(drawn, p, self.task) for p in predictions])
        return [found[m.name] for m in metrics]

    def _of_ranks(self, part: _Part, metrics: Sequence[Metric], prediction_NO: np.ndarray) -> list[np.ndarray]:
        positive = part.rows.target[:, 0] > 0
        order, found = _ranked.ordered(positive, prediction_NO[:, -1]), []
        for draws in part.slices(int(positive.sum())):
            ranks = _ranked.of_order(order, part.unit, part.by_unit[:, draws])
            found.append([m.of_ranks(ranks) for m in metrics if m.of_ranks])
        return [np.concatenate(scores) for scores in zip(*found, strict=True)]

    def _per(self, part: _Part, metric: Metric) -> np.ndarray:
        """What the sum over rows is divided by, (R,)."""
        each = np.ones(len(part.unit)) if metric.per is None else metric.per(part.rows, self.task)
        found: np.ndarray = part.by_draw @ _by_unit(part, each)
        return found

    def _of_average(self, part: _Part, metrics: Sequence[Metric], prediction_MNO: np.ndarray) -> list[np.ndarray]:
        shares, num_rows, outputs = self.draws.members, *prediction_MNO.shape[1:]
        flat = prediction_MNO.reshape(len(prediction_MNO), -1)
        found: dict[str, list[np.ndarray]] = {m.name: [] for m in metrics}
        ranked, summed = [m for m in metrics if m.of_ranks], [m for m in metrics if m.each and not m.of_ranks]
        others = [m for m in metrics if not m.of_ranks and not m.each]
        per = {m.name: self._per(part, m) for m in summed}
        for draws in part.slices(num_rows * outputs):
            own = shares[draws]
            cuts = np.flatnonzero(np.r_[True, np.any(own[1:] != own[:-1], axis=1)])  # draws of the same members
            which = np.repeat(np.arange(len(cuts)), np.diff(np.r_[cuts, len(own)]))
            average = (own[cuts] @ flat).reshape(len(cuts), num_rows, outputs)
            if ranked:
                positive, by_unit = part.rows.target[:, 0] > 0, part.by_unit[:, draws]
                ranks = _ranked.of_scores(positive, average[:, :, -1], which, part.unit, by_unit)
                for m in ranked:
                    found[m.name].append(m.of_ranks(ranks))  # type: ignore[misc]
            sayings = [m.each(part.rows, average, self.task) for m in summed]  # type: ignore[misc]
            totals = drawn_sums(part.by_draw[draws], part.unit, sayings, which)
            for m, total in zip(summed, totals, strict=True):
                found[m.name].append(_over(total, per[m.name][draws]))
            weight = weight_of_rows(part.by_draw[draws], part.unit) if others else np.zeros(0)
            for m in others:
                ends = [*cuts[1:].tolist(), len(own)]
                for p, first, last in zip(average, cuts.tolist(), ends, strict=True):
                    found[m.name].append(m.compute(part.rows.weighted(weight[first:last]), p, self.task))
        return [np.concatenate(found[m.name]) for m in metrics]


def _numbered(unit: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    units, own = np.unique(unit, return_inverse=True)
    return units, own


def _are_counts(weight: np.ndarray) -> bool:
    """Whether sums of them are exact in 32 bits too."""
    return bool((weight == np.rint(weight)).all() and weight.sum(1).max(initial=0) < 2**18)


def _by_unit(part: _Part, each: np.ndarray) -> np.ndarray:
    """The sum over the rows of each unit, (U,)."""
    return np.bincount(part.unit, each, part.by_draw.shape[1])


def _over(total: np.ndarray, per: np.ndarray) -> np.ndarray:
    return np.divide(total, per, out=np.full(total.shape, np.nan), where=np.broadcast_to(per > 0, total.shape))


def _averaged(scores: Sequence[np.ndarray]) -> np.ndarray:
    """Over parts; a draw may leave parts without a score."""
    if len(scores) == 1:
        return scores[0]
    found = np.stack(list(scores))
    has = ~np.isnan(found)
    total, count = np.where(has, found, 0.0).sum(axis=0), has.sum(axis=0)
    return np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)
