"""What forecasters of series share: histories up to an origin, and quantiles from how wrong they were in training."""

from __future__ import annotations

import numpy as np

from core.contracts import Examples, Series, Task
from core.errors import UserError
from core.kinds import form_of
from core.kinds.forms import Quantiles


def series_of(examples: Examples, title: str) -> Series:
    """The histories behind the examples; raises UserError where there are none."""
    if examples.series is None:
        raise UserError(
            "{title} needs the history of each series, and these examples have none. Give "
            "`Examples.series`, or take another baseline.",
            title=title,
        )
    return examples.series


def seasonal_change(series: Series, rows: np.ndarray) -> np.ndarray:
    """Mean absolute change from season to season up to each row's origin, (n,): what its errors are measured in."""
    values, period = series.values, series.period
    change = np.full_like(values, np.nan)
    change[:, period:] = np.abs(values[:, period:] - values[:, :-period])
    known = np.isfinite(change)
    total, count = np.cumsum(np.where(known, change, 0.0), axis=1), np.cumsum(known, axis=1)
    at = series.which[rows], series.origin[rows]
    mean = total[at] / np.maximum(count[at], 1)
    size = np.cumsum(np.nan_to_num(np.abs(values)), axis=1)[at] / (series.origin[rows] + 1)
    return np.maximum(mean, 1e-3 * size + 1e-12)


def fan(
    task: Task,
    examples: Examples,
    train: tuple[np.ndarray, np.ndarray],
    rows: np.ndarray,
    point: np.ndarray,
) -> np.ndarray:
    """Quantiles (n, levels) around point forecasts (n,): the errors of training rows, in seasonal changes, by how far
    ahead. train: rows (m,) and their point forecasts (m,). The middle is the point itself; nothing falls below 0 where
    no training target did."""
    assert examples.series is not None
    series, (known, said) = examples.series, train
    target = examples.target.to_numpy(dtype=np.float64)[known, 0]
    error = (target - said) / seasonal_change(series, known)
    levels, ahead = np.asarray(form_of(task, Quantiles).levels(task)), series.horizon
    size = seasonal_change(series, rows)
    out = np.empty((len(rows), len(levels)))
    for h in np.unique(ahead[rows]):
        same = error[ahead[known] == h]
        offset = np.quantile(same if len(same) else error, levels)
        offset -= np.interp(0.5, levels, offset)
        at = ahead[rows] == h
        out[at] = point[at, None] + size[at, None] * offset
    return np.maximum(out, 0.0) if target.min() >= 0 else out
