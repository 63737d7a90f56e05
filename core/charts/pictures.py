"""Pictures of questions as SVG: a row of symbols, a wait beside a clock, a shelf, outcomes side by side.

They hold numbers and what is declared alone, and are drawn as images: a page's HTML has no SVG.
"""

from __future__ import annotations

import base64
import html
from math import cos, pi, sin

from core.charts.look import Look
from core.contracts.picture import Kinds, Picture, Share, Shelf, Shown, Spread, Typed, Wait
from core.formatting.text import _

_SYMBOLS = {  # on 24 x 24
    "house": '<path d="M12 2.5 1.8 11.2h3V21h5.4v-6h3.6v6h5.4v-9.8h3z"/>',
    "person": '<circle cx="12" cy="7" r="4.4"/><path d="M3.5 21.5c0-5.2 3.6-8 8.5-8s8.5 2.8 8.5 8z"/>',
    "plane": '<path d="M21 16v-2l-8-5V3.5a1.5 1.5 0 0 0-3 0V9l-8 5v2l8-2.5V19l-2 1.5V22l3.5-1 3.5 1v-1.5L13 19v-5.5z"'
    "/>",
    "note": '<path fill-rule="evenodd" d="M1 5.5h22v13H1zM12 8.2a3.8 3.8 0 1 0 0 7.6 3.8 3.8 0 0 0 0-7.6M4.6 10.4a1.6 '
    '1.6 0 1 0 0 3.2 1.6 1.6 0 0 0 0-3.2m14.8 0a1.6 1.6 0 1 0 0 3.2 1.6 1.6 0 0 0 0-3.2"/>',
    "dot": '<circle cx="12" cy="12" r="9"/>',
}


def svg(picture: Picture, look: Look) -> str:
    """The picture as an SVG file of its own."""
    if isinstance(picture, Share):
        width, height, drawn = _share(picture, look)
    elif isinstance(picture, Wait):
        width, height, drawn = _wait(picture, look)
    elif isinstance(picture, Kinds):
        width, height, drawn = _kinds(picture, look)
    elif isinstance(picture, Shelf):
        width, height, drawn = _shelf(picture, look)
    elif isinstance(picture, Typed):
        width, height, drawn = _typed(picture, look)
    elif isinstance(picture, Shown):  # what is shown stands on the page itself
        width, height, drawn = 0, 0, ""
    else:
        width, height, drawn = _spread(picture, look)
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{html.escape(look.font)}">{drawn}</svg>'


def image(picture: Picture, look: Look) -> str:
    """The picture as an HTML element that is as wide as its place, within reason; what it tells is its text."""
    source = base64.b64encode(svg(picture, look).encode()).decode()
    return (
        f'<img src="data:image/svg+xml;base64,{source}" alt="{html.escape(_(picture.tells))}" '
        'style="display:block;width:100%;max-width:640px;max-height:300px;object-fit:contain;object-position:left">'
    )


def _at(place: float) -> float:
    """A coordinate as SVG needs it: no one sees a hundredth."""
    return round(place, 1)


def lit_places(lit: int, out_of: int) -> set[int]:
    """Which of the symbols are lit: evenly among the others."""
    return {int((place + 0.5) * out_of / lit) for place in range(lit)}


def _share(picture: Share, look: Look) -> tuple[float, float, str]:
    step, lit = 62, lit_places(picture.lit, picture.out_of)
    parts = []
    for place in range(picture.out_of):
        x, bright = place * step + 4, place in lit
        if bright:
            parts.append(
                f'<rect x="{x - 4}" y="2" width="{step}" height="74" rx="12" fill="{look.outcome}" '
                'fill-opacity="0.14"/>'
            )
        colour = look.outcome if bright else look.muted
        shade = 1 if bright else 0.42
        parts.append(
            f'<g transform="translate({x + 3} 15) scale(2)" fill="{colour}" fill-opacity="{shade}">'
            f"{_SYMBOLS[picture.symbol]}</g>"
        )
    return picture.out_of * step, 78, "".join(parts)


def _kinds(picture: Kinds, look: Look) -> tuple[float, float, str]:
    """A box a kind, five in a row, its name on it."""
    wide, high, parts = 120, 64, []
    for place, name in enumerate(picture.names):
        x, y = place % 5 * (wide + 8), place // 5 * (high + 8)
        parts.append(
            f'<rect x="{x + 1}" y="{y + 1}" width="{wide - 2}" height="{high - 2}" rx="8" fill="{look.surface}" '
            f'stroke="{look.muted}" stroke-width="2"/><text x="{x + wide / 2}" y="{y + high / 2 + 5}" font-size="16" '
            f'text-anchor="middle" fill="{look.text}">{html.escape(_(name))}</text>'
        )
    rows = -(-len(picture.names) // 5)
    return 5 * (wide + 8) - 8, rows * (high + 8) - 8, "".join(parts)


def _typed(picture: Typed, look: Look) -> tuple[float, float, str]:
    """A speech bubble a text, now from the left and now from further right; what it is about stays to be guessed."""
    wide, high, parts = 560, 46, []
    for place, (text, _outcome) in enumerate(picture.texts):
        x, y = place % 2 * 40, place * (high + 14)
        parts.append(
            f'<path d="M{x + 14} {y + high - 8} l0 18 l16 -12 z" fill="{look.outcome}" fill-opacity="0.16"/>'
            f'<rect x="{x}" y="{y}" width="{wide - 40}" height="{high}" rx="14" fill="{look.outcome}" '
            f'fill-opacity="0.16"/><text x="{x + 18}" y="{y + 29}" font-size="17" fill="{look.text}">'
            f"{html.escape(text)}</text>"
        )
    return wide, len(picture.texts) * (high + 14), "".join(parts)


def _wait(picture: Wait, look: Look) -> tuple[float, float, str]:
    x, y, radius = 300.0, 92.0, 74.0

    def at(minutes: float, reach: float) -> tuple[float, float]:
        turn = 2 * pi * minutes / 60
        return x + reach * sin(turn), y - reach * cos(turn)

    (ax, ay), (bx, by) = at(picture.low, radius), at(picture.high, radius)
    large = int(picture.high - picture.low > 30)
    parts = [
        f'<g transform="translate(24 40) scale(5)" fill="{look.muted}" fill-opacity="0.55">{_SYMBOLS["person"]}</g>',
        f'<circle cx="{x}" cy="{y}" r="{radius}" fill="{look.surface}" stroke="{look.muted}" stroke-width="4"/>',
        f'<path d="M{x} {y} L{_at(ax)} {_at(ay)} A{radius} {radius} 0 {large} 1 {_at(bx)} {_at(by)} Z" '
        f'fill="{look.outcome}" fill-opacity="0.3"/>',
    ]
    for minutes in range(0, 60, 5):
        (cx, cy), (dx, dy) = at(minutes, radius - 9), at(minutes, radius - 3)
        line = f'<line x1="{_at(cx)}" y1="{_at(cy)}" x2="{_at(dx)}" y2="{_at(dy)}"'
        parts.append(f'{line} stroke="{look.muted}" stroke-width="3"/>')
    for minutes in (picture.low, picture.high):
        hx, hy = at(minutes, radius - 16)
        parts.append(
            f'<line x1="{x}" y1="{y}" x2="{_at(hx)}" y2="{_at(hy)}" stroke="{look.outcome}" stroke-width="5" '
            'stroke-linecap="round"/>'
        )
        tx, ty = at(minutes, radius + 14)
        anchor = "start" if minutes % 60 < 30 else "end"
        said = html.escape(_("{minutes} min").format(minutes=minutes))
        parts.append(
            f'<text x="{_at(tx)}" y="{_at(ty + 5)}" text-anchor="{anchor}" font-size="17" font-weight="600" '
            f'fill="{look.text}">{said}</text>'
        )
    parts.append(f'<circle cx="{x}" cy="{y}" r="5" fill="{look.text}"/>')
    return 480, 186, "".join(parts)


def _shelf(picture: Shelf, look: Look) -> tuple[float, float, str]:
    """A column a day: boxes that were ordered and sold, ordered in vain, and missing."""
    boxes = [
        (round(o / picture.box), round(s / picture.box)) for o, s in zip(picture.ordered, picture.sold, strict=True)
    ]
    tallest = max(max(pair) for pair in boxes)
    step, size, floor = 70, 13, tallest * 13 + 8
    parts = []
    for day, (ordered, sold) in enumerate(boxes):
        for place in range(max(ordered, sold)):
            wasted, missing = place >= sold, place >= ordered
            style = f'fill="{look.muted}" fill-opacity="0.5"'
            if wasted:
                style = f'fill="{look.bad}" fill-opacity="0.75"'
            if missing:
                style = f'fill="none" stroke="{look.outcome}" stroke-width="1.6" stroke-dasharray="3 2"'
            parts.append(
                f'<rect x="{day * step + 9}" y="{floor - (place + 1) * size}" width="{step - 18}" '
                f'height="{size - 3}" rx="2.5" {style}/>'
            )
    width = len(boxes) * step
    parts.append(f'<rect x="0" y="{floor}" width="{width}" height="5" rx="2" fill="{look.muted}"/>')
    legend = ((_("sold"), look.muted, ""), (_("thrown away"), look.bad, ""), (_("lacking"), look.outcome, "3 2"))
    for place, (name, colour, dashes) in enumerate(legend):
        x = place * 150 + 4
        style = f'fill="none" stroke="{colour}" stroke-dasharray="{dashes}"' if dashes else f'fill="{colour}"'
        parts.append(f'<rect x="{x}" y="{floor + 18}" width="14" height="11" rx="2" {style}/>')
        parts.append(
            f'<text x="{x + 21}" y="{floor + 28}" font-size="15" fill="{look.text}">{html.escape(name)}</text>'
        )
    return width, floor + 36, "".join(parts)


def _spread(picture: Spread, look: Look) -> tuple[float, float, str]:
    least, most = min(0.0, *picture.outcomes), max(0.0, *picture.outcomes)
    scale, step = 110 / ((most - least) or 1), 22
    zero = 116 + least * scale
    middle = len(picture.outcomes) // 2
    parts = [
        f'<line x1="0" y1="{_at(zero)}" x2="{len(picture.outcomes) * step}" y2="{_at(zero)}" stroke="{look.grid}"/>'
    ]
    for place, value in enumerate(picture.outcomes):
        top, height = zero - max(0.0, value) * scale, max(2.0, abs(value) * scale)
        colour, shade = (look.outcome, 1) if place == middle else (look.muted, 0.5)
        parts.append(
            f'<rect x="{place * step + 3}" y="{_at(top)}" width="{step - 6}" height="{_at(height)}" rx="3" '
            f'fill="{colour}" fill-opacity="{shade}"/>'
        )
    return len(picture.outcomes) * step, 122, "".join(parts)
