"""Multi-class: one of several classes, of each of which a chance is predicted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.checks.column_check import must_be
from core.contracts import Task
from core.errors import UserError
from core.formatting.messages import message
from core.kinds import Alone, ColumnCodes, Part, TaskKind
from core.kinds._class_metrics import ACCURACY, LOG_LOSS
from core.kinds._classes_alone import class_auc
from core.kinds._spread import RIGHT
from core.kinds._written import CHANCE
from core.kinds.forms import Chances, chance_of_each

if TYPE_CHECKING:
    import numpy as np


def _check_task(task: Task) -> None:
    if len(task.outputs) < 2:
        raise UserError(
            "Classes are told apart, so that there are two or more outputs; here is {count}. Name every class.",
            count=len(task.outputs),
        )


def _check_labels(task: Task, labels: Mapping[str, np.ndarray]) -> None:
    first, last = task.target_columns[0], len(task.outputs) - 1

    def fits(x: np.ndarray) -> np.ndarray:
        return (x >= 0) & (x <= last) & (x == x.round())

    rule = message("A class is its number in the task's outputs, 0 to {last}", last=last)
    what, advice = message("the target {name!r}", name=first), message("Number the classes in that order.")
    must_be(what, labels[first], fits, rule, advice)


def _check_part(task: Task, part: Part) -> None:
    if part.trains and len(classes := part.found(task.target_columns[0])) < 2:
        only = task.outputs[int(classes[0])]
        raise UserError(
            "At least two classes are learned from; {where} hold {only!r} alone. {advice}",
            where=part.where,
            only=only,
            advice=part.advice,
        )


def _constant(task: Task, target: np.ndarray) -> np.ndarray:
    """The share of each class."""
    import numpy as np

    return np.bincount(target[:, 0].astype(int), minlength=len(task.outputs)) / len(target)


def _happened(task: Task, target: Mapping[str, float]) -> str:
    return task.outputs[int(target[task.target_columns[0]])]


def _alone(task: Task, column: ColumnCodes) -> float:
    return class_auc(task, column, leave_out_first=False)


def _shown(task: Task, mean: list[float]) -> int:
    """The most probable class."""
    return max(range(len(mean)), key=mean.__getitem__)


KIND = TaskKind(
    name="multiclass",
    title="One of several classes",
    metrics=(ACCURACY, LOG_LOSS),
    loss="cross_entropy",
    check_task=_check_task,
    check_labels=_check_labels,
    check_part=_check_part,
    constant=_constant,
    happened=_happened,
    mean_tells=False,
    written=CHANCE,
    form=Chances(prediction=chance_of_each),
    alone=Alone(score=_alone, most_rows=10_000),
    shown=_shown,
    results="multiclass",
    picture="squares",
    money="confidence",
    spread=RIGHT,
)
