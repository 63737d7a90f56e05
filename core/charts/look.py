"""The Look of every chart and browser component: light, dark, print. Holds colours and one plotly template."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from core.charts.drawn import Drawn
from core.contracts import Colour
from core.formatting.text import NAME, plain

FONT = "'Source Sans', 'Segoe UI', system-ui, sans-serif"
MOST_POINTS = 400
_MOST_IN_LINE = 30
_MOST_LETTERS = 200  # of a title that names a column; a category has as many as any name
_TEMPLATES = {"hovertemplate", "texttemplate"}  # ours alone: the text of the data comes in by their variables


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """Colours as CSS; `font` as a CSS family list. network, simple, today: the trained network, the best simple method
    and what is done today, in these colours wherever they are drawn; outcome: rows in which it happens."""

    name: str
    text: str
    muted: str
    grid: str
    surface: str
    background: str
    accent: str
    good: str
    bad: str
    warn: str
    network: str
    simple: str
    today: str
    outcome: str
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
    accent="#0a6060",
    good="#1a7f4b",
    bad="#a01f14",
    warn="#8f5f00",
    network="#0a6060",
    simple="#9a6200",
    today="#818d9c",
    outcome="#b5259f",
)
DARK = Look(
    name="dark",
    text="#e8edf3",
    muted="#93a1b3",
    grid="#2a3542",
    surface="#16202b",
    background="#0e151d",
    accent="#3cc2b4",
    good="#5ad39b",
    bad="#e8604f",
    warn="#e0a94b",
    network="#3cc2b4",
    simple="#e0a94b",
    today="#6b7788",
    outcome="#f07be2",
)
PRINT = Look(
    name="print",
    text="#000000",
    muted="#444444",
    grid="#dddddd",
    surface="#ffffff",
    background="#ffffff",
    accent="#0a6060",
    good="#1a7f4b",
    bad="#a01f14",
    warn="#8a5a00",
    network="#0a6060",
    simple="#9a6200",
    today="#818d9c",
    outcome="#b5259f",
)

HUES: Mapping[Colour, Mapping[str, str]] = {  # an industry's colour, on light and on dark ground
    Colour.BLUE: {"light": "#1f5fbf", "dark": "#7fb0f5"},
    Colour.INDIGO: {"light": "#4a4fc4", "dark": "#a3a7fa"},
    Colour.VIOLET: {"light": "#7442c8", "dark": "#c3a3f7"},
    Colour.PINK: {"light": "#b8326e", "dark": "#f491b9"},
    Colour.RED: {"light": "#b3362c", "dark": "#f28f83"},
    Colour.ORANGE: {"light": "#a84a10", "dark": "#f0a06b"},
    Colour.OLIVE: {"light": "#5d6a12", "dark": "#b9c65a"},
    Colour.GREEN: {"light": "#2b7032", "dark": "#7fcb86"},
    Colour.CYAN: {"light": "#0b6a8a", "dark": "#66c4e2"},
    Colour.STEEL: {"light": "#46617c", "dark": "#9db8d2"},
    Colour.BROWN: {"light": "#7c5236", "dark": "#d3a888"},
    Colour.PLUM: {"light": "#8a3a63", "dark": "#e09abf"},
}

PLAYED = {"light": ("#1f5fbf", "#dd6b00"), "dark": ("#6aa8ff", "#ff9a3d")}  # the two classes of points to play with


def look_named(name: str | None) -> Look:
    """The look called light, dark or print; light for anything else."""
    return {"dark": DARK, "print": PRINT}.get(name or "", LIGHT)


class Markup(str):
    """Text of our own in which plotly may find line breaks; never text that comes from data."""

    __slots__ = ()


_LEGEND_ROW = 20  # pixels


class Chart:
    """A figure in the making, in the house's look: fixed height, quiet grid, legend on top, no animation of axes.

    Traces and layout are gathered as dictionaries and go through one constructor at the end: plotly's update methods
    cost ten times as much, and a page may draw for fifty visitors. There every text is made plain: plotly would read
    links and pictures out of a category's name.
    """

    def __init__(self, look: Look, *, height: int, title: str = "", legend_rows: int = 1, **layout: Any) -> None:
        """legend_rows: how many the legend takes on a phone; there is room for them below the title."""
        room = _LEGEND_ROW * (legend_rows - 1)
        self.data: list[dict[str, Any]] = []
        self.axes: dict[str, dict[str, Any]] = {"xaxis": {}, "yaxis": {}}
        self.look = look
        self.layout: dict[str, Any] = {
            "template": {},
            "height": height + room,
            "title": _title(look, title),
            "font": {"family": look.font, "color": look.text, "size": 13},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "margin": {"l": 8, "r": 8, "t": (62 if title else 16) + room, "b": 8},
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

    def figure(self) -> Drawn:
        """The finished figure."""
        axes = {name: _axis(self.look, own) for name, own in self.axes.items()}
        axes["xaxis"]["title"]["text"] = in_lines(axes["xaxis"]["title"]["text"])
        shown = _Shown()
        return Drawn(shown.all(self.data), shown.all({**self.layout, **axes}))


_SILENT = {int, float, bool, type(None)}


class _Shown:
    """The texts of one figure as plotly shows them letter by letter. Two names that are cut stay two."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.taken: set[str] = set()

    def all(self, value: Any) -> Any:
        """A part of a figure with every text in it made plain."""
        if type(value) in _SILENT:
            return value
        if isinstance(value, Markup):
            return str(value)
        if isinstance(value, str):
            return _letters(value, _MOST_LETTERS)
        if isinstance(value, dict):
            return {key: one if key in _TEMPLATES else self.all(one) for key, one in value.items()}
        if hasattr(value, "dtype") and value.dtype.kind in "OUS":
            value = value.tolist()
        if isinstance(value, list | tuple):
            return [self.name(one) if type(one) is str else self.all(one) for one in value] if _speaks(value) else value
        return value

    def name(self, raw: str) -> str:
        """A category or another value of the data: the same one for the same text, another for another."""
        if raw not in self.names:
            first = shown = _letters(raw)
            others = 2
            while shown in self.taken:
                shown, others = f"{first} ({others})", others + 1
            self.names[raw] = shown
            self.taken.add(shown)
        return self.names[raw]


def _speaks(values: list[Any] | tuple[Any, ...]) -> bool:
    """Whether there is anything but numbers in it: most lists are hundreds of numbers."""
    found = set(map(type, values))
    return not found <= _SILENT and any(not isinstance(one, int | float) and one is not None for one in values)


def _letters(text: str, most: int = NAME) -> str:
    return plain(text, most).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def in_lines(text: str, most: int = _MOST_IN_LINE) -> str:
    """A text in lines where it is longer than `most` letters: a title below an axis, a category's name."""
    if isinstance(text, Markup) or len(text) <= most or " " not in text:
        return text
    return Markup("<br>".join(_letters(part) for part in _halves(text, most)))


def _halves(text: str, most: int) -> list[str]:
    """In two at the comma or space nearest to the middle, and each half again while it is a third too long."""
    spaces = [place for place, letter in enumerate(text) if letter == " "]
    if not spaces or len(text) <= most:
        return [text]
    commas = [place for place in spaces if text[place - 1] == ","]
    at = min(commas or spaces, key=lambda place: abs(place - len(text) / 2))
    return [line for half in (text[:at], text[at + 1 :]) for line in _halves(half, most + most // 3)]


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
        "pad": {"t": 8 + 10 * text.count("<br>"), "l": 8},  # plotly puts the middle of lines where one would begin
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
        "separatethousands": True,  # 2,000 has its comma too
        **rest,
    }


def faded(colour: str, opacity: float) -> str:
    """A #rrggbb colour as rgba with an opacity."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"
