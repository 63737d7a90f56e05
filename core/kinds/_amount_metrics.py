"""Metrics of forecasts of an amount, with row weights, for bootstraps: each gives (R,)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.contracts import HeldOutRows, Metric, Task
from core.kinds._weighted import average, ones

if TYPE_CHECKING:
    import numpy as np


def pinball_loss(rows: HeldOutRows, prediction: np.ndarray, task: Task) -> np.ndarray:
    """Mean pinball loss over the task's quantile levels (Koenker and Bassett, 1978)."""
    return average(_pinball_losses(rows, prediction, task), ones(rows))


def _pinball_losses(rows: HeldOutRows, prediction: np.ndarray, task: Task) -> np.ndarray:
    """Of each row; predictions (..., N, O) -> (..., N): level times error, less the error where it is below zero."""
    import numpy as np

    error = rows.target[:, :1] - prediction
    by_level = error @ np.asarray(task.levels, dtype=np.float64)
    np.minimum(error, 0.0, out=error)
    lost: np.ndarray = (by_level - error @ np.ones(error.shape[-1])) / error.shape[-1]
    return lost


def mean_absolute_error(rows: HeldOutRows, prediction: np.ndarray, task: Task) -> np.ndarray:
    """Mean distance between the target and the middle output (the median, for quantiles)."""
    return average(_absolute_errors(rows, prediction, task), ones(rows))


def _absolute_errors(rows: HeldOutRows, prediction: np.ndarray, task: Task) -> np.ndarray:
    import numpy as np

    return np.abs(rows.target[:, 0] - prediction[..., prediction.shape[-1] // 2])


def root_mean_squared_error(rows: HeldOutRows, prediction: np.ndarray, task: Task) -> np.ndarray:
    """The root of the mean squared distance between the target and the middle output (the median, for quantiles)."""
    import numpy as np

    return np.sqrt(average(_absolute_errors(rows, prediction, task) ** 2, ones(rows)))


def wape(rows: HeldOutRows, prediction: np.ndarray, task: Task) -> np.ndarray:
    """Sum of distances between the target and the middle output, over the sum of what there was."""
    import numpy as np

    w = ones(rows)
    there = w @ _sizes(rows, task)
    missed = w @ _absolute_errors(rows, prediction, task)
    return np.divide(missed, there, out=np.full(len(there), np.nan), where=there > 0)


def _sizes(rows: HeldOutRows, task: Task) -> np.ndarray:
    import numpy as np

    return np.abs(rows.target[:, 0])


def mase(rows: HeldOutRows, prediction: np.ndarray, task: Task) -> np.ndarray:
    """Mean absolute error of the middle output in units of the series' own past seasonal change (Hyndman and Koehler,
    2006). target: value, scale; scale is the mean absolute seasonal difference before the forecast. NaN where one is
    0."""
    return average(_scaled_errors(rows, prediction, task), ones(rows))


def _scaled_errors(rows: HeldOutRows, prediction: np.ndarray, task: Task) -> np.ndarray:
    import numpy as np

    error, scale = _absolute_errors(rows, prediction, task), rows.target[:, 1]
    return np.divide(error, scale, out=np.full(error.shape, np.nan), where=scale > 0)


PINBALL_LOSS = Metric(
    name="pinball_loss",
    label="Pinball loss",
    short="pinball",
    higher_is_better=False,
    compute=pinball_loss,
    each=_pinball_losses,
    unit="{target}",
    help="Mean cost of quantile forecasts: too low and too high are priced by the level.",
)

MEAN_ABSOLUTE_ERROR = Metric(
    name="mean_absolute_error",
    label="Mean absolute error",
    short="MAE",
    higher_is_better=False,
    compute=mean_absolute_error,
    each=_absolute_errors,
    reads_middle=True,
    unit="{target}",
    help="Mean distance between the middle forecast and what happened.",
)

WAPE = Metric(
    name="wape",
    label="Weighted absolute percentage error",
    short="WAPE",
    higher_is_better=False,
    compute=wape,
    each=_absolute_errors,
    per=_sizes,
    reads_middle=True,
    unit="share",
    undefined="It divides by all that there was, and in these rows, or in one of the test sets, that is 0.",
    help="All misses of the middle forecast together, in percent of all that was sold: 20% means that a fifth "
    "of the volume was forecast wrongly.",
)

MASE = Metric(
    name="mase",
    label="Mean absolute scaled error",
    short="MASE",
    higher_is_better=False,
    compute=mase,
    each=_scaled_errors,
    reads_middle=True,
    undefined="It divides by how much a series used to change, and one of these never did.",
    help="Mean miss of the middle forecast, in units of how much the series used to change from one year to "
    "the next. Below 1 is better than what last year's value did in the past, one year ahead.",
)

ROOT_MEAN_SQUARED_ERROR = Metric(
    name="root_mean_squared_error",
    label="Root mean squared error",
    short="RMSE",
    higher_is_better=False,
    compute=root_mean_squared_error,
    reads_middle=True,
    unit="{target}",
    help="The usual miss of the middle forecast, large misses counted more: the root of the mean squared distance to "
    "what happened.",
)
