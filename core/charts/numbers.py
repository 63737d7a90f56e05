"""How numbers are written: an amount with its unit, a score with its metric's digits. Imports nothing heavy."""

from __future__ import annotations

import math
from typing import Any

from core.contracts import Kind, Metric, Task

_SIGNIFICANT = 4


def decimals(size: float, significant: int = _SIGNIFICANT) -> int:
    """How many decimals show so many significant digits of a number of this size."""
    if not math.isfinite(size) or size == 0:
        return significant - 1
    return min(6, max(0, significant - 1 - math.floor(math.log10(abs(size)))))


def amount(value: float, unit: str = "", *, significant: int = 3, sign: bool = False) -> str:
    """34.234, 'min' -> '34.2 min'. A whole number has no decimals."""
    digits = 0 if value == round(value) else decimals(value, significant)
    return with_unit(f"{value:{'+' if sign else ''},.{digits}f}", unit)


def rounded(value: Any) -> Any:
    """A table's value with four significant digits; whole numbers and anything else stay as they are."""
    if not isinstance(value, float) or not math.isfinite(value) or value == round(value):
        return value
    return round(value, decimals(value))


def plain(value: Any) -> str:
    """A value of a table as text."""
    return amount(value) if isinstance(value, float) and math.isfinite(value) else str(value)


def labelled(label: str, unit: str) -> str:
    """A label with the unit behind it: 'Spend ($)'."""
    return f"{label} ({unit})" if unit else label


def with_unit(text: str, unit: str) -> str:
    """The text and its unit, not to be torn apart at the end of a line."""
    return f"{text}\u00a0{unit}" if unit else text


def unit_of(judge: Metric, task: Task) -> str:
    """A metric's unit; '{target}' stands for the target's own."""
    return judge.unit.format(target=task.unit)


def score(judge: Metric, value: float, *, like: float | None = None, more: int = 0, sign: bool = False) -> str:
    """A metric's value, with `more` digits than it has. In the target's unit it has as many decimals as `like`, else
    itself, needs for four digits."""
    digits = decimals(value if like is None else like) if judge.unit else judge.digits + more
    return f"{value:{'+' if sign else ''},.{digits}f}"


def score_with_unit(judge: Metric, task: Task, value: float) -> str:
    """A metric's value and unit."""
    return with_unit(score(judge, value), unit_of(judge, task))


def prediction(task: Task, value: float, *, sign: bool = False) -> str:
    """A predicted value: a chance in percent, anything else in the target's unit."""
    if task.kind is Kind.BINARY:
        return f"{value:{'+' if sign else ''}.1%}"
    return amount(value, task.unit, sign=sign)
