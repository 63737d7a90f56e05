"""Do chances mean what they say? Predicted chance against observed share, in bins of equally many rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.charts.drawn import Drawn
from core.charts.look import Chart, Look, faded
from core.formatting.numbers import between, count
from core.formatting.text import _

_BINS = 10
_Z = 1.959963984540054  # 95%


@dataclass(frozen=True, kw_only=True, slots=True)
class Bins:
    """Per bin (B,): mean predicted chance, observed share with its 95% interval, and how many rows."""

    predicted: np.ndarray
    observed: np.ndarray
    low: np.ndarray
    high: np.ndarray
    count: np.ndarray


def wilson(hits: np.ndarray, count: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The 95% interval of a share (Wilson, 1927): right also for few rows and shares near 0 or 1."""
    share = hits / count
    centre = share + _Z**2 / (2 * count)
    half = _Z * np.sqrt(share * (1 - share) / count + _Z**2 / (4 * count**2))
    scale = 1 + _Z**2 / count
    low, high = (centre - half) / scale, (centre + half) / scale
    return np.where(hits == 0, 0.0, np.maximum(0, low)), np.where(hits == count, 1.0, np.minimum(1, high))


def bins_of(target: np.ndarray, score: np.ndarray, most: int = _BINS) -> Bins:
    """Bins of equally many rows by score; equal scores stay together. target (N,) of 0 and 1, score (N,)."""
    edges = np.unique(np.quantile(score, np.linspace(0, 1, most + 1)[1:-1]))
    place = np.searchsorted(edges, score, side="left")
    used, place = np.unique(place, return_inverse=True)
    count = np.bincount(place, minlength=len(used)).astype(float)
    hits = np.bincount(place, weights=target > 0, minlength=len(used))
    low, high = wilson(hits, count)
    return Bins(
        predicted=np.bincount(place, weights=score, minlength=len(used)) / count,
        observed=hits / count,
        low=low,
        high=high,
        count=count,
    )


def calibration(target: np.ndarray, scores: Mapping[str, np.ndarray], look: Look) -> Drawn:
    """The reliability diagram; the first score is the network's. On the diagonal chances mean what they say."""
    chart = Chart(look, height=320, title=_("Calibration: do the chances mean what they say?"))
    found = {name: bins_of(target, score) for name, score in scores.items()}
    ends = [0.0, *(float(max(b.predicted.max(), b.high.max())) for b in found.values())]
    most = min(1.0, max(ends) * 1.05)
    diagonal(chart, [0, most], look)
    for name, bins in reversed(list(found.items())):  # the network lies on top
        first = name == next(iter(found))
        share_points(chart, bins.predicted, bins, name, look.accent if first else look.muted)
    counts = next(iter(found.values())).count
    few, many = int(counts.min()), int(counts.max())
    rows = between(few, many, lambda number, _more: count(number), joint="–")
    chart.x(
        title=_("predicted chance, {bins} groups of {rows} rows").format(bins=count(len(counts)), rows=rows),
        tickformat=".0%",
        range=[-0.02 * most, most * 1.02],
    )
    chart.y(title=_("happened"), tickformat=".0%", range=[-0.02 * most, most * 1.02])
    return chart.figure()


def diagonal(chart: Chart, ends: list[float], look: Look) -> None:
    """The line of those that say the truth."""
    chart.add(
        "scatter",
        x=ends,
        y=ends,
        mode="lines",
        line={"color": look.muted, "dash": "dot", "width": 1},
        hoverinfo="skip",
        showlegend=False,
    )


def share_points(chart: Chart, x: np.ndarray, bins: Bins, name: str, colour: str) -> None:
    """Observed shares with their intervals, joined by a line."""
    chart.add(
        "scatter",
        x=x,
        y=bins.observed,
        name=name,
        mode="lines+markers",
        line={"color": faded(colour, 0.5), "width": 1.5},
        marker={"color": colour, "size": 8},
        error_y={
            "type": "data",
            "symmetric": False,
            "array": bins.high - bins.observed,
            "arrayminus": bins.observed - bins.low,
            "color": faded(colour, 0.5),
            "thickness": 1.5,
            "width": 0,
        },
        customdata=np.c_[bins.low, bins.high, bins.count],
        hovertemplate="%{x:.1%} → %{y:.1%} (%{customdata[0]:.1%} – %{customdata[1]:.1%}), n = %{customdata[2]:,}",
    )
