"""Two distributions over each other as HTML: of the rows in which it happened, and of the others."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from itertools import pairwise

from core.charts.flat import at, figure, letters
from core.formatting.numbers import percent
from core.formatting.text import _

_WIDE, _HIGH = 400, 120
_HEADROOM = 0.92
_MOST_SHOWN = 10  # bins in words, for those who do not point


def heaps(
    title: str,
    edges: Sequence[float],
    sides: Sequence[tuple[str, Sequence[float], str]],
    write: Callable[[float], str],
) -> str:
    """One heap each, adding up to one. edges (B + 1,); sides: a name, shares (B,), a colour; write: a value of the
    column. The pointer shows each bin's shares."""
    top = max((share for _name, shares, _colour in sides for share in shares), default=0.0) or 1.0
    picture = "".join(_heap([share / top for share in shares], colour) for _name, shares, colour in sides)
    box = f'viewBox="0 0 {_WIDE} {_HIGH}" preserveAspectRatio="none"'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" {box}>{picture}</svg>'
    source = base64.b64encode(svg.encode()).decode()
    told = [
        (
            _("{low} – {high}").format(low=write(low), high=write(high)),
            ", ".join(f"{name} {percent(shares[place], 1)}" for name, shares, _colour in sides),
        )
        for place, (low, high) in enumerate(pairwise(edges))
    ]
    strips = "".join(f'<span title="{letters(where)}: {letters(words)}"></span>' for where, words in told)
    middle = edges[len(edges) // 2]
    ends = "".join(f"<span>{letters(write(value))}</span>" for value in (edges[0], middle, edges[-1]))
    body = (
        f'<div class="flat-heaps" aria-hidden="true" style="background-image:url(data:image/svg+xml;base64,{source})">'
        f'{strips}</div><div class="flat-ends" aria-hidden="true">{ends}</div>{_aloud(told)}'
    )
    return figure(title, body, told[:: max(1, len(told) // _MOST_SHOWN)])


def _aloud(told: Sequence[tuple[str, str]]) -> str:
    """Every bin as a table that only a screen reader has."""
    rows = "".join(f'<tr><th scope="row">{letters(where)}</th><td>{letters(words)}</td></tr>' for where, words in told)
    return f'<div class="visually-hidden"><table><tbody>{rows}</tbody></table></div>'


def _heap(heights: Sequence[float], colour: str) -> str:
    """A soft outline through the middles of the bins, and the ground under it."""
    step = _WIDE / len(heights)
    points = [((place + 0.5) * step, _HIGH * (1 - _HEADROOM * height)) for place, height in enumerate(heights)]
    points = [(0.0, points[0][1]), *points, (float(_WIDE), points[-1][1])]
    line = f"M{at(points[0][0])},{at(points[0][1])}"
    for (x, y), (to_x, to_y) in pairwise(points):
        half = (x + to_x) / 2  # level at both ends: it never overshoots
        line += f"C{at(half)},{at(y)} {at(half)},{at(to_y)} {at(to_x)},{at(to_y)}"
    return (
        f'<path d="{line}L{_WIDE},{_HIGH}L0,{_HIGH}Z" fill="{colour}" fill-opacity="0.2"/>'
        f'<path d="{line}" fill="none" stroke="{colour}" stroke-width="2" vector-effect="non-scaling-stroke"/>'
    )
