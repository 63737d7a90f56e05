"""Binary: yes or no, of which a chance is predicted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.checks.column_check import must_be
from core.contracts import Task
from core.errors import UserError
from core.formatting.messages import message
from core.formatting.numbers import exact
from core.kinds import Alone, ColumnCodes, Part, TaskKind
from core.kinds._class_metrics import ACCURACY, AVERAGE_PRECISION, BRIER, LOG_LOSS, ROC_AUC
from core.kinds._classes_alone import class_auc
from core.kinds._labels import is_0_or_1
from core.kinds._spread import BY_OUTCOME
from core.kinds._written import CHANCE
from core.kinds.forms import Chances, chance_of_second

if TYPE_CHECKING:
    import numpy as np


def _check_labels(task: Task, labels: Mapping[str, np.ndarray]) -> None:
    first = task.target_columns[0]
    advice = message(
        "Write 1 for {positive} and 0 for {negative}; a share or a count is another kind of task.",
        positive=message(task.positive),
        negative=message(task.negative),
    )
    what, rule = message("the target {name!r}", name=first), message("An answer of two classes is 0 or 1")
    must_be(what, labels[first], is_0_or_1, rule, advice)


def _check_part(task: Task, part: Part) -> None:
    first = task.target_columns[0]
    classes = part.found(first)
    if len(classes) < 2:
        lacks = {0.0: task.positive, 1.0: task.negative}[float(classes[0])]
        raise UserError(
            "Both classes are in each part; {where} hold no {lacks!r}: {column!r} is {value} in all of them. {advice}",
            where=part.where,
            lacks=lacks,
            column=first,
            value=exact(classes[0]),
            advice=part.advice,
        )


def _constant(task: Task, target: np.ndarray) -> np.ndarray:
    """The share of the positives."""
    share: np.ndarray = target[:, :1].mean(axis=0)
    return share


def _happened(task: Task, target: Mapping[str, float]) -> str:
    return task.positive if target[task.target_columns[0]] > 0 else task.negative


def _alone(task: Task, column: ColumnCodes) -> float:
    return class_auc(task, column, leave_out_first=True)


KIND = TaskKind(
    name="binary",
    title="Yes or no",
    metrics=(ROC_AUC, AVERAGE_PRECISION, LOG_LOSS, ACCURACY, BRIER),
    loss="binary_cross_entropy",
    check_labels=_check_labels,
    check_part=_check_part,
    constant=_constant,
    happened=_happened,
    written=CHANCE,
    form=Chances(prediction=chance_of_second),
    alone=Alone(score=_alone, most_rows=10_000),
    results="binary",
    picture="heaps",
    money="threshold",
    spread=BY_OUTCOME,
)
