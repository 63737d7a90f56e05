"""What an assumption is worth as two bars from the middle: the money that a tenth more and a tenth less of it moves.

HTML without a script: words and numbers of ours alone, which can be read and marked.
"""

from __future__ import annotations

import html

from core.charts.look import Look
from core.formatting.text import _, plain

_BAR = "position:absolute;top:2px;bottom:2px;border-radius:2px"


def swing(more: float | None, less: float | None, said: tuple[str, str], largest: float, look: Look) -> str:
    """Two lines, a word, a bar and an amount each. more, less: the money moved, None where a bound forbids it; said:
    the same in words; largest: of all assumptions, what half of the width stands for."""
    lines = [
        _line(_("10% more"), more, said[0], largest, look),
        _line(_("10% less"), less, said[1], largest, look),
    ]
    return (
        '<div style="display:grid;grid-template-columns:4.6rem minmax(3rem,1fr) 4.4rem;column-gap:0.6rem;'
        f'align-items:center;font-size:0.875rem;line-height:1.35rem;color:{look.muted}">' + "".join(lines) + "</div>"
    )


def _line(word: str, amount: float | None, said: str, largest: float, look: Look) -> str:
    told = html.escape(plain(said))
    return (
        f"<span>{html.escape(plain(word))}</span>"
        f'<span style="position:relative;height:1rem;display:block">{_bar(amount or 0.0, largest, look)}</span>'
        f'<span style="text-align:right;font-variant-numeric:tabular-nums;color:{look.text}">{told}</span>'
    )


def _bar(amount: float, largest: float, look: Look) -> str:
    """From the middle to the right where money is gained, to the left where it is lost."""
    share = round(min(1.0, abs(amount) / largest) * 50, 2) if largest else 0.0
    side, colour = ("left", look.good) if amount >= 0 else ("right", look.bad)
    middle = f"position:absolute;left:50%;top:0;bottom:0;width:1px;background:{look.muted}"
    drawn = f'<span style="{_BAR};{side}:50%;width:{share}%;background:{colour}"></span>' if share else ""
    return f'{drawn}<span style="{middle}"></span>'
