"""Charts of a training: loss and headline per epoch, for train and validation; and what happens in the layers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from core.charts.look import MOST_POINTS, Chart, Look, faded
from core.contracts import EpochEvent
from core.formatting.text import _

if TYPE_CHECKING:
    import plotly.graph_objects as go

_Row = TypeVar("_Row")
_Measure = Literal["train_loss", "validation_loss", "train_score", "validation_score"]
_End = Literal["validation_score_low", "validation_score_high"]
_SMALL, _TALL = 220, 300  # many layers have many names below
_OTHERS = {"output": "second", "skip": "muted", "embedding": "good", "number": "warn"}  # colours of a Look


def thin(epochs: Sequence[_Row], most: int = MOST_POINTS) -> list[_Row]:
    """At most `most` epochs, evenly, with the first and the last."""
    if len(epochs) <= most:
        return list(epochs)
    step = (len(epochs) - 1) / (most - 1)
    return [epochs[round(i * step)] for i in range(most)]


def loss_curves(epochs: Sequence[EpochEvent], look: Look) -> go.Figure:
    """Mean loss of the members on training rows and on validation rows."""
    return _curves(epochs, "train_loss", "validation_loss", _("Loss"), look)


def headline_curves(epochs: Sequence[EpochEvent], label: str, look: Look) -> go.Figure:
    """Mean headline metric of the members; the band runs from the worst to the best member on validation."""
    return _curves(epochs, "train_score", "validation_score", label, look, band=True)


def rate_curve(epochs: Sequence[EpochEvent], look: Look) -> go.Figure:
    """The learning rate of every epoch's last step."""
    shown = thin(epochs)
    chart = Chart(look, height=_SMALL, title=_("Learning rate"))
    chart.add(
        "scatter",
        x=[e["epoch"] for e in shown],
        y=[e.get("learning_rate") for e in shown],
        mode=_mode(shown),
        line={"color": look.accent, "width": 2},
        hovertemplate="%{y:.3g}",
        showlegend=False,
    )
    chart.x(title=_("epoch"), rangemode="tozero")
    chart.y(rangemode="tozero")
    return chart.figure()


def gradient_curves(epochs: Sequence[EpochEvent], words: Callable[[str], str], look: Look) -> go.Figure:
    """The gradient's norm per layer, on a logarithmic scale: what vanishes lies at the bottom, what explodes on top."""
    each = [{n: v["gradient_norm"] for n, v in (e.get("layers") or {}).items()} for e in epochs]
    each = [{n: v or None for n, v in values.items()} for values in each]  # 0 has no place on a logarithmic scale
    axis = {"type": "log", "exponentformat": "power"}
    return _layers(epochs, each, _("Gradient per layer"), words, look, hover="%{y:.2e}", axis=axis)


def dead_curves(epochs: Sequence[EpochEvent], words: Callable[[str], str], look: Look) -> go.Figure:
    """The share of dead units per hidden layer."""
    each = [dict(e.get("dead_units") or {}) for e in epochs]
    axis = {"range": [0, 1], "tickformat": ".0%"}
    return _layers(epochs, each, _("Dead units"), words, look, hover="%{y:.0%}", axis=axis)


def _layers(
    epochs: Sequence[EpochEvent],
    each: Sequence[dict[str, float | None]],
    title: str,
    words: Callable[[str], str],
    look: Look,
    *,
    hover: str,
    axis: dict[str, Any],
) -> go.Figure:
    """A line per layer; hidden layers in one colour, stronger with depth."""
    legend = {"orientation": "h", "y": -0.3, "yanchor": "top", "x": 0, "font": {"color": look.muted}}
    chart = Chart(look, height=_TALL, title=title, hovermode="x unified", legend=legend, showlegend=True)
    names = list(dict.fromkeys(name for values in each for name in values))
    hidden = [name for name in names if name.startswith("hidden.")]
    shown = thin([(e["epoch"], values) for e, values in zip(epochs, each, strict=True)])
    for name in names:
        strength = (hidden.index(name) + 1) / len(hidden) if name in hidden else 1.0
        plain = getattr(look, _OTHERS[name]) if name in _OTHERS else ""
        chart.add(
            "scatter",
            x=[epoch for epoch, _values in shown],
            y=[values.get(name) for _epoch, values in shown],
            name=words(name),
            mode=_mode(shown),
            line={"color": plain or faded(look.accent, 0.3 + 0.7 * strength), "width": 2},
            hovertemplate=hover,
        )
    chart.x(title=_("epoch"), rangemode="tozero")
    chart.y(**axis)
    return chart.figure()


def _mode(epochs: Sequence[object]) -> str:
    return "lines+markers" if len(epochs) < 3 else "lines"


def _curves(
    epochs: Sequence[EpochEvent], train: _Measure, validation: _Measure, title: str, look: Look, *, band: bool = False
) -> go.Figure:
    shown = thin(epochs)
    x = [e["epoch"] for e in shown]
    chart = Chart(look, height=236, title=title, hovermode="x unified")
    if band:
        _band(chart, x, shown, look)
    lines: tuple[tuple[_Measure, str, str], ...] = (
        (train, _("train"), look.muted),
        (validation, _("validation"), look.accent),
    )
    for measure, name, colour in lines:
        chart.add(
            "scatter",
            x=x,
            y=[e[measure] for e in shown],
            name=name,
            mode=_mode(shown),
            line={"color": colour, "width": 2},
            hovertemplate="%{y:,.4~g}",
        )
    chart.x(title=_("epoch"), rangemode="tozero")
    return chart.figure()


def _band(chart: Chart, x: list[int], shown: Sequence[EpochEvent], look: Look) -> None:
    ends: tuple[tuple[_End, str | None], ...] = (
        ("validation_score_low", None),
        ("validation_score_high", "tonexty"),
    )
    for key, fill in ends:
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
