"""The Look of every chart and browser component: light, dark, print. Holds colours and one plotly template."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import plotly.graph_objects as go

FONT = "'Source Sans', 'Segoe UI', system-ui, sans-serif"
MOST_POINTS = 400


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """Colours as CSS; `font` as a CSS family list."""

    name: str
    text: str
    muted: str
    grid: str
    surface: str
    background: str
    accent: str
    second: str
    good: str
    bad: str
    warn: str
    font: str = FONT

    def colours(self) -> dict[str, str]:
        """As a plain dictionary, for components in the browser."""
        return asdict(self)


LIGHT = Look(
    name="light",
    text="#16202c",
    muted="#5b6777",
    grid="#e4e8ee",
    surface="#ffffff",
    background="#f7f8fa",
    accent="#0b6e6e",
    second="#8a5a00",
    good="#1a7f4b",
    bad="#c0392b",
    warn="#b7791f",
)
DARK = Look(
    name="dark",
    text="#e8edf3",
    muted="#93a1b3",
    grid="#2a3542",
    surface="#16202b",
    background="#0e151d",
    accent="#3cc2b4",
    second="#e0a94b",
    good="#4cc38a",
    bad="#ef6b5a",
    warn="#e0a94b",
)
PRINT = Look(
    name="print",
    text="#000000",
    muted="#444444",
    grid="#dddddd",
    surface="#ffffff",
    background="#ffffff",
    accent="#0b6e6e",
    second="#8a5a00",
    good="#1a7f4b",
    bad="#c0392b",
    warn="#8a5a00",
)


def look_named(name: str | None) -> Look:
    """The look called light, dark or print; light for anything else."""
    return {"dark": DARK, "print": PRINT}.get(name or "", LIGHT)


def figure(look: Look, *, height: int, title: str = "") -> go.Figure:
    """An empty figure in the house's look: fixed height, quiet grid, legend on top, no animation of axes."""
    import plotly.graph_objects as go

    fig = go.Figure()
    axis = {
        "gridcolor": look.grid,
        "linecolor": look.grid,
        "zeroline": False,
        "tickfont": {"color": look.muted, "size": 12},
        "title": {"font": {"color": look.muted, "size": 12}, "standoff": 8},
        "automargin": True,
    }
    fig.update_layout(
        template=None,
        height=height,
        title={
            "text": title,
            "font": {"size": 14, "color": look.text},
            "x": 0,
            "xanchor": "left",
            "xref": "paper",
            "y": 1,
            "yanchor": "top",
            "yref": "container",
            "pad": {"t": 8},
        },
        font={"family": look.font, "color": look.text, "size": 13},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        margin={"l": 8, "r": 8, "t": 62 if title else 16, "b": 8},
        hoverlabel={"bgcolor": look.surface, "font": {"color": look.text, "family": look.font}},
        legend={
            "orientation": "h",
            "yanchor": "bottom",
            "y": 1.0,
            "xanchor": "left",
            "x": 0,
            "font": {"color": look.muted},
        },
        xaxis=axis,
        yaxis=axis,
        uirevision="keep",
    )
    return fig


def faded(colour: str, opacity: float) -> str:
    """A #rrggbb colour as rgba with an opacity."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"
