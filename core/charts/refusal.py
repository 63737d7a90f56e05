"""Bars of what is refused: of good cases, and of those messed up in each way."""

from __future__ import annotations

from collections.abc import Sequence

from core.charts import flat
from core.charts.flat import Line, Part, Scale
from core.charts.look import Look
from core.formatting import numbers


def bars(good: tuple[str, float], messy: Sequence[tuple[str, float]], look: Look) -> str:
    """An HTML picture, on one scale from none to all. good, messy: a name and the share that is refused."""
    lines = [_line(*good, look.simple), *(_line(name, share, look.network) for name, share in messy)]
    return flat.sheet([flat.lines("", lines, scale=Scale(0.0, 1.0))], look, wide=True)


def _line(name: str, share: float, colour: str) -> Line:
    said = numbers.percent(share)
    return Line(name=name, parts=(Part(shape="bar", start=0.0, end=share, colour=colour),), said=(said,), exact=said)
