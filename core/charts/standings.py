"""Bars of what each method reaches, with its 95% interval: network, best simple method, today, in their colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from core.charts.drawn import Drawn
from core.charts.look import Chart, Look, Markup, faded, in_lines

_ROOM = 0.2  # of the width of the bars: for the values behind them, on a phone too
_ROOM_OF_A_LETTER = 0.045  # the same, of a letter of what is said, on a phone
_ROW, _LINE, _BAR = 58, 17, 24  # pixels: of a bar with its name, of each further line of a name, of the bar itself
_MOST_IN_LINE = 44  # letters, on a phone


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """One method. said: its value in words; exact: the same in full, with its interval, shown on hover."""

    name: str
    role: Literal["network", "simple", "today", "policy"]
    value: float
    low: float | None
    high: float | None
    said: str
    exact: str


def colour_of(role: str, look: Look) -> str:
    """The colour that a method has wherever it is drawn."""
    return {"network": look.network, "simple": look.simple}.get(role, look.today)


def standings(bars: Sequence[Bar], title: str, look: Look) -> Drawn:
    """A bar each, the first on top, its name over it and its value behind it: so the bars have the whole width, on a
    phone too. A whisker is the 95% interval, where one is known."""
    names = [in_lines(bar.name, _MOST_IN_LINE) for bar in reversed(bars)]
    lines = max((name.count("<br>") for name in names if isinstance(name, Markup)), default=0) + 1
    row = _ROW + (lines - 1) * _LINE
    over = {"xref": "paper", "x": 0, "xanchor": "left", "yanchor": "bottom", "showarrow": False, "align": "left"}
    said = {**over, "xshift": 3, "yshift": _BAR / 2, "font": {"color": look.text, "size": 13}}
    chart = Chart(
        look,
        height=62 + row * len(bars),
        title=in_lines(title, 42),
        bargap=1 - _BAR / row,
        margin={"l": 8, "r": 8, "t": 54, "b": 8},
        annotations=[{**said, "text": name, "y": place} for place, name in enumerate(names)],
    )
    ends = [max(0.0, bar.value, bar.high or 0.0) for bar in bars]
    starts = [min(0.0, bar.value, bar.low or 0.0) for bar in bars]
    letters = max((len(bar.said) for bar in bars), default=0)
    room = max(_ROOM, _ROOM_OF_A_LETTER * letters) * ((max(ends, default=0.0) - min(starts, default=0.0)) or 1.0)
    for bar, end in zip(reversed(bars), reversed(ends), strict=True):
        chart.add(
            "bar",
            x=[bar.value],
            y=[bar.name],
            orientation="h",
            marker={"color": colour_of(bar.role, look)},
            error_x=_whisker(bar, look),
            customdata=[[bar.exact]],
            hovertemplate="%{y}: %{customdata[0]}<extra></extra>",
            showlegend=False,
        )
        chart.add(
            "scatter",
            x=[end + room / 20],
            y=[bar.name],
            mode="text",
            text=[bar.said],
            textposition="middle right",
            textfont={"color": look.text, "size": 15},
            hoverinfo="skip",
            showlegend=False,
        )
    chart.x(
        showticklabels=False,
        showgrid=False,
        zeroline=True,
        zerolinecolor=look.muted,
        range=[min(starts, default=0.0), max(ends, default=0.0) + room],
    )
    top = len(bars) - 1 + (_BAR / 2 + lines * _LINE + 6) / row
    chart.y(showgrid=False, showticklabels=False, automargin=False, range=[-0.32, top])
    return chart.figure()


def _whisker(bar: Bar, look: Look) -> dict[str, Any]:
    known = bar.low is not None and bar.high is not None
    return {
        "type": "data",
        "symmetric": False,
        "array": [(bar.high or 0) - bar.value] if known else [],
        "arrayminus": [bar.value - (bar.low or 0)] if known else [],
        "color": faded(look.text, 0.55),
        "thickness": 2,
        "width": 5,
    }
