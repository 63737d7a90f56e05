"""Who is treated how: the share acted on and the share found in each group, and what rules for groups would earn."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.charts import flat
from core.charts.calibration import wilson
from core.charts.flat import Line, Part, Scale
from core.charts.look import Look
from core.formatting.numbers import between, count, percent
from core.formatting.text import _
from core.value.groups import Treated


def acted(groups: Sequence[Treated], title: str, look: Look) -> str:
    """The share acted on in each group as HTML, a bar each; the share of all groups dotted."""
    return _shares([(one.name, one.acted, one.rows) for one in groups], title, look)


def found(groups: Sequence[Treated], title: str, look: Look) -> str:
    """The share of the positive rows that is found in each group, likewise."""
    return _shares([(one.name, one.found, one.positive) for one in groups if one.positive], title, look)


def _shares(bars: Sequence[tuple[str, int, int]], title: str, look: Look) -> str:
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
