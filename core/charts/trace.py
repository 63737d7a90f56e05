"""Forecasts made one after the other: a series over time under its band, a fleet side by side, what a network read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.charts.drawn import Drawn
from core.charts.fan import band, line_of, moments
from core.charts.look import MOST_POINTS, Chart, Look, faded
from core.formatting.text import _


def trace(
    when: np.ndarray,
    quantiles: np.ndarray,
    happened: np.ndarray,
    levels: Sequence[float],
    words: tuple[str, str],
    look: Look,
    gap: float | np.timedelta64 | None = None,
) -> Drawn:
    """The quantiles (N, O) that were forecast for each moment (N,), and what happened (N,). words: of both axes. gap:
    moments that are further apart than this are not joined."""
    order = np.argsort(when, kind="stable")
    keep = order[np.unique(np.linspace(0, len(order) - 1, MOST_POINTS).astype(int))]
    at, shown, known = when[keep], quantiles[keep].astype(float), happened[keep].astype(float)
    if gap is not None and (apart := np.flatnonzero(np.diff(at) > gap)).size:
        at = np.insert(at, apart + 1, at[apart + 1])
        shown = np.insert(shown, apart + 1, np.nan, axis=0)
        known = np.insert(known, apart + 1, np.nan)
    chart, x = Chart(look, height=400, hovermode="x unified", legend_rows=2), moments(at)
    for i in range(len(levels) // 2):
        band(chart, x, shown[:, i], shown[:, -1 - i], levels[-1 - i] - levels[i], look)
    line = {"color": look.accent, "width": 2.5}
    chart.add(
        "scatter", x=x, y=shown[:, len(levels) // 2], mode="lines", name=_("median"), line=line,
        hovertemplate="%{y:,.4~g}",
    )  # fmt: skip
    line_of(chart, x, known, _("happened"), look.outcome)
    chart.x(showgrid=False, title=words[0])
    chart.y(title=words[1], rangemode="tozero" if np.nanmin([np.nanmin(shown), np.nanmin(known)]) >= 0 else "normal")
    return chart.figure()


def fleet(
    quantiles: np.ndarray, happened: np.ndarray, names: Sequence[str], passed: float, words: tuple[str, str], look: Look
) -> Drawn:
    """A bar for each series, as long as its median forecast less what has `passed` since, with its outer levels; those
    whose lower level has run out are marked, and a dot says what was really left. quantiles (N, O), happened (N,)."""
    middle = quantiles.shape[1] // 2
    order = np.argsort(quantiles[:, middle], kind="stable")
    left, really = np.maximum(quantiles[order] - passed, 0.0), happened[order] - passed
    risky, gone = left[:, 0] <= 0, really <= 0
    x, named = np.arange(len(order)), [names[i] for i in order]
    chart = Chart(look, height=380, bargap=0.25, legend_rows=2)
    for name, some, colour in (
        (_("median forecast"), ~risky, look.network),
        (_("may fail now, by its lowest level"), risky, look.warn),
    ):
        if not some.any():
            continue
        chart.add(
            "bar",
            x=x[some],
            y=left[some, middle],
            name=name,
            marker={"color": faded(colour, 0.75), "line": {"width": 0}},
            error_y={
                "type": "data",
                "symmetric": False,
                "array": left[some, -1] - left[some, middle],
                "arrayminus": left[some, middle] - left[some, 0],
                "color": faded(colour, 0.5),
                "width": 0,
            },
            customdata=[named[i] for i in x[some]],
            hovertemplate="%{customdata}: %{y:,.3~g}<extra></extra>",
        )
    for name, some, colour, symbol in (
        (_("really left"), ~gone, look.outcome, "circle"),
        (_("has failed by then"), gone, look.bad, "x"),
    ):
        if not some.any():
            continue
        marker = {"color": colour, "size": 5 if symbol == "circle" else 8, "symbol": symbol}
        chart.add(
            "scatter",
            x=x[some],
            y=np.maximum(really[some], 0.0),
            mode="markers",
            name=name,
            marker=marker,
            customdata=[named[i] for i in x[some]],
            hovertemplate="%{customdata}: %{y:,.3~g}<extra></extra>",
        )
    chart.x(title=words[0], showgrid=False, showticklabels=False)
    chart.y(title=words[1], range=[0, float(max(quantiles.max(), happened.max())) * 1.05])
    return chart.figure()


def window(
    before: Sequence[float] | None, now: Sequence[float], title: str, words: tuple[str, str], look: Look
) -> Drawn:
    """One measurement over the steps that a network reads, and, dotted, as it was before someone moved it."""
    chart = Chart(look, height=220, title=title)
    x = list(range(1 - len(now), 1))
    if before is not None:
        line = {"color": look.muted, "width": 1.5, "dash": "dot"}
        hover = "%{y:,.5~g}"
        chart.add("scatter", x=x, y=list(before), mode="lines", name=_("as it is"), line=line, hovertemplate=hover)
    chart.add(
        "scatter",
        x=x,
        y=list(now),
        mode="lines+markers",
        name=_("as the network reads it"),
        line={"color": look.accent, "width": 2},
        marker={"size": 4},
        showlegend=before is not None,
        hovertemplate="%{y:,.5~g}",
    )
    chart.x(title=words[0], showgrid=False)
    chart.y(title=words[1])
    return chart.figure()
