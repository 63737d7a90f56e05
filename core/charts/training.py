"""Charts of a training: loss and headline per epoch, for train and validation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from core.charts.look import MOST_POINTS, Chart, Look, faded
from core.text import _

if TYPE_CHECKING:
    import plotly.graph_objects as go


def thin(epochs: Sequence[dict[str, Any]], most: int = MOST_POINTS) -> list[dict[str, Any]]:
    """At most `most` epochs, evenly, with the first and the last."""
    if len(epochs) <= most:
        return list(epochs)
    step = (len(epochs) - 1) / (most - 1)
    return [epochs[round(i * step)] for i in range(most)]


def loss_curves(epochs: Sequence[dict[str, Any]], look: Look) -> go.Figure:
    """Mean loss of the members on training rows and on validation rows."""
    return _curves(epochs, "loss", _("Loss"), look)


def headline_curves(epochs: Sequence[dict[str, Any]], label: str, look: Look) -> go.Figure:
    """Mean headline metric of the members; the band runs from the worst to the best member on validation."""
    return _curves(epochs, "score", label, look, band=True)


def _curves(epochs: Sequence[dict[str, Any]], what: str, title: str, look: Look, *, band: bool = False) -> go.Figure:
    shown = thin(epochs)
    x = [e["epoch"] for e in shown]
    chart = Chart(look, height=236, title=title, hovermode="x unified")
    if band:
        _band(chart, x, shown, look)
    for part, name, colour in (("train", _("train"), look.muted), ("validation", _("validation"), look.accent)):
        chart.add(
            "scatter",
            x=x,
            y=[e[f"{part}_{what}"] for e in shown],
            name=name,
            mode="lines+markers" if len(x) < 3 else "lines",
            line={"color": colour, "width": 2},
            hovertemplate="%{y:.4f}",
        )
    chart.x(title=_("epoch"), rangemode="tozero")
    return chart.figure()


def _band(chart: Chart, x: list[int], shown: Sequence[dict[str, Any]], look: Look) -> None:
    for key, fill in (("validation_score_low", None), ("validation_score_high", "tonexty")):
        chart.add(
            "scatter",
            x=x,
            y=[e[key] for e in shown],
            mode="lines",
            line={"width": 0},
            fill=fill,
            fillcolor=faded(look.accent, 0.14),
            hoverinfo="skip",
            showlegend=False,
        )
