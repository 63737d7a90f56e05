"""The seasonal naive forecast: as much as one season ago, or the mean of several. Reads the series alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from core.contracts import Column, Examples, Series, Task
from core.evaluation.baselines._by_form import FitsForms
from core.evaluation.baselines._series import fan, series_of
from core.kinds.forms import Form, Quantiles


@dataclass(frozen=True, kw_only=True, slots=True)
class SeasonalNaive(FitsForms):
    """What sold on the same weekday last week; tuned: the mean or the median of more weeks."""

    name: str = "seasonal_naive"
    title: str = "Seasonal naive"
    forms: ClassVar[tuple[type[Form], ...]] = (Quantiles,)
    candidates: tuple[Mapping[str, Any], ...] = (
        {"seasons": 1, "of": "mean"},
        *({"seasons": s, "of": of} for s in (3, 4, 6, 8) for of in ("mean", "median")),
    )

    def fit_predict(
        self,
        task: Task,
        columns: Sequence[Column],
        examples: Examples,
        train: np.ndarray,
        rows: Sequence[np.ndarray],
        candidate: Mapping[str, Any],
        seed: int,
    ) -> list[np.ndarray]:
        """Quantiles (N, levels) around the seasonal naive forecast; raises UserError for examples without series."""
        series = series_of(examples, self.title)
        known = train, _forecast(series, train, candidate)
        return [fan(task, examples, known, r, _forecast(series, r, candidate)) for r in rows]


def _forecast(series: Series, rows: np.ndarray, candidate: Mapping[str, Any]) -> np.ndarray:
    """The mean or median (n,) of the last seasons' values at the target's place; the last value where there is none."""
    target = series.origin[rows] + series.horizon[rows]
    newest = target - series.period * -(-series.horizon[rows] // series.period)
    place = newest[:, None] - series.period * np.arange(candidate["seasons"])
    past = np.where(place >= 0, series.values[series.which[rows][:, None], np.maximum(place, 0)], np.nan)
    nothing = np.isnan(past).all(axis=1)
    past[nothing, 0] = series.values[series.which[rows], series.origin[rows]][nothing]
    return np.nan_to_num(np.nanmedian(past, axis=1) if candidate["of"] == "median" else np.nanmean(past, axis=1))


BASELINE = SeasonalNaive()
