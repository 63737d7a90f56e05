"""Classical forecasts of each series by itself, by statsmodels: the Theta method, or Holt-Winters without a trend."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np

from core.contracts import Column, Examples, Series, Task
from core.evaluation.baselines._by_form import FitsForms
from core.evaluation.baselines._series import fan, series_of
from core.kinds.forms import Form, Quantiles

_PAIRS_FOR_SPREAD = 250  # origins whose forecasts say how wide the quantiles are; each costs a fit of some 15 ms


@dataclass(frozen=True, kw_only=True, slots=True)
class ExponentialSmoothing(FitsForms):
    """Theta won the M3 competition (Assimakopoulos and Nikolopoulos, 2000). Fitted anew at every origin, on what the
    series had shown by then; series do not learn from one another."""

    name: str = "exponential_smoothing"
    title: str = "Theta and exponential smoothing"
    forms: ClassVar[tuple[type[Form], ...]] = (Quantiles,)
    candidates: tuple[Mapping[str, Any], ...] = ({"method": "theta"}, {"method": "holt_winters"})

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
        """Quantiles (N, levels) around the classical forecast; raises UserError for examples without series."""
        series = series_of(examples, self.title)
        some = _some_origins(series, train, np.random.default_rng(seed))
        known = some, _forecast(series, some, candidate["method"])
        return [fan(task, examples, known, r, _forecast(series, r, candidate["method"])) for r in rows]


def _some_origins(series: Series, train: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The training rows of a few series and origins."""
    pair, of = np.unique(np.stack([series.which[train], series.origin[train]]), axis=1, return_inverse=True)
    chosen = rng.permutation(pair.shape[1])[:_PAIRS_FOR_SPREAD]
    return train[np.isin(of, chosen)]


def _forecast(series: Series, rows: np.ndarray, method: str) -> np.ndarray:
    """Point forecasts (n,): one fit for each series and origin, read off at every horizon."""
    out = np.empty(len(rows))
    pair, of = np.unique(np.stack([series.which[rows], series.origin[rows]]), axis=1, return_inverse=True)
    order = np.argsort(of, kind="stable")
    for (which, origin), places in zip(pair.T, np.split(order, np.flatnonzero(np.diff(of[order])) + 1), strict=True):
        ahead = series.horizon[rows[places]]
        history = _filled(series.values[which, : origin + 1], series.period)
        out[places] = _one(tuple(history.tolist()), series.period, method, int(ahead.max()))[ahead - 1]
    return out


def _filled(values: np.ndarray, period: int) -> np.ndarray:
    """From the first known value on, with a gap filled by what was there a season before, or by the mean."""
    known = np.flatnonzero(~np.isnan(values))
    filled = values[known[0] :].copy()
    for t in np.flatnonzero(np.isnan(filled)):
        filled[t] = filled[t - period] if t >= period else np.nanmean(filled)
    return filled


@lru_cache(maxsize=20_000)  # the same history comes up in tuning, in validation and in the width of the quantiles
def _one(known: tuple[float, ...], period: int, method: str, steps: int) -> np.ndarray:
    """The forecast (steps,) of one history."""
    from statsmodels.tsa.forecasting.theta import ThetaModel
    from statsmodels.tsa.holtwinters import ExponentialSmoothing as HoltWinters

    history = np.array(known)
    if np.ptp(history) == 0 or len(history) < 5:
        return np.full(steps, history[-1])
    seasonal = len(history) >= 2 * period + 10
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a fit that stopped early is still a forecast, and is judged as one
        if method == "theta":
            fitted = ThetaModel(history, period=period, deseasonalize=seasonal).fit()
        elif seasonal:
            fitted = HoltWinters(
                history, seasonal="add", seasonal_periods=period, initialization_method="heuristic"
            ).fit()
        else:
            fitted = HoltWinters(history, initialization_method="estimated").fit()
        return np.asarray(fitted.forecast(steps), dtype=np.float64)


BASELINE = ExponentialSmoothing()
