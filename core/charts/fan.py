"""One forecast of one series as a fan: central intervals, the median, what happened, and the history before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.charts.drawn import Drawn
from core.charts.look import MOST_POINTS, Chart, Look, faded
from core.contracts import Fan
from core.formatting.moments import on_axis
from core.formatting.numbers import level
from core.formatting.text import _

if TYPE_CHECKING:
    import pandas as pd

_LEAST_HISTORY = 40


@dataclass(frozen=True, kw_only=True, slots=True)
class FanRows:
    """A forecast made at `origin`: for `when` (H,) the quantiles (H, O) and what happened (H,); known moments before
    it (P,) with their values."""

    origin: Any
    when: np.ndarray
    quantiles: np.ndarray
    happened: np.ndarray
    known_when: np.ndarray
    known: np.ndarray


def fan_rows(
    names: Fan,
    info: pd.DataFrame,
    target: np.ndarray,
    prediction: np.ndarray,
    known: pd.DataFrame,
    series: Any,
    origin: Any,
) -> FanRows:
    """The rows of one series and origin. known: a table with the columns of `names` and `value`, of held-out rows."""
    here = np.flatnonzero((info[names.series] == series).to_numpy() & (info[names.origin] == origin).to_numpy())
    here = here[np.argsort(info[names.when].to_numpy()[here], kind="stable")]
    past = known[(known[names.series] == series) & (known[names.when] <= origin)]
    past = past.drop_duplicates(names.when).sort_values(names.when).tail(max(_LEAST_HISTORY, 4 * len(here)))
    return FanRows(
        origin=origin,
        when=info[names.when].to_numpy()[here],
        quantiles=prediction[here],
        happened=target[here],
        known_when=past[names.when].to_numpy(),
        known=past["value"].to_numpy(dtype=float),
    )


def fan(rows: FanRows, levels: Sequence[float], unit: str, look: Look) -> Drawn:
    """The picture. The fan opens at the last known value, where there is one."""
    chart = Chart(look, height=400, hovermode="x unified")
    keep = np.unique(np.linspace(0, len(rows.when) - 1, MOST_POINTS - 1).astype(int))
    when, quantiles = moments(rows.when[keep]), rows.quantiles[keep]
    past_when, past = moments(rows.known_when[-MOST_POINTS:]), rows.known[-MOST_POINTS:]
    if len(past):
        when, quantiles = [past_when[-1], *when], np.vstack([np.full(len(levels), past[-1]), quantiles])
    for i in range(len(levels) // 2):
        band(chart, when, quantiles[:, i], quantiles[:, -1 - i], levels[-1 - i] - levels[i], look)
    if len(levels) % 2:
        line = {"color": look.accent, "width": 2.5}
        chart.add(
            "scatter", x=when, y=quantiles[:, len(levels) // 2], mode="lines", name=_("median"), line=line,
            hovertemplate="%{y:,.4~g}",
        )  # fmt: skip
    if len(past):
        line_of(chart, past_when, past, _("known then"), look.muted)
    line_of(chart, moments(rows.when[keep]), rows.happened[keep], _("happened"), look.outcome)
    line = {"color": look.muted, "width": 1, "dash": "dot"}
    at = moments(np.asarray([rows.origin]))[0]
    chart.layout["shapes"] = [{"type": "line", "x0": at, "x1": at, "y0": 0, "y1": 1, "yref": "paper", "line": line}]
    chart.x(showgrid=False, **on_axis())
    chart.y(title=unit, rangemode="tozero" if min(quantiles.min(), *past, *rows.happened) >= 0 else "normal")
    return chart.figure()


def band(chart: Chart, when: list[Any], low: np.ndarray, high: np.ndarray, share: float, look: Look) -> None:
    """One central interval over time."""
    for y, fill in ((low, None), (high, "tonexty")):
        chart.add(
            "scatter",
            x=when,
            y=y,
            mode="lines",
            line={"width": 0, "color": faded(look.accent, 0.16)},
            fill=fill,
            fillcolor=faded(look.accent, 0.16),
            name=_("{share} interval").format(share=level(share)),
            showlegend=fill is not None,
            hoverinfo="skip",
        )


def line_of(chart: Chart, when: list[Any], values: np.ndarray, name: str, colour: str) -> None:
    """What happened, or was known, over time."""
    chart.add(
        "scatter",
        x=when,
        y=values,
        mode="lines+markers",
        name=name,
        line={"color": faded(colour, 0.7), "width": 1.5},
        marker={"color": colour, "size": 4},
        hovertemplate="%{y:,.4~g}",
    )


def moments(values: np.ndarray) -> list[Any]:
    """Dates as text that plotly knows, anything else as it is."""
    if np.issubdtype(values.dtype, np.datetime64):
        return [str(v) for v in np.datetime_as_string(values, unit="m")]
    return [v.isoformat() if hasattr(v, "isoformat") else v for v in values.tolist()]
