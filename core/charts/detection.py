"""Figures of what was found in pictures: precision over recall, average precision by class, and sizes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from core.charts.boxes import colour_of
from core.charts.drawn import Drawn
from core.charts.look import Chart, Look, faded
from core.formatting.numbers import fixed
from core.formatting.text import _

_DASHES = ("solid", "dash", "dot")


def curves(points: Mapping[str, tuple[np.ndarray, np.ndarray]], look: Look) -> Drawn:
    """Precision over recall, a line a class. points: recall and precision at every score, by class."""
    chart = Chart(look, height=320, title=_("Precision and recall of the network, by class"))
    for place, (name, (recall, precision)) in enumerate(points.items()):
        chart.add(
            "scatter",
            x=[0.0, *recall.tolist()],
            y=[float(precision[0]) if len(precision) else 0.0, *precision.tolist()],
            mode="lines",
            name=name,
            line={"color": _colour(place, look), "dash": _DASHES[place % 3]},
            hovertemplate="%{x:.0%}: %{y:.1%}",
        )
    chart.x(title=_("recall: of what is there, found"), tickformat=".0%", range=[0, 1.02])
    chart.y(title=_("precision: of what was found, right"), tickformat=".0%", range=[0, 1.02])
    return chart.figure()


def _colour(place: int, look: Look) -> str:
    return colour_of(place, dark=look.name == "dark")


def by_class(scores: Mapping[str, Sequence[float]], classes: Sequence[str], look: Look) -> Drawn:
    """Average precision of each class, the network's first, then the best simple method's. scores: by method."""
    chart = Chart(look, height=120 + 60 * len(classes), title=_("Average precision by class"))
    for (name, values), colour in zip(scores.items(), (look.network, look.simple), strict=False):
        chart.add(
            "bar",
            x=[None if np.isnan(v) else v for v in values],
            y=list(classes),
            name=name,
            orientation="h",
            marker={"color": colour},
            text=["" if np.isnan(v) else fixed(v, 2) for v in values],
            textposition="auto",
            hovertemplate="%{y}: %{x:.3f}",
        )
    chart.x(range=[0, 1.02])
    chart.y(autorange="reversed", showgrid=False, strong=True, type="category")
    return chart.figure()


def how_large(edges: Sequence[float], sizes: Mapping[str, Sequence[float]], look: Look) -> Drawn:
    """How large things are, a heap a class. edges: of ranges of size, as shares of the picture; sizes: the share of a
    class in each."""
    chart = Chart(look, height=260, title=_("How large they are"))
    middles = [(low + high) / 2 for low, high in pairwise(edges)]
    for place, (name, shares) in enumerate(sizes.items()):
        chart.add(
            "scatter",
            x=middles,
            y=list(shares),
            mode="lines",
            name=name,
            line={"color": _colour(place, look), "dash": _DASHES[place % 3], "shape": "spline"},
            fill="tozeroy",
            fillcolor=faded(_colour(place, look), 0.12),
            hovertemplate="%{x:.0%}: %{y:.0%}",
        )
    chart.x(title=_("share of the picture's sides"), tickformat=".0%")
    chart.y(title=_("of each class"), tickformat=".0%", rangemode="tozero")
    return chart.figure()
