"""Charts of money spread over assets: how it grows, and where it lies, period by period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from core.charts.drawn import Drawn
from core.charts.look import Chart, Look, faded
from core.formatting.moments import on_axis
from core.formatting.text import _

_MOST_POINTS = 1500


def by_moment(when: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The mean of values (N,) or (N, A) over the rows of each moment, the moments ascending."""
    moments, of = np.unique(when, return_inverse=True)
    wide = values.reshape(len(values), -1)
    total = np.stack([np.bincount(of, column) for column in wide.T], axis=1) / np.bincount(of)[:, None]
    return moments, total[:, 0] if values.ndim == 1 else total


def wealth(when: np.ndarray, net: Mapping[str, np.ndarray], look: Look) -> Drawn:
    """What 1 becomes, costs paid, by each method, the network first: net returns (N,) of the rows' periods."""
    chart = Chart(look, height=340, title=_("What 1 becomes, after costs"))
    colours = [look.network, look.simple, look.today]
    for number, (name, earned) in enumerate(net.items()):
        moments, of_period = by_moment(when, earned)
        some = _some(len(moments))
        chart.add(
            "scatter",
            x=moments[some],
            y=np.cumprod(1 + of_period)[some],
            name=name,
            mode="lines",
            line={"color": colours[min(number, 2)], "width": 1.6 if number else 2.6},
            hovertemplate="%{y:.3f}",
        )
    chart.x(**on_axis())
    chart.y(title=_("money"))
    chart.layout["hovermode"] = "x unified"
    return chart.figure()


def shares(when: np.ndarray, assets: Sequence[str], weight_NA: np.ndarray, look: Look) -> Drawn:
    """Where the money lies in each period, one band an asset, up to all of it."""
    chart = Chart(look, height=300, title=_("Where the network puts it"))
    moments, held = by_moment(when, weight_NA)
    some = _some(len(moments))
    colours = [look.network, look.simple, look.outcome, look.good, look.today, look.bad]
    for place, name in enumerate(assets):
        colour = colours[place % len(colours)]
        chart.add(
            "scatter",
            x=moments[some],
            y=held[some, place],
            name=name,
            mode="lines",
            stackgroup="all",
            line={"color": colour, "width": 0.5},
            fillcolor=faded(colour, 0.75 if place < len(colours) else 0.4),
            hovertemplate="%{y:.0%}",
        )
    chart.x(**on_axis())
    chart.y(title=_("share of the money"), range=[0, 1], tickformat=".0%")
    chart.layout["hovermode"] = "x unified"
    return chart.figure()


def _some(count: int) -> np.ndarray:
    """Places of a long line that are drawn, evenly, the last among them."""
    return np.unique(np.linspace(0, count - 1, min(count, _MOST_POINTS)).astype(int))
