"""Printed and true: the articles' worked examples recomputed by what trains, and their regression that diverges."""

from __future__ import annotations

import html
import math
from decimal import Decimal

import streamlit as st

from core.errors import UserError
from core.formatting import numbers, powers
from core.formatting.text import _, escape_markdown, plain
from core.jobs.worked_examples import Told, computed
from pages.components.look import BOTH, start_page
from pages.components.story import sentence
from pages.components.valley import draw_valley

_CLOSE, _COARSEST = 0.6, 0.01  # of the last digit that is printed, and of a hundredth where that is coarser
_SHEET = """
<style>
.printed {{ width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }}
.printed th {{ text-align: left; font-weight: 400; color: {muted}; font-size: 0.875rem; }}
.printed td, .printed th {{ padding: 7px 18px 7px 0; border-bottom: 1px solid {grid}; vertical-align: top; }}
.printed .off {{ color: {bad}; text-decoration: line-through; }}
.printed .true {{ font-weight: 600; }}
@media (max-width: 640px) {{ .printed td, .printed th {{ padding-right: 8px; }} }}
</style>
"""


def draw() -> None:
    """Draw the page."""
    start_page()
    st.title(_("Printed and true"))
    sentence(_("Articles print numbers that were never run. Here the code that trains computes them again."))
    st.header(_("A regression that diverges"))
    st.markdown(
        _(
            "House prices, y = w x + b on five points, by gradient descent with rate 0.1: printed is a loss that falls "
            "to 0.0016. Run, it climbs. Move the rate and find the largest one that comes down."
        )
    )
    draw_valley(key="valley")
    st.header(_("The worked examples"))
    with st.spinner(_("Computing, some seconds the first time"), show_time=True):
        try:
            found = computed()
        except UserError as error:
            st.error(escape_markdown(str(error)))
            return
    wrong = sum(not agrees(one) for one in found)
    st.markdown(
        _("{wrong} of {all} printed results are not what their own numbers give.").format(
            wrong=numbers.count(wrong), all=numbers.count(len(found))
        )
    )
    st.html(_SHEET.format_map(BOTH) + table(found))
    st.caption(
        _("By the activations, losses and optimisers of this product, in 64 bits: python -m core worked-examples")
    )


def agrees(one: Told) -> bool:
    """Whether what was printed is what is true, to the digits that were printed."""
    pairs = zip(one["printed"], one["true"], strict=False)
    return len(one["printed"]) == len(one["true"]) and all(
        math.isclose(printed, true, abs_tol=_CLOSE * min(_COARSEST, _last_digit(printed))) for printed, true in pairs
    )


def _last_digit(value: float) -> float:
    """What one more or less in it changes: 0.0001 of 0.1495."""
    return float(10.0 ** int(Decimal(str(value)).as_tuple().exponent))


def table(found: tuple[Told, ...]) -> str:
    """The examples as a table: what was printed wrongly is crossed out."""
    heads = "".join(f'<th scope="col">{html.escape(one)}</th>' for one in (_("Example"), _("Printed"), _("True")))
    return f'<table class="printed"><thead><tr>{heads}</tr></thead><tbody>{"".join(map(_row, found))}</tbody></table>'


def _row(one: Told) -> str:
    printed, true = (" · ".join(powers.written(value) for value in one[which]) for which in ("printed", "true"))
    mark = "fine" if agrees(one) else "off"
    name = html.escape(plain(_(one["name"])))
    return f'<tr><td>{name}</td><td class="{mark}">{printed}</td><td class="true">{true}</td></tr>'
