"""Bars of what each method reaches, with its 95% interval: network, best simple method, today, in their colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from core.charts import flat
from core.charts.flat import Line, Part
from core.charts.look import Look


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """One method. said: its value in words; exact: the same in full, with its interval, shown on hover."""

    name: str
    role: Literal["network", "simple", "today", "policy"]
    value: float
    low: float | None
    high: float | None
    said: str
    exact: str


def colour_of(role: str, look: Look) -> str:
    """The colour that a method has wherever it is drawn."""
    return {"network": look.network, "simple": look.simple}.get(role, look.today)


def standings(bars: Sequence[Bar], title: str, look: Look) -> str:
    """A bar each as HTML, the first on top, its name over it and its value behind it: so the bars have the whole width,
    on a phone too. A whisker is the 95% interval, where one is known."""
    return flat.sheet([flat.over(title, [_line(bar, look) for bar in bars])], look, wide=True)


def _line(bar: Bar, look: Look) -> Line:
    parts = [Part(shape="bar", start=0.0, end=bar.value, colour=colour_of(bar.role, look))]
    if bar.low is not None and bar.high is not None:
        parts.append(Part(shape="whisker", start=bar.low, end=bar.high, colour=look.text))
    return Line(name=bar.name, parts=tuple(parts), said=(bar.said,), exact=bar.exact)
