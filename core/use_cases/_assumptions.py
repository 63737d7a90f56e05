"""Assumptions of a value model, and the number of records a year that follows from them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from core.contracts import Assumption

if TYPE_CHECKING:
    import pandas as pd


class Slider(NamedTuple):
    """Where an assumption's slider starts, and between which bounds it moves in which steps."""

    value: float
    unit: str
    low: float
    high: float
    step: float


def slider(value: float, unit: str, *, low: float, high: float, step: float) -> Slider:
    """A slider that starts at `value`."""
    return Slider(value, unit, low, high, step)


def guess(name: str, label: str, at: Slider, source: str, help: str = "") -> Assumption:
    """A number that no data gave. source: what it rests on, in a sentence."""
    return Assumption(name=name, label=label, source=source, help=help, **at._asdict())


def from_data(name: str, label: str, at: Slider, source: str, help: str = "") -> Assumption:
    """A number that the data gave, and that a person may change. source: which data, in a sentence."""
    return Assumption(name=name, label=label, source=source, help=help, guess=False, **at._asdict())


def per_year(*names: str) -> Callable[[Mapping[str, float], pd.DataFrame], float]:
    """Records a year: the product of these assumptions, as in per_year("households", "campaigns_per_year")."""

    def records_per_year(assumed: Mapping[str, float], info: pd.DataFrame) -> float:
        return math.prod(assumed[name] for name in names)

    return records_per_year
