"""Held-out records as a table, and figures of a run: what the results of every kind share."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Sequence
from functools import partial

import numpy as np
import streamlit as st

from core.charts.drawn import Drawn
from core.contracts import Section
from core.contracts.answers import Record, Values
from core.errors import UserError
from core.formatting.messages import current
from core.formatting.text import _, escape_markdown
from pages.components.client import ask
from pages.components.context import Context
from pages.components.drawing import chart, once
from pages.components.held_out import HeldOut
from pages.components.kept import Kept
from pages.components.later import later
from pages.components.picture_box import draw_wall
from pages.components.record_table import Table, record_table, table_of
from pages.components.record_words import distinct, label, rows_of
from pages.components.state import open_section
from pages.components.story import steps

MOST_RECORDS = 30
_tables = Kept(200)
_PATIENCE_S = 60.0  # the answer worker may have to read the data first


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
    context.renew("rank", "source", "change")
    open_section(context.state, Section.UNDERSTAND.value)


def draw_rows(
    context: Context,
    rows: Callable[[], Sequence[Values]],
    *told_by: Hashable,
    name: str,
    on_row: Callable[[int], None] | None = None,
    asks: Sequence[bool] | None = None,
) -> None:
    """Records as a table, put into words once for all who are shown the same. told_by: all that `rows` tells, and in
    which order; name: read aloud; on_row, asks: what happens when one is pressed, and which can be."""
    use_case = context.use_case

    def made() -> Table:
        return table_of(rows(), {label(column) for column in use_case.columns}, name)

    table = _tables.get((use_case.name, use_case.variant, current(), name, *told_by), made)
    record_table(table, key=context.key("records"), on_row=on_row, asks=asks)


def as_told(records: Sequence[Record]) -> str:
    """All that records tell, as a key."""
    return json.dumps(records)


def can_be_asked(context: Context) -> bool:
    """Whether the model of the shown run can be asked about a record."""
    return Section.UNDERSTAND in steps(context.use_case) and context.run is not None and context.run.has_weights


def draw_records(
    context: Context,
    found: HeldOut,
    places: np.ndarray,
    predicted: Callable[[int], Values],
    *,
    said: str = "",
    below: Callable[[int], str] | None = None,
) -> None:
    """The records at these places of the held-out rows, each behind what was predicted of it. said: in which order;
    below: what is said under a picture, all that was predicted where it is left out."""
    if len(places) == 0:
        st.info(_("There is no such record."))
        return
    later(partial(_records, context, found, places, predicted, said, below))


def _records(
    context: Context,
    found: HeldOut,
    places: np.ndarray,
    predicted: Callable[[int], Values],
    said: str,
    below: Callable[[int], str] | None,
) -> None:
    asked = {"ask": "records", **context.asked, "rows": [int(found.rows[i]) for i in places]}
    try:
        with st.spinner(_("Reading the records …")):
            answer = ask(asked, timeout_s=_PATIENCE_S)
    except UserError as error:
        st.warning(escape_markdown(str(error)))
        st.button(_("Try again"), key=context.key("records-again"))
        return
    records, foretold = answer["records"], [predicted(i) for i in places]

    def rows() -> list[Values]:
        every = zip(foretold, rows_of(context.use_case, records), strict=True)
        return [distinct([*first.items(), *row.items()]) for first, row in every]

    chosen = [int(found.rows[i]) for i in places]
    can_ask = can_be_asked(context)
    ask_of = (lambda place: ask_about(context, chosen[place])) if can_ask else None
    told = [below(i) for i in places] if below else [" · ".join(map(str, one.values())) for one in foretold]
    draw_wall(context, records, told, ask_of)
    draw_rows(context, rows, as_told(records), str(foretold), name=_("Held-out records"), on_row=ask_of)
    order = said or _("Most surprising first, at most {most}.").format(most=MOST_RECORDS)
    st.caption(
        _("{order} Press one to open it in What if.").format(order=escape_markdown(order))
        if can_ask
        else escape_markdown(order)
    )
