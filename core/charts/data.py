"""Charts of data and of one record: histograms, the parts of a plan, what-if curves, importance."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from core.charts.drawn import Drawn
from core.charts.look import Chart, Look, faded
from core.contracts import Column, ColumnKind
from core.contracts.answers import ColumnProfile, Curve
from core.contracts.report import ColumnImportance
from core.formatting import units
from core.formatting.numbers import counted
from core.formatting.text import _

_MOST_BARS = 7
_LONGEST_NAME = 20
_MOST_HOURS = 8
_TICKS, _ABOVE = 5, 1.03  # most steps of an axis of shares, and the room for a point on the last


def histogram(column: Column, profile: ColumnProfile, look: Look) -> Drawn:
    """The distribution of one feature: bins, or categories."""
    chart = Chart(look, height=220, title=_(column.label))
    if "categories" in profile:
        names, counts = _most_frequent(profile["categories"])
        chart.add(
            "bar",
            x=counts[::-1],
            y=names[::-1],
            orientation="h",
            marker={"color": look.accent},
            hovertemplate="%{y}: %{x:,}<extra></extra>",
        )
        chart.y(showgrid=False, tickmode="array", tickvals=names, ticktext=[_short(name) for name in names])
    else:
        edges = profile["edges"]
        middle = [(a + b) / 2 for a, b in pairwise(edges)]
        chart.add(
            "bar",
            x=middle,
            y=profile["counts"],
            marker={"color": look.accent},
            hovertemplate="%{x:,.4~g}: %{y:,}<extra></extra>",
        )
        chart.layout["bargap"] = 0.05
        chart.x(title=_(column.unit), **_hours(column, edges))
    return chart.figure()


def _most_frequent(categories: Mapping[str, int]) -> tuple[list[str], list[int]]:
    """As many categories as there is room for; the rest together."""
    names, counts = list(categories), list(categories.values())
    if len(names) <= _MOST_BARS:
        return names, counts
    kept = _MOST_BARS - 1
    return [*names[:kept], counted(len(names) - kept, "{count} other", "{count} others")], [
        *counts[:kept],
        sum(counts[kept:]),
    ]


def _short(name: str) -> str:
    """A category's name that leaves room for its bar; the whole one is seen when a finger is on the bar."""
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1].rstrip() + "…"


def what_if_curve(column: Column, curve: Curve, now: Any, label: str, look: Look, *, percent: bool = False) -> Drawn:
    """The ensemble's answer over one feature's range with a band, and the record where it stands. A category, and what
    is asked with yes or no, has a point each with a bar from low to high instead of a band."""
    chart = Chart(look, height=320, title=_("If only “{feature}” were different").format(feature=_(column.label)))
    yes_or_no = column.kind is ColumnKind.BINARY
    category = yes_or_no or column.kind is ColumnKind.CATEGORY
    at = [_("yes") if x else _("no") for x in curve["x"]] if yes_or_no else curve["x"]
    mode = "markers" if category else "lines"
    for end, fill in ((curve["low"], None), (curve["high"], "tonexty")):
        chart.add(
            "scatter",
            x=at,
            y=end,
            mode="lines",
            line={"width": 0},
            fill=fill,
            fillcolor=faded(look.accent, 0.16),
            hoverinfo="skip",
            showlegend=False,
            visible=not category,
        )
    chart.add(
        "scatter",
        x=at,
        y=curve["mean"],
        mode=mode,
        name=_("ensemble"),
        line={"color": look.accent, "width": 2.5},
        marker={"color": look.accent, "size": 10},
        error_y={
            "type": "data",
            "symmetric": False,
            "array": [high - mean for high, mean in zip(curve["high"], curve["mean"], strict=True)],
            "arrayminus": [mean - low for low, mean in zip(curve["low"], curve["mean"], strict=True)],
            "color": faded(look.accent, 0.4),
            "width": 0,
            "visible": category,
        },
        showlegend=False,
        hovertemplate="%{x}: %{y:.1%}<extra></extra>" if percent else "%{x}: %{y:,.4~g}<extra></extra>",
    )
    if now is not None and not category:
        line = {"color": look.text, "width": 2, "dash": "dot"}
        chart.layout["shapes"] = [
            {"type": "line", "x0": now, "x1": now, "y0": 0, "y1": 1, "yref": "paper", "line": line}
        ]
    chart.x(title=_(column.unit), **({} if category else _hours(column, curve["x"])))
    chart.y(title=label, rangemode="tozero", **(_reach(curve) if percent else {}))
    return chart.figure()


def _hours(column: Column, along: Sequence[float]) -> dict[str, Any]:
    """The ticks of an axis of hours of a day, as a clock says them."""
    if not units.is_clock(column.unit) or not along:
        return {}
    first, last = math.floor(along[0]), math.ceil(along[-1])
    at = list(range(first, last + 1, max(1, math.ceil((last - first) / _MOST_HOURS))))
    return {"tickmode": "array", "tickvals": at, "ticktext": [units.clock(hour) for hour in at]}


def _reach(curve: Curve) -> dict[str, Any]:
    """An axis of shares whose last tick is at or above all that is drawn: plotly's own may stop below a point. What is
    no number is not drawn."""
    top = max((y for y in (*curve["high"], *curve["mean"]) if math.isfinite(y) and y > 0), default=1.0)
    power = 10.0 ** math.floor(math.log10(top / _TICKS))
    step = next(power * size for size in (1, 2, 5, 10) if power * size * _TICKS >= top)
    end = step * math.ceil(round(top / step, 6))
    return {"range": [0, end * _ABOVE], "dtick": step, "tickformat": ".3~%"}


def importance(
    rows: Sequence[ColumnImportance], labels: Mapping[str, str], label: str, look: Look, is_share: bool = False
) -> Drawn:
    """How much the headline falls when a feature is shuffled: the strongest ten. is_share: in points."""
    top = list(rows[:10])[::-1]
    chart = Chart(look, height=60 + 28 * len(top))
    chart.add(
        "bar",
        x=[100 * r["drop"] if is_share and r["drop"] is not None else r["drop"] for r in top],
        y=[labels[r["column"]] for r in top],
        orientation="h",
        marker={"color": look.accent},
        hovertemplate="%{x:,.3~g}<extra></extra>",
    )
    unit = _("{label}, in points").format(label=label) if is_share else label
    chart.x(title=_("how much worse without it ({label})").format(label=unit))
    chart.y(showgrid=False, strong=True)
    return chart.figure()
