"""Charts of data and of one record: histograms, the parts of a plan, what-if curves, importance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from core.charts.look import Look, faded, figure
from core.contracts import Column
from core.text import _

if TYPE_CHECKING:
    import plotly.graph_objects as go


def histogram(column: Column, profile: Mapping[str, Any], look: Look) -> go.Figure:
    """The distribution of one feature: bins, or categories."""
    fig = figure(look, height=220, title=column.label)
    if "categories" in profile:
        names, counts = list(profile["categories"]), list(profile["categories"].values())
        fig.add_bar(x=counts[::-1], y=names[::-1], orientation="h", marker_color=look.accent)
        fig.update_yaxes(showgrid=False)
    else:
        edges = profile["edges"]
        middle = [(a + b) / 2 for a, b in pairwise(edges)]
        fig.add_bar(x=middle, y=profile["counts"], marker_color=look.accent)
        fig.update_layout(bargap=0.05)
        fig.update_xaxes(title_text=column.unit)
    fig.update_traces(hovertemplate="%{x}: %{y}<extra></extra>", marker_line_width=0)
    return fig


def what_if_curve(column: Column, curve: Mapping[str, Any], now: Any, label: str, look: Look) -> go.Figure:
    """The ensemble's answer over one feature's range, the members' range as a band, the record where it stands."""
    fig = figure(look, height=320, title=_("If only “{feature}” were different").format(feature=column.label))
    category = bool(curve["x"]) and isinstance(curve["x"][0], str)
    mode = "markers" if category else "lines"
    for key, fill in (("low", None), ("high", "tonexty")):
        fig.add_scatter(
            x=curve["x"],
            y=curve[key],
            mode="lines",
            line={"width": 0},
            fill=fill,
            fillcolor=faded(look.accent, 0.16),
            hoverinfo="skip",
            showlegend=False,
            visible=not category,
        )
    fig.add_scatter(
        x=curve["x"],
        y=curve["mean"],
        mode=mode,
        name=_("ensemble"),
        line={"color": look.accent, "width": 2.5},
        marker={"color": look.accent, "size": 10},
        showlegend=False,
        hovertemplate="%{x}: %{y:.3f}<extra></extra>",
    )
    if now is not None and not category:
        fig.add_vline(x=now, line={"color": look.second, "width": 2, "dash": "dot"})
    fig.update_xaxes(title_text=column.unit)
    fig.update_yaxes(title_text=label, rangemode="tozero")
    return fig


def importance(rows: Sequence[Mapping[str, Any]], labels: Mapping[str, str], label: str, look: Look) -> go.Figure:
    """How much the headline falls when a feature is shuffled: the strongest ten."""
    top = list(rows[:10])[::-1]
    fig = figure(look, height=60 + 28 * len(top))
    fig.add_bar(
        x=[r["drop"] for r in top],
        y=[labels[r["column"]] for r in top],
        orientation="h",
        marker_color=look.accent,
        hovertemplate="%{x:.4f}<extra></extra>",
    )
    fig.update_xaxes(title_text=_("{label} lost when it is shuffled").format(label=label))
    fig.update_yaxes(showgrid=False, tickfont={"color": look.text})
    return fig
