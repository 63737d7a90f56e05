"""Pictures as HTML without a script: bars, ranges, heaps and squares beside words, there as soon as the page is.

Each is a table that can be read aloud: a name, a mark, a value. The pointer shows a line's exact numbers, and so does
the picture itself once it has the keyboard's focus or was touched. Words of the data are letters, never HTML.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from core.charts.look import Look, faded
from core.formatting.text import plain

_PERCENT = 100
_MOST_LETTERS = 200
_LONG = 16  # letters of a name that may take two lines
_STYLE = """
<style>
.flat { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(18rem, 100%), 1fr)); gap: 1.6rem 2.4rem;
  align-items: start;  color: var(--text); font-size: 0.875rem; line-height: 1.25rem; }
.flat-wide { grid-template-columns: minmax(0, 1fr); }
.flat-legend { grid-column: 1 / -1; display: flex; flex-wrap: wrap; gap: 0.2rem 1.4rem; color: var(--muted); }
.flat-legend i { display: inline-block; width: 0.8rem; height: 0.8rem; margin-right: 0.45rem; border-radius: 2px;
  vertical-align: -1px; }
.flat-legend i.flat-mark { width: 0; border-radius: 0; }
.flat figure { position: relative; margin: 0; padding: 0; min-width: 0; border-radius: 6px; }
.flat figure:focus-visible { outline: 2px solid var(--accent); outline-offset: 6px; }
.flat figcaption { font-weight: 600; margin-bottom: 0.5rem; text-wrap: balance; }
.flat table { border-collapse: collapse; width: 100%; margin: 0; border: 0; }
.flat tr, .flat th, .flat td { border: 0; background: none; }
.flat th, .flat td { padding: 0; font-weight: 400; text-align: left; vertical-align: middle; color: var(--text);
  font-size: 0.875rem; line-height: 1.25rem; }
.flat th[scope=row] { padding: 0.15rem 0.7rem 0.15rem 0; width: 1%; max-width: 9rem; min-width: 3rem;
  overflow-wrap: anywhere; white-space: nowrap; }
.flat th.flat-long { white-space: normal; min-width: 7rem; }
.flat td.flat-said { padding-left: 0.7rem; width: 1%; white-space: nowrap; text-align: right;
  font-variant-numeric: tabular-nums; }
.flat tr:hover > * { background: var(--hover); }
.flat-track { position: relative; display: block; height: 1.6rem; }
.flat-track b { position: absolute; display: block; box-sizing: border-box; }
.flat-bar { border-radius: 0 3px 3px 0; }
.flat-box { border-radius: 3px; }
.flat-point { width: 10px; height: 10px; margin-left: -5px; border-radius: 50%; }
.flat-whisker { border-left: 1px solid; border-right: 1px solid; }
.flat-whisker::before { content: ""; position: absolute; left: 0; right: 0; top: 50%; margin-top: -1px;
  border-top: 1px solid; }
.flat-mark { border-left: 2px dotted var(--muted); }
.flat-zero { top: 0; bottom: 0; border-left: 1px solid var(--muted); }
.flat-over { display: block; padding-top: 0.35rem; }
.flat-over .flat-track { height: 1.9rem; border-left: 1px solid var(--muted); }
.flat-over .flat-value { position: absolute; top: 0.3rem; padding-left: 0.5rem; white-space: nowrap; font-size: 1rem;
  font-weight: 600; font-variant-numeric: tabular-nums; }
.flat-exact { display: none; position: absolute; left: 0; top: 100%; margin-top: 0.5rem; z-index: 3; min-width: 100%;
  box-sizing: border-box; max-width: 30rem; padding: 0.5rem 0.8rem; border: 1px solid var(--grid); border-radius: 8px;
  background: var(--surface); box-shadow: 0 4px 18px rgba(0, 0, 0, 0.18); }
.flat figure:focus .flat-exact { display: block; }
.flat-exact span { display: block; }
.visually-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap; }
.flat-heaps { position: relative; height: 9rem; border-bottom: 1px solid var(--muted); background-size: 100% 100%;
  display: flex; }
.flat-heaps span { flex: 1; height: 100%; }
.flat-heaps span:hover { background: var(--hover); }
.flat-ends { display: flex; justify-content: space-between; color: var(--muted); }
.flat-squares table { border-collapse: separate; border-spacing: 4px; table-layout: fixed; }
.flat-squares th { text-align: center; padding: 0.15rem; width: auto; max-width: none; white-space: normal;
  overflow-wrap: anywhere; }
.flat-squares th[scope=row] { text-align: right; padding-right: 0.5rem; white-space: normal; }
.flat-squares td { text-align: center; padding: 0.45rem 0.2rem; border-radius: 6px;
  font-variant-numeric: tabular-nums; }
.flat-squares td > b { display: block; font-size: 1.15rem; line-height: 1.5rem; font-weight: 600; }
</style>
"""

Shape = Literal["bar", "box", "whisker", "point"]
_TOP_AND_HEIGHT = {"bar": (16, 68), "box": (22, 56), "whisker": (32, 36)}  # percent of a line


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A mark from one value to another; a point stands at `end`. lane, lanes: which of several stacked in one line."""

    shape: Shape
    start: float
    end: float
    colour: str
    lane: int = 0
    lanes: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A line of a picture. said: its value, or one for each lane; exact: the same in full, on hover and aloud."""

    name: str
    parts: tuple[Part, ...]
    said: tuple[str, ...]
    exact: str


@dataclass(frozen=True, slots=True)
class Scale:
    """Values as percent of the width; pictures that are compared have the same."""

    low: float
    span: float

    @classmethod
    def of(cls, told: Sequence[Line], mark: float | None = None) -> Scale:
        """From the least to the greatest mark; from zero where bars stand on it."""
        parts = [part for line in told for part in line.parts]
        ends = [end for part in parts for end in (part.start, part.end)] + ([] if mark is None else [mark])
        if any(part.shape == "bar" for part in parts):
            ends.append(0.0)
        low, high = min(ends, default=0.0), max(ends, default=1.0)
        return cls(low, (high - low) or 1.0)

    def at(self, value: float) -> float:
        """Where a value stands, in percent."""
        return at(_PERCENT * (value - self.low) / self.span)


def at(place: float) -> float:
    """A coordinate as a style needs it: no one sees a thousandth."""
    return round(place, 2)


def letters(text: object) -> str:
    """A text as HTML that shows it letter by letter, on one line."""
    return html.escape(plain(text, _MOST_LETTERS))


def sheet(figures: Sequence[str], look: Look, *, legend: Sequence[tuple[str, str]] = (), wide: bool = False) -> str:
    """Pictures side by side, one below the other on a phone, with the style that all of them need. legend: colour and
    words above them, `dotted` for the line through all; wide: one a row."""
    names = {name: getattr(look, name) for name in ("text", "muted", "grid", "surface", "accent")}
    style = ";".join(f"--{name}:{value}" for name, value in {**names, "hover": faded(look.muted, 0.12)}.items())
    told = "".join(f"<span>{_swatch(colour)}{letters(words)}</span>" for colour, words in legend)
    above = f'<div class="flat-legend">{told}</div>' if told else ""
    more = " flat-wide" if wide else ""
    return f'{_STYLE}<div class="flat{more}" style="{html.escape(style)}">{above}{"".join(figures)}</div>'


def _swatch(colour: str) -> str:
    return '<i class="flat-mark"></i>' if colour == "dotted" else f'<i style="background:{colour}"></i>'


def lines(title: str, told: Sequence[Line], *, mark: float | None = None, scale: Scale | None = None) -> str:
    """A line each, the first on top: its name, its marks on one scale, its value. mark: a dotted line through all of
    them."""
    scale = scale or Scale.of(told, mark)
    rows = "".join(_row(line, scale, mark) for line in told)
    return figure(title, f"<table><tbody>{rows}</tbody></table>", [(line.name, line.exact) for line in told])


def over(title: str, told: Sequence[Line]) -> str:
    """The same with each name over its marks and its value behind them, so that bars have the whole width."""
    scale = Scale.of(told)
    room = max((len(line.said[0]) for line in told), default=0) * 0.62 + 0.8
    rows = "".join(_over(line, scale, room) for line in told)
    body = f"<table><tbody>{rows}</tbody></table>"
    return figure(title, body, [(line.name, line.exact) for line in told])


def figure(title: str, body: str, exact: Sequence[tuple[str, str]] = (), kind: str = "") -> str:
    """A picture with its title, and the exact numbers that it shows once it is focused. body: HTML."""
    told = "".join(f"<span>{letters(name)}: {letters(words)}</span>" for name, words in exact)
    shown = f'<div class="flat-exact" aria-hidden="true">{told}</div>' if told else ""
    focus = ' tabindex="0"' if told else ""
    marked = f' class="{kind}"' if kind else ""
    named = f' aria-label="{letters(title)}"' if title else ""
    head = f"<figcaption>{letters(title)}</figcaption>" if title else ""
    return f"<figure{marked}{focus}{named}>{head}{body}{shown}</figure>"


def _row(line: Line, scale: Scale, mark: float | None) -> str:
    dotted = "" if mark is None else f'<b class="flat-mark" style="left:{scale.at(mark)}%;top:0;bottom:0"></b>'
    marks = "".join(_part(part, scale) for part in line.parts)
    said = "<br>".join(letters(value) for value in line.said)
    long = ' class="flat-long"' if len(plain(line.name)) > _LONG else ""
    tall = ' style="height:2.5rem"' if len(line.said) > 1 else ""
    return (
        f'<tr title="{letters(line.name)}: {letters(line.exact)}"><th scope="row"{long}>{letters(line.name)}</th>'
        f'<td aria-hidden="true"><span class="flat-track"{tall}>{marks}{dotted}</span></td>'
        f'<td class="flat-said"><span aria-hidden="true">{said}</span>{_heard(line.exact)}</td></tr>'
    )


def _over(line: Line, scale: Scale, room: float) -> str:
    marks = "".join(_part(part, scale) for part in line.parts)
    end = max((scale.at(max(part.start, part.end)) for part in line.parts), default=0.0)
    value = f'<span class="flat-value" style="left:max({end}%,{scale.at(0.0)}%)">{letters(line.said[0])}</span>'
    zero = scale.at(0.0)  # where something is lost, what is gained begins within
    place = f"{'border-left:0;' if zero > 0 else ''}margin-right:{at(room)}rem"
    marks += f'<b class="flat-zero" style="left:{zero}%"></b>' if zero > 0 else ""
    return (
        f'<tr title="{letters(line.name)}: {letters(line.exact)}" class="flat-over">'
        f'<th scope="row" class="flat-long" style="display:block;width:auto;max-width:none">{letters(line.name)}</th>'
        f'<td style="display:block"><span class="flat-track" style="{place}" aria-hidden="true">'
        f"{marks}{value}</span>{_heard(line.exact)}</td></tr>"
    )


def _part(part: Part, scale: Scale) -> str:
    start, end = scale.at(min(part.start, part.end)), scale.at(max(part.start, part.end))
    if part.shape == "point":
        place = f"left:{end}%;top:calc({at(_PERCENT * (part.lane + 0.5) / part.lanes)}% - 5px);background:{part.colour}"
        return f'<b class="flat-point" style="{place}"></b>'
    top, height = (share / part.lanes for share in _TOP_AND_HEIGHT[part.shape])
    place = f"left:{start}%;width:{at(end - start)}%;top:{at(top + _PERCENT * part.lane / part.lanes)}%"
    ink = f"border-color:{part.colour}" if part.shape == "whisker" else f"background:{part.colour}"
    return f'<b class="flat-{part.shape}" style="{place};height:{at(height)}%;{ink};color:{part.colour}"></b>'


def _heard(words: str) -> str:
    """What is read aloud and takes no room."""
    return f'<span class="visually-hidden">{letters(words)}</span>'
