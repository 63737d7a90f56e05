"""Survival: when something happens, of which it is not yet known for everybody. Target columns: time, event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.checks.column_check import must_be
from core.contracts import HeldOutRows, Metric, Task
from core.errors import UserError
from core.formatting.messages import message
from core.kinds import Alone, ColumnCodes, Part, TaskKind
from core.kinds._labels import is_0_or_1
from core.kinds._weighted import ones

if TYPE_CHECKING:
    import numpy as np


def concordance(rows: HeldOutRows, prediction: np.ndarray, task: Task) -> np.ndarray:
    """Harrell's C: share of comparable pairs in which the higher risk had the event first. target: time, event."""
    import numpy as np

    time, event, risk = rows.target[:, 0], rows.target[:, 1] > 0, prediction[:, 0]
    comparable = event[:, None] & ((time[:, None] < time) | ((time[:, None] == time) & ~event))
    agreement = comparable * ((risk[:, None] > risk) + 0.5 * (risk[:, None] == risk))
    w = ones(rows)
    won = ((w @ agreement) * w).sum(1)
    pairs = ((w @ comparable.astype(np.float64)) * w).sum(1)
    return np.divide(won, pairs, out=np.full(len(won), np.nan), where=pairs > 0)


CONCORDANCE = Metric(
    name="concordance",
    label="Concordance",
    short="C",
    higher_is_better=True,
    perfect=1.0,
    compute=concordance,
    undefined="It compares pairs of which it is known who had the event first, and these rows hold none.",
    help="Take two whose order is known: the chance that the one with the higher predicted risk had the event "
    "first. 0.5 is a coin.",
)


def _check_labels(task: Task, labels: Mapping[str, np.ndarray]) -> None:
    first, *others = task.target_columns
    rule = message("A time to an event is above 0")
    advice = message("Give the time from when the row was looked at.")
    must_be(message("the target {name!r}", name=first), labels[first], lambda x: x > 0, rule, advice)
    for event in others[:1]:
        rule, advice = message("An event is 1 where it was seen and 0 where not"), message("Recode it.")
        must_be(message("the target {name!r}", name=event), labels[event], is_0_or_1, rule, advice)


def _check_part(task: Task, part: Part) -> None:
    if len(task.target_columns) > 1 and 1.0 not in part.found(task.target_columns[1]):
        raise UserError(
            "Somebody has had the event in each part; {where} hold none: {column!r} is 0 in all of them. {advice}",
            where=part.where,
            column=task.target_columns[1],
            advice=part.advice,
        )


def _constant(task: Task, target: np.ndarray) -> np.ndarray:
    """The same risk for all."""
    import numpy as np

    return np.zeros(1)


def _alone(task: Task, column: ColumnCodes) -> float:
    """The column's concordance, by events in a unit of time or by short times, whichever tells more."""
    rates = column.mean(column.train_target[:, 1]) / column.mean(column.train_target[:, 0])
    rows = HeldOutRows(target=column.target)
    risks = rates, -column.mean(column.train_target[:, 0])
    return max(float(concordance(rows, risk[column.codes][:, None], task)[0]) for risk in risks)


KIND = TaskKind(
    name="survival",
    title="Time to an event",
    metrics=(CONCORDANCE,),
    loss="cox",
    check_labels=_check_labels,
    check_part=_check_part,
    constant=_constant,
    alone=Alone(score=_alone, most_rows=400),  # pairs are counted one by one
    results="survival",
    picture="curves",
)
