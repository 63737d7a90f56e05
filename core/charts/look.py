"""The Look of every chart and browser component: light, dark, print. Holds colours and one plotly template."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

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


class Chart:
    """A figure in the making, in the house's look: fixed height, quiet grid, legend on top, no animation of axes.

    Traces and layout are gathered as dictionaries and go through one constructor at the end: plotly's update methods
    cost ten times as much, and a page may draw for fifty visitors.
    """

    def __init__(self, look: Look, *, height: int, title: str = "", **layout: Any) -> None:
        self.data: list[dict[str, Any]] = []
        self.axes: dict[str, dict[str, Any]] = {"xaxis": {}, "yaxis": {}}
        self.look = look
        self.layout: dict[str, Any] = {
            "template": {},
            "height": height,
            "title": _title(look, title),
            "font": {"family": look.font, "color": look.text, "size": 13},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "margin": {"l": 8, "r": 8, "t": 62 if title else 16, "b": 8},
            "hoverlabel": {"bgcolor": look.surface, "font": {"color": look.text, "family": look.font}},
            "legend": {
                "orientation": "h",
                "yanchor": "bottom",
                "y": 1.0,
                "xanchor": "left",
                "x": 0,
                "font": {"color": look.muted},
            },
            "uirevision": "keep",
            **layout,
        }

    def add(self, kind: str, **trace: Any) -> None:
        """Add a trace of a kind: scatter, bar, heatmap."""
        self.data.append({"type": kind, **trace})

    def x(self, **own: Any) -> None:
        """What the x axis has of its own; `title` is a text, `strong` writes the ticks in the text's colour."""
        self.axes["xaxis"] |= own

    def y(self, **own: Any) -> None:
        """The same for the y axis."""
        self.axes["yaxis"] |= own

    def figure(self) -> go.Figure:
        """The finished figure."""
        import plotly.graph_objects as go

        axes = {name: _axis(self.look, own) for name, own in self.axes.items()}
        return go.Figure(data=self.data, layout={**self.layout, **axes})


def _title(look: Look, text: str) -> dict[str, Any]:
    return {
        "text": text,
        "font": {"size": 14, "color": look.text},
        "x": 0,
        "xanchor": "left",
        "xref": "container",
        "y": 1,
        "yanchor": "top",
        "yref": "container",
        "pad": {"t": 8, "l": 8},
    }


def _axis(look: Look, own: Mapping[str, Any]) -> dict[str, Any]:
    """An axis; `title` is a text, `strong` writes the ticks in the text's colour."""
    rest = {key: value for key, value in own.items() if key not in ("title", "strong")}
    return {
        "gridcolor": look.grid,
        "linecolor": look.grid,
        "zeroline": False,
        "tickfont": {"color": look.text if own.get("strong") else look.muted, "size": 12},
        "title": {"text": own.get("title", ""), "font": {"color": look.muted, "size": 12}, "standoff": 8},
        "automargin": True,
        **rest,
    }


def faded(colour: str, opacity: float) -> str:
    """A #rrggbb colour as rgba with an opacity."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"
