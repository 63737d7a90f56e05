"""Quantile: an amount, of which quantiles are forecast. Regression and forecasts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.contracts import HeldOutRows, Task
from core.errors import UserError
from core.formatting import units
from core.kinds import Alone, ColumnCodes, TaskKind
from core.kinds._amount_metrics import MASE, MEAN_ABSOLUTE_ERROR, PINBALL_LOSS, ROOT_MEAN_SQUARED_ERROR, WAPE
from core.kinds._spread import ERRORS
from core.kinds.forms import Quantiles
from core.kinds.survival import concordance

if TYPE_CHECKING:
    import numpy as np


def _check_task(task: Task) -> None:
    if not task.levels:
        raise UserError("A quantile task needs a level per output; it has none. Give `levels` in the order of outputs.")


def _constant(task: Task, target: np.ndarray) -> np.ndarray:
    """The quantiles of all that was seen."""
    import numpy as np

    return np.quantile(target[:, 0], task.levels)


def _happened(task: Task, target: Mapping[str, float]) -> str:
    return units.amount(target[task.target_columns[0]], task.unit)


def _alone(task: Task, column: ColumnCodes) -> float:
    """The share of pairs in the right order: the larger one has "the event" first."""
    import numpy as np

    ranks = np.argsort(np.argsort(column.train_target[:, 0])).astype(np.float64)
    first = np.stack([-column.target[:, 0], np.ones(len(column.target))], axis=1)
    return float(concordance(HeldOutRows(target=first), column.mean(ranks)[column.codes][:, None], task)[0])


KIND = TaskKind(
    name="quantile",
    title="Quantiles of an amount",
    metrics=(PINBALL_LOSS, MEAN_ABSOLUTE_ERROR, ROOT_MEAN_SQUARED_ERROR, WAPE, MASE),
    loss="pinball",
    check_task=_check_task,
    constant=_constant,
    happened=_happened,
    form=Quantiles(),
    alone=Alone(score=_alone, most_rows=400),  # pairs are counted one by one
    results="quantile",
    picture="band",
    money="level",
    spread=ERRORS,
)
