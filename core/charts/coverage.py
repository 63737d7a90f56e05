"""Do quantile forecasts mean what they say? The share of rows below each level, and within each central interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.charts.calibration import Bins, diagonal, share_points, wilson
from core.charts.drawn import Drawn
from core.charts.look import Chart, Look
from core.formatting.text import _


@dataclass(frozen=True, kw_only=True, slots=True)
class Interval:
    """A central interval: what it promises, the share of rows in it with its 95% interval, and its mean width."""

    low_level: float
    high_level: float
    covered: float
    low: float
    high: float
    width: float

    @property
    def nominal(self) -> float:
        return self.high_level - self.low_level


def below(target: np.ndarray, prediction: np.ndarray) -> Bins:
    """Per level (O,): the share of rows at or below the forecast. target (N,), prediction (N, O)."""
    hits = (target[:, None] <= prediction).sum(0).astype(float)
    count = np.full(prediction.shape[1], float(len(target)))
    low, high = wilson(hits, count)
    return Bins(predicted=prediction.mean(0), observed=hits / count, low=low, high=high, count=count)


def central_intervals(target: np.ndarray, prediction: np.ndarray, levels: Sequence[float]) -> list[Interval]:
    """The intervals between the lowest and the highest level, the next ones, and so on; the widest first."""
    found = []
    for i in range(len(levels) // 2):
        under, over = prediction[:, i], prediction[:, -1 - i]
        hits = np.array([((under <= target) & (target <= over)).sum()], dtype=float)
        low, high = wilson(hits, np.array([float(len(target))]))
        found.append(
            Interval(
                low_level=levels[i],
                high_level=levels[-1 - i],
                covered=float(hits[0] / len(target)),
                low=float(low[0]),
                high=float(high[0]),
                width=float((over - under).mean()),
            )
        )
    return found


def coverage(target: np.ndarray, predictions: Mapping[str, np.ndarray], levels: Sequence[float], look: Look) -> Drawn:
    """The share of rows below each level against the level; the first prediction is the network's."""
    chart = Chart(look, height=320, title=_("Coverage: do the levels mean what they say?"))
    diagonal(chart, [0, 1], look)
    nominal = np.asarray(levels)
    for name in reversed(list(predictions)):  # the network lies on top
        first = name == next(iter(predictions))
        share_points(chart, nominal, below(target, predictions[name]), name, look.accent if first else look.muted)
    chart.x(title=_("level of the forecast"), tickformat=".0%", range=[-0.02, 1.02])
    chart.y(title=_("happened at or below it"), tickformat=".0%", range=[-0.02, 1.02])
    return chart.figure()
