"""A score, or money, by how many labelled examples a method has learned from: a line each."""

from __future__ import annotations

import math
from collections.abc import Callable

from core.charts.drawn import Drawn
from core.charts.look import Chart, Look
from core.contracts.learning_curve import CurveLine, LearningCurve
from core.formatting.numbers import count
from core.formatting.text import _

_DASH = {"network": "solid", "other": "dash", "simple": "dot"}


def by_labels(curve: LearningCurve, label: str, write: Callable[[float], str], look: Look) -> Drawn:
    """The headline, each point with its 95% interval."""
    chart = Chart(look, height=380, title=_("What labels bring"), legend_rows=3)
    for line in curve["lines"]:
        points = [p for p in line["points"] if p["mean"] is not None]
        _add(chart, line, [float(p["mean"] or 0) for p in points], [p["labels"] for p in points], write, look)
        chart.data[-1]["error_y"] = {
            "type": "data",
            "symmetric": False,
            "array": [_apart(p["mean"], p["high"]) for p in points],
            "arrayminus": [_apart(p["low"], p["mean"]) for p in points],
            "thickness": 1,
            "width": 0,
        }
    _axes(chart, curve)
    chart.y(title=label, rangemode="tozero", tickformat=".0%")
    return chart.figure()


def money_by_labels(curve: LearningCurve, label: str, write: Callable[[float], str], look: Look) -> Drawn:
    """What each method earns, labels paid."""
    chart = Chart(look, height=380, title=_("What labels are worth, when they are paid"), legend_rows=3)
    for line in curve["lines"]:
        points = [p for p in line["points"] if p["amount"] is not None]
        _add(chart, line, [float(p["amount"] or 0) for p in points], [p["labels"] for p in points], write, look)
    _axes(chart, curve)
    chart.y(title=label)
    return chart.figure()


def _apart(low: float | None, high: float | None) -> float:
    return 0.0 if low is None or high is None else high - low


def _add(
    chart: Chart, line: CurveLine, y: list[float], x: list[int], write: Callable[[float], str], look: Look
) -> None:
    colour = look.simple if line["role"] == "simple" else look.network
    chart.add(
        "scatter",
        x=x,
        y=y,
        mode="lines+markers",
        name=_(line["title"]),
        line={"color": colour, "width": 2.5 if line["role"] == "network" else 2, "dash": _DASH[line["role"]]},
        marker={"color": colour, "size": 7},
        customdata=[write(value) for value in y],
        hovertemplate="%{x:,}: %{customdata}",
    )


def _axes(chart: Chart, curve: LearningCurve) -> None:
    at = sorted({p["labels"] for line in curve["lines"] for p in line["points"]})
    ends = [math.log10(at[0]) - 0.06, math.log10(at[-1]) + 0.06]
    chart.x(
        title=_("labelled examples that train"),
        type="log",
        range=ends,
        tickmode="array",
        tickvals=at,
        ticktext=[count(n) for n in at],
    )
