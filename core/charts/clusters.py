"""Charts of segments: the map of all rows, and how each segment differs from the average row."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.charts.drawn import Drawn
from core.charts.look import Chart, Look
from core.formatting.text import _

_MOST_POINTS = 2000
_MOST_DIFFERENT = 12


def names_of(label_N: np.ndarray) -> list[str]:
    """What segments are called: by their number, the largest first."""
    return [_("segment {number}").format(number=place + 1) for place in range(int(label_N.max()) + 1)]


def segment_map(place_N2: np.ndarray, label_N: np.ndarray, look: Look) -> Drawn:
    """Rows on a map, alike ones near to one another, coloured by segment."""
    chart = Chart(look, height=400, title=_("The map: rows that are alike lie together"))
    some = np.unique(np.linspace(0, len(label_N) - 1, min(len(label_N), _MOST_POINTS)).astype(int))
    for segment, name in enumerate(names_of(label_N)):
        own = some[label_N[some] == segment]
        chart.add(
            "scatter",
            x=place_N2[own, 0],
            y=place_N2[own, 1],
            name=name,
            mode="markers",
            marker={"color": _colours(look)[segment % len(_colours(look))], "size": 6, "opacity": 0.7},
            hovertemplate="%{fullData.name}<extra></extra>",
        )
    chart.x(showticklabels=False)
    chart.y(showticklabels=False)
    return chart.figure()


def portraits(labels: Sequence[str], mean_SO: np.ndarray, look: Look) -> Drawn:
    """How far each segment lies from the average row in each column, (segments, columns) in standard deviations: the
    columns that differ most."""
    order = np.argsort(-np.ptp(mean_SO, axis=0), kind="stable")[:_MOST_DIFFERENT][::-1]
    chart = Chart(look, height=110 + 34 * len(order), title=_("What makes a segment"))
    for segment, mean in enumerate(mean_SO):
        chart.add(
            "scatter",
            x=mean[order],
            y=[labels[i] for i in order],
            name=_("segment {number}").format(number=segment + 1),
            mode="markers",
            marker={"color": _colours(look)[segment % len(_colours(look))], "size": 12},
            showlegend=False,  # the map above has it
            hovertemplate="%{fullData.name}: %{x:+.2f}<extra></extra>",
        )
    chart.x(title=_("standard deviations from the average row"), zeroline=True, zerolinecolor=look.muted)
    chart.y(strong=True)
    return chart.figure()


def _colours(look: Look) -> list[str]:
    return [look.network, look.simple, look.outcome, look.good, look.today, look.bad]
