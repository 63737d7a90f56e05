"""Held-out records as a table, and figures of a run: what the results of every kind share."""

from __future__ import annotations

from collections.abc import Callable, Hashable

import numpy as np
import streamlit as st

from core.charts.drawn import Drawn
from core.contracts import Section
from core.contracts.answers import Values
from core.errors import UserError
from core.formatting import numbers
from core.formatting.text import _, escape_markdown
from pages.components.client import ask
from pages.components.context import Context
from pages.components.drawing import chart, once, table
from pages.components.held_out import HeldOut
from pages.components.record_words import distinct, fitting, label, rows_of
from pages.components.state import open_section
from pages.components.story import steps

MOST_RECORDS = 30
_WHOLE = 1060.0  # pixels beside the place where a row is chosen


def run_chart(context: Context, name: str, make: Callable[[], Drawn], *more: Hashable) -> None:
    """A figure of the shown run, made once for all who ask for the same."""
    chart(once(make, name, context.version, context.look.name, *more), key=context.key(name))


def run_picture(context: Context, name: str, make: Callable[[], str], *more: Hashable) -> None:
    """A picture of the shown run as HTML, made once likewise."""
    st.html(once(make, name, context.version, context.look.name, *more))


def ask_about(context: Context, row: int) -> None:
    """Open What if on a record, as it is."""
    context.state.record = row
    context.state.changes.clear()
    for name in [context.own_key("rank"), *(k for k in st.session_state if _of_a_change(context, k))]:
        st.session_state.pop(name, None)
    open_section(context.use_case, context.state, Section.UNDERSTAND.value)


def _of_a_change(context: Context, key: object) -> bool:
    return str(key).startswith(context.key("change-"))


def draw_rows(
    context: Context, rows: list[Values], *, width: float, on_row: Callable[[int], None] | None = None
) -> None:
    """Records as a table with as many columns as fit into so many pixels; all of them, where a visitor wishes it."""
    first = fitting(rows, width)
    wish = context.start("all-columns", False)
    shown = rows if st.session_state[wish] else [{head: row[head] for head in first} for row in rows]
    table(
        shown,
        height=min(280, 38 + 35 * len(rows)),
        key=context.key("records"),
        on_row=on_row,
        counts={label(column) for column in context.use_case.columns},
    )
    if rows and len(first) < len(rows[0]):
        st.toggle(_("Show all {count} columns").format(count=numbers.count(len(rows[0]))), key=wish)


def draw_records(
    context: Context,
    found: HeldOut,
    places: np.ndarray,
    predicted: Callable[[int], Values],
    *,
    said: str = "",
    width: float = _WHOLE,
) -> None:
    """The records at these places of the held-out rows, each behind what was predicted of it. said: in which order.
    width: pixels of their place on a wide screen."""
    if len(places) == 0:
        st.info(_("There is no such record."))
        return
    try:
        answer = ask({"ask": "records", **context.asked, "rows": [int(found.rows[i]) for i in places]})
    except UserError as error:
        st.warning(escape_markdown(str(error)))
        return
    rows = [
        distinct([*predicted(i).items(), *row.items()])
        for i, row in zip(places, rows_of(context.use_case, answer["records"]), strict=True)
    ]
    chosen = [int(found.rows[i]) for i in places]
    can_ask = Section.UNDERSTAND in steps(context.use_case) and context.run is not None and context.run.has_weights
    draw_rows(context, rows, width=width, on_row=(lambda place: ask_about(context, chosen[place])) if can_ask else None)
    if can_ask:
        st.caption(_("Click a record to ask the model what would change its mind."))
    st.caption(
        escape_markdown(said) if said else _("The most surprising first; at most {most}.").format(most=MOST_RECORDS)
    )
