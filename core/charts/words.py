"""What networks say of a text: its words lit by what they bring, and the likeliest classes as bars. Words are letters,
never HTML."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

from core.charts import flat
from core.charts.flat import Line, Part, Scale
from core.charts.look import Look, faded

_LEAST = 0.05  # of the most that a word brings: what is less is not lit


@dataclass(frozen=True, kw_only=True, slots=True)
class LitWord:
    """Where a word stands in its text, from -1, against, to 1, for; exact: what it brings, in words; known: whether it
    was ever learned from."""

    start: int
    end: int
    light: float
    exact: str
    known: bool


def lit(text: str, words: Sequence[LitWord], look: Look) -> str:
    """The text as HTML: the deeper a word's ground, the more it brings; what speaks against has the other colour, and
    what was never learned a dotted line."""
    parts, at = [], 0
    for word in words:
        parts.append(html.escape(text[at : word.start]))
        at = word.end
        colour = look.network if word.light > 0 else look.bad
        ground = f"background:{faded(colour, 0.55 * abs(word.light))};" if abs(word.light) >= _LEAST else ""
        line = "" if word.known else f"border-bottom:2px dotted {look.muted};"
        said = html.escape(word.exact, quote=True)
        shown = html.escape(text[word.start : word.end])
        parts.append(f'<span title="{said}" style="border-radius:4px;padding:1px 2px;{ground}{line}">{shown}</span>')
    rest = html.escape(text[at:])
    parts.append(f'<span style="color:{look.muted}">{rest}</span>' if rest.strip() else rest)
    style = (
        f"color:{look.text};font-size:1.25rem;line-height:2rem;overflow-wrap:anywhere;max-height:20rem;overflow-y:auto"
    )
    return f'<div data-testid="lit-words" style="{style}">{"".join(parts)}</div>'


@dataclass(frozen=True, kw_only=True, slots=True)
class Chance:
    """One class: its chance, and the same in words."""

    name: str
    value: float
    said: str


def chances(title: str, told: Sequence[Chance], level: float | None, look: Look) -> str:
    """A bar a class, the first in the network's colour; a dotted line where the machine is sure enough."""
    lines = [
        Line(
            name=one.name,
            parts=(Part(shape="bar", start=0.0, end=one.value, colour=look.muted if place else look.network),),
            said=(one.said,),
            exact=one.said,
        )
        for place, one in enumerate(told)
    ]
    return flat.sheet([flat.lines(title, lines, mark=level, scale=Scale(0.0, 1.0))], look, wide=True)
