"""A share of each group of people beside that of all, with its interval."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.charts import flat
from core.charts.calibration import wilson
from core.charts.flat import Line, Part, Scale
from core.charts.look import Look
from core.formatting.numbers import between, count, percent
from core.formatting.text import _


def shares(bars: Sequence[tuple[str, int, int]], title: str, look: Look) -> str:
    """A share of each group as HTML, that of all of them dotted. bars: a name, how many, and of how many."""
    mark = sum(hits for _name, hits, _of in bars) / max(1, sum(of for *_rest, of in bars))
    told = [_line(name, hits, of, look) for name, hits, of in bars]
    legend = [("dotted", _("all groups together"))]
    return flat.sheet([flat.lines(title, told, mark=mark, scale=Scale(0.0, 1.0))], look, legend=legend, wide=True)


def _line(name: str, hits: int, of: int, look: Look) -> Line:
    low, high = (float(end[0]) for end in wilson(np.array([float(hits)]), np.array([float(of)])))
    return Line(
        name=name,
        parts=(
            Part(shape="bar", start=0.0, end=hits / of, colour=look.network),
            Part(shape="whisker", start=low, end=high, colour=look.text),
        ),
        said=(percent(hits / of),),
        exact=_("{hits} of {all}, 95% interval {interval}").format(
            hits=count(hits), all=count(of), interval=between(low, high, percent)
        ),
    )
