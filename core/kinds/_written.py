"""How predictions of a kind are written, and what stands beside them when a visitor asks: what if?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from core.contracts import Task
from core.formatting import numbers, units
from core.formatting.messages import capital, message


class WriteValue(Protocol):
    def __call__(self, task: Task, value: float, *, sign: bool = False) -> str: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """value: one prediction; change: a difference of two; between: a range of them. Of an output, by its number, label:
    over a prediction; axis: the label of a curve of them, in percent where is_share. is_chance: it
    is one of something that happens."""

    value: WriteValue
    change: Callable[[Task, float], str]
    between: Callable[[Task, float, float], str]
    label: Callable[[Task, int], str]
    axis: Callable[[Task, int], str]
    is_share: bool = False
    is_chance: bool = False


def _what(task: Task, output: int) -> str:
    """What an output is of: each level of a forecast is of the target."""
    return message(task.target if len(task.outputs) == 1 or task.levels else task.outputs[output])


def _chance_of(task: Task, output: int) -> str:
    if len(task.outputs) == 1:
        return message("predicted chance")
    return message("predicted chance: {target}", target=_what(task, output))


def _amount_title(task: Task, output: int) -> str:
    return capital(_what(task, output))


def _amount_axis(task: Task, output: int) -> str:
    """What is predicted, with the unit where its words do not name it."""
    what = _what(task, output)
    return numbers.labelled(what, "" if task.unit in what.split() else task.unit)


def _chance(task: Task, value: float, *, sign: bool = False) -> str:
    return numbers.percent(value, 1, sign=sign)


def _chance_between(task: Task, low: float, high: float) -> str:
    return numbers.between(low, high, lambda end, more: numbers.percent(end, 1 + more), joint=" – ")


def _amount(task: Task, value: float, *, sign: bool = False) -> str:
    return units.amount(value, task.unit, sign=sign)


CHANCE = Written(
    value=_chance,
    change=lambda task, change: numbers.points(change),
    between=_chance_between,
    label=lambda task, output: message("Predicted chance: {target}", target=_what(task, output)),
    axis=_chance_of,
    is_share=True,
    is_chance=True,
)
SHARE = replace(
    CHANCE,
    label=lambda task, output: message("Share of {asset}", asset=message(task.outputs[output])),
    axis=lambda task, output: message("share of {asset}", asset=message(task.outputs[output])),
    is_chance=False,
)
ANOMALY = replace(
    SHARE,
    label=lambda task, output: message("Anomaly score"),
    axis=lambda task, output: message("anomaly score"),
)
AMOUNT = Written(
    value=_amount,
    change=lambda task, change: _amount(task, change, sign=True),
    between=lambda task, low, high: units.amount_between(low, high, task.unit),
    label=_amount_title,
    axis=_amount_axis,
)
