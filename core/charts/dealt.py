"""How a plan deals its rows, as dots in groups: a whole group apart for the test, or some of every group. HTML."""

from __future__ import annotations

from collections.abc import Mapping

from core.charts.flat import figure, letters, sheet
from core.charts.look import Look
from core.formatting.numbers import count
from core.formatting.text import _

_MOST_DOTS, _HALF = 96, 0.5
_DOT = "display:inline-block;box-sizing:border-box;width:12px;height:12px;border-radius:50%"


def dealt(groups: Mapping[str, int], title: str, look: Look, *, share: float | None) -> str:
    """Dots of each group, in proportion. groups: rows of each by its name; share: of the rows of every group that are
    tested at a time; None: the last group alone is tested."""
    each = max(1, -(-sum(groups.values()) // _MOST_DOTS))
    last, drawn, place = (list(groups) or [""])[-1], [], 0
    for name, rows in groups.items():
        dots = max(1, round(rows / each))
        if share is None:
            tested = [name == last] * dots
        else:
            tested = [int((at + 1) * share + _HALF) > int(at * share + _HALF) for at in range(place, place + dots)]
        place += dots
        drawn.append(_group(name, tested, look))
    body = f'<div style="display:flex;flex-wrap:wrap;gap:12px 20px">{"".join(drawn)}</div>'
    legend = ((look.network, _("learned and tuned on")), (look.outcome, _("tested on")))
    told = _("A dot stands for {count} rows.").format(count=count(each))
    if share is None:
        told += " " + _("Each group is left out once, as this one is.")
    note = f'<div style="margin-top:10px;color:{look.muted}">{letters(told)}</div>'
    return sheet([figure(title, body + note)], look, legend=legend, wide=True)


def _group(name: str, tested: list[bool], look: Look) -> str:
    dots = "".join(_dot(is_tested, look) for is_tested in tested)
    share = sum(tested)
    told = _("{name}: {tested} of {dots} dots tested").format(name=name, tested=count(share), dots=count(len(tested)))
    place = 'style="display:flex;flex-wrap:wrap;gap:4px;max-width:132px"'
    return (
        f'<div><div {place} role="img" aria-label="{letters(told)}">{dots}</div>'
        f'<div style="color:{look.muted};margin-top:4px" aria-hidden="true">{letters(name)}</div></div>'
    )


def _dot(is_tested: bool, look: Look) -> str:
    """Tested ones are rings: told apart without colours too."""
    ink = f"border:3px solid {look.outcome}" if is_tested else f"background:{look.network}"
    return f'<i style="{_DOT};{ink}"></i>'
