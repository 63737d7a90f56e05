"""Clarke's error grid: what a forecast of glucose that is wrong would lead to (Clarke et al., Diabetes Care, 1987)."""

from __future__ import annotations

import numpy as np

from core.charts.drawn import Drawn
from core.charts.look import Chart, Look, faded
from core.formatting.numbers import percent
from core.formatting.text import _

ZONES = "ABCDE"
_MOST_POINTS = 1_000
_END = 400.0


def zones(reference: np.ndarray, forecast: np.ndarray) -> np.ndarray:
    """The zone (N,) of each pair in mg/dL, 0 to 4. A: within a fifth, or both low; B: harmless; C: treated for nothing;
    D: a low or a high that is missed; E: taken for the opposite."""
    r, p = reference, forecast
    found = np.full(len(r), 1)
    missed = ((r >= 240) & (p >= 70) & (p <= 180)) | ((r <= 175 / 3) & (p >= 70) & (p <= 180))
    missed |= (r >= 175 / 3) & (r <= 70) & (p >= 1.2 * r)
    found[missed] = 3
    found[((r >= 70) & (r <= 290) & (p >= r + 110)) | ((r >= 130) & (r <= 180) & (p <= 1.4 * r - 182))] = 2
    found[((r >= 180) & (p <= 70)) | ((r <= 70) & (p >= 180))] = 4
    found[((r <= 70) & (p <= 70)) | ((p >= 0.8 * r) & (p <= 1.2 * r))] = 0
    return found


def shares(reference: np.ndarray, forecast: np.ndarray) -> np.ndarray:
    """The share (5,) of pairs in each zone."""
    return np.bincount(zones(reference, forecast), minlength=len(ZONES)) / max(1, len(reference))


def clarke(reference: np.ndarray, forecast: np.ndarray, look: Look) -> Drawn:
    """The pairs on the grid, each in its zone's colour."""
    chart = Chart(look, height=460, legend_rows=2)
    for ends in _lines():
        x, y = zip(*ends, strict=True)
        line = {"color": look.muted, "width": 1}
        chart.add("scatter", x=x, y=y, mode="lines", line=line, hoverinfo="skip", showlegend=False)
    keep = np.unique(np.linspace(0, len(reference) - 1, _MOST_POINTS).astype(int))
    of, share = zones(reference, forecast)[keep], shares(reference, forecast)
    colours = (look.network, look.simple, look.warn, look.bad, look.outcome)
    for zone, (letter, colour) in enumerate(zip(ZONES, colours, strict=True)):
        some = keep[of == zone]
        chart.add(
            "scatter",
            x=reference[some],
            y=forecast[some],
            mode="markers",
            name=_("{zone}: {share}").format(zone=letter, share=percent(float(share[zone]), 1)),
            marker={"size": 4, "color": faded(colour, 0.55)},
            hovertemplate="%{x:.0f} → %{y:.0f}<extra></extra>",
        )
    chart.x(title=_("what the monitor said, mg/dL"), range=[0, _END], dtick=100)
    chart.y(title=_("forecast half an hour before, mg/dL"), range=[0, _END], dtick=100)
    return chart.figure()


def _lines() -> list[list[tuple[float, float]]]:
    """The borders of the zones."""
    return [
        [(0, 0), (_END, _END)],
        [(0, 70), (175 / 3, 70)],
        [(175 / 3, 70), (_END / 1.2, _END)],
        [(70, 84), (70, _END)],
        [(0, 180), (70, 180)],
        [(70, 180), (290, _END)],
        [(70, 0), (70, 56)],
        [(70, 56), (_END, 0.8 * _END)],
        [(180, 0), (180, 70)],
        [(180, 70), (_END, 70)],
        [(240, 70), (240, 180)],
        [(240, 180), (_END, 180)],
        [(130, 0), (180, 70)],
    ]
