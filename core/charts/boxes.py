"""A picture with boxes over it, as HTML: form and colour say what each is, line and mark whether it is right."""

from __future__ import annotations

import base64
import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from core.charts.look import HUES, LIGHT
from core.contracts import Colour

Status = Literal["known", "right", "missed", "false"]
_PAPER, _INK = LIGHT.grid, LIGHT.text  # of the key: light in both looks, as the pictures are
_HUES = (Colour.RED, Colour.INDIGO, Colour.GREEN)  # by class, in turn
_CROSS = 20, 26  # half of its width and height
_SIDE = 1000  # of a picture's width and height, whatever its form
_LINES: dict[Status, tuple[float, str]] = {
    "known": (2.2, ""),
    "right": (2.2, ""),
    "missed": (2.6, "2 4"),
    "false": (2.6, "9 4"),
}


@dataclass(frozen=True, slots=True)
class Box:
    """kind: the number of its class. ends: left, top, right, bottom as shares of the picture. said: for a pointer that
    rests on it."""

    kind: int
    ends: tuple[float, float, float, float]
    status: Status = "known"
    said: str = ""


def colour_of(kind: int, *, dark: bool = False) -> str:
    """The colour of a class, on light ground, as that of the pictures is in both looks, or on dark."""
    return HUES[_HUES[kind % len(_HUES)]]["dark" if dark else "light"]


def slide(source: str, alt: str, boxes: Sequence[Box], ratio: float) -> str:
    """source: the picture's address. ratio: of its width to its height. As wide as its place."""
    drawn = "".join(_shape(box) for box in boxes)
    return (
        f'<figure style="margin:0;position:relative;width:100%;aspect-ratio:{ratio};border-radius:8px;overflow:hidden">'
        f'<img src="{html.escape(source)}" alt="{html.escape(alt)}" style="width:100%;height:100%;display:block">'
        f'<img src="{_address(drawn)}" alt="" style="position:absolute;inset:0;width:100%;height:100%"></figure>'
    )


def _address(drawn: str) -> str:
    """A drawing as an image's address: a page keeps no drawing in its own HTML."""
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_SIDE} {_SIDE}" preserveAspectRatio="none">'
        f"{drawn}</svg>"
    )
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def _shape(box: Box) -> str:
    """Round for the first class, square for the second, on its corner for the third; crossed where it is false."""
    left, top, right, bottom = (round(end * _SIDE) for end in box.ends)
    width, dashes = _LINES[box.status]
    x, y = (left + right) // 2, (top + bottom) // 2
    line = f'fill="none" stroke="{colour_of(box.kind)}" stroke-width="{width}" vector-effect="non-scaling-stroke"'
    line += f' stroke-dasharray="{dashes}"' if dashes else ""
    forms = (
        ("ellipse", f'cx="{x}" cy="{y}" rx="{(right - left) // 2}" ry="{(bottom - top) // 2}"'),
        ("rect", f'x="{left}" y="{top}" width="{right - left}" height="{bottom - top}"'),
        ("polygon", f'points="{x},{top} {right},{y} {x},{bottom} {left},{y}"'),
    )
    name, places = forms[box.kind % len(forms)]
    title = f"<title>{html.escape(box.said)}</title>" if box.said else ""
    cross = ""
    if box.status == "false":
        wide, high = _CROSS
        corners = f"M{x - wide},{y - high}L{x + wide},{y + high}M{x + wide},{y - high}L{x - wide},{y + high}"
        cross = f'<path d="{corners}" {line}/>'
    return f"<{name} {places} {line}>{title}</{name}>{cross}"


def key(classes: Sequence[str], statuses: Sequence[tuple[Status, str]] = ()) -> str:
    """What forms and lines mean. classes, and the words of statuses: as they are read."""
    whole = (0.12, 0.12, 0.88, 0.88)
    entries = [(Box(kind, whole), name) for kind, name in enumerate(classes)]
    entries += [(Box(0, whole, status), told) for status, told in statuses]
    parts = (
        f'<span style="display:inline-flex;align-items:center;gap:.4em;background:{_PAPER};color:{_INK};padding:.1rem '
        f'.5rem;border-radius:6px"><img src="{_address(_shape(box))}" alt="" width="20" height="20">{html.escape(told)}'
        "</span>"
        for box, told in entries
    )
    return f'<div style="display:flex;flex-wrap:wrap;gap:.3rem 1.1rem;font-size:.9rem">{"".join(parts)}</div>'
