"""Bars of how far features have moved from training, with the index from which that is a lot."""

from __future__ import annotations

from collections.abc import Sequence

from core.charts import flat
from core.charts.flat import Line, Part, Scale
from core.charts.look import Look

_MOST = 1.0  # an index above it is drawn as it


def bars(told: Sequence[tuple[str, float, str, str]], large: float, look: Look) -> str:
    """An HTML picture. told: of each its name, its index, that index as said, and the same in full."""
    lines = [
        Line(
            name=name,
            parts=(
                Part(
                    shape="bar",
                    start=0.0,
                    end=min(index, _MOST),
                    colour=look.network if index >= large else look.simple,
                ),
            ),
            said=(said,),
            exact=exact,
        )
        for name, index, said, exact in told
    ]
    return flat.sheet([flat.lines("", lines, mark=large, scale=Scale(0.0, _MOST))], look, wide=True)
