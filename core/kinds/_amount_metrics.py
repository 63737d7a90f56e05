"""Metrics of forecasts of an amount, with row weights, for bootstraps: each gives (R,)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.contracts import HeldOutRows, Metric, Task
from core.kinds._weighted import average, ones

if TYPE_CHECKING:
    import numpy as np


def pinball_loss(rows: HeldOutRows, prediction: np.ndarray, task: Task) -> np.ndarray:
    """Mean pinball loss over the task's quantile levels (Koenker and Bassett, 1978)."""
    import numpy as np

    level = np.asarray(task.levels)
    error = rows.target[:, :1] - prediction
    return average(np.maximum(level * error, (level - 1) * error).mean(1), ones(rows))


def mean_absolute_error(rows: HeldOutRows, prediction: np.ndarray, task: Task) -> np.ndarray:
    """Mean distance between the target and the middle output (the median, for quantiles)."""
    import numpy as np

    middle = prediction[:, prediction.shape[1] // 2]
    return average(np.abs(rows.target[:, 0] - middle), ones(rows))


def wape(rows: HeldOutRows, prediction: np.ndarray, task: Task) -> np.ndarray:
    """Sum of distances between the target and the middle output, over the sum of what there was."""
    import numpy as np

    w, middle = ones(rows), prediction[:, prediction.shape[1] // 2]
    there = w @ np.abs(rows.target[:, 0])
    return np.divide(w @ np.abs(rows.target[:, 0] - middle), there, out=np.full(len(there), np.nan), where=there > 0)


def mase(rows: HeldOutRows, prediction: np.ndarray, task: Task) -> np.ndarray:
    """Mean absolute error of the middle output in units of the series' own past seasonal change (Hyndman and Koehler,
    2006). target: value, scale; scale is the mean absolute seasonal difference before the forecast. NaN where one is
    0."""
    import numpy as np

    middle = prediction[:, prediction.shape[1] // 2]
    error, scale = np.abs(rows.target[:, 0] - middle), rows.target[:, 1]
    return average(np.divide(error, scale, out=np.full(len(error), np.nan), where=scale > 0), ones(rows))


PINBALL_LOSS = Metric(
    name="pinball_loss",
    label="Pinball loss",
    short="pinball",
    higher_is_better=False,
    compute=pinball_loss,
    unit="{target}",
    help="Mean cost of quantile forecasts: too low and too high are priced by the level.",
)

MEAN_ABSOLUTE_ERROR = Metric(
    name="mean_absolute_error",
    label="Mean absolute error",
    short="MAE",
    higher_is_better=False,
    compute=mean_absolute_error,
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
    reads_middle=True,
    undefined="It divides by all that there was, and in these rows, or in one of the test sets, that is 0.",
    help="All misses of the middle forecast together, as a share of all that was sold: 0.2 means that a fifth "
    "of the volume was forecast wrongly.",
)

MASE = Metric(
    name="mase",
    label="Mean absolute scaled error",
    short="MASE",
    higher_is_better=False,
    compute=mase,
    reads_middle=True,
    undefined="It divides by how much a series used to change, and one of these never did.",
    help="Mean miss of the middle forecast, in units of how much the series used to change from one year to "
    "the next. Below 1 is better than what last year's value did in the past, one year ahead.",
)
