"""Which held-out record What if is about: a slider through them, from the highest prediction to the lowest."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

import numpy as np
import streamlit as st

from core.contracts import Task, UseCase
from core.contracts.answers import Record
from core.formatting import numbers
from core.formatting.messages import capital, message
from core.formatting.moments import as_moment, moment
from core.formatting.text import _, escape_markdown, named, plain
from core.kinds import kind_of
from pages.components.client import ask
from pages.components.context import Context
from pages.components.held_out import HeldOut
from pages.components.kept import Kept
from pages.components.record_words import distinct, info_of

_orders = Kept(16)


def choose_record(context: Context, found: HeldOut) -> Record:
    """A held-out record, by its place in the ranking; its own facts below."""
    order, rank_of = _orders.get(context.version, lambda: _order_of(context.use_case.task, found))
    state = context.state
    state.record = tested_record(context, rank_of, usual=int(found.rows[order[len(order) // 10]]))

    key = context.own_key("rank")

    def moved() -> None:
        if key != context.own_key("rank"):  # a record was chosen elsewhere meanwhile
            return
        place = int(st.session_state[key])
        state.record = int(found.rows[order[place - 1]])
        reset(context)

    st.slider(
        _order_label(context.use_case),
        1,
        len(order),
        **context.begin(context.own("rank"), rank_of[state.record]),
        on_change=moved,
    )
    answer = ask({"ask": "records", **context.asked, "rows": [state.record]})
    record: Record = answer["records"][0]
    own = context.use_case.record_label in record["info"]  # it has a number of its own: 'Patient 864'
    number = [] if own else [(_("Record"), numbers.count(record["row"]))]
    facts = distinct([*number, *info_of(context.use_case, record).items()])
    st.caption(escape_markdown(" · ".join(f"{name} {plain(_said(value))}" for name, value in facts.items())))
    return record


def tested_record(context: Context, tested: Container[int], usual: int) -> int:
    """The record that is asked for, or the usual one; where one is asked for that is not tested, a notice says so."""
    state = context.state
    if state.record is not None and state.record not in tested:
        state.notices.append(
            _("Record {gone} is not among the rows that this run is tested on; record {shown} is shown.").format(
                gone=numbers.count(state.record), shown=numbers.count(usual)
            )
        )
        state.record = usual
        st.rerun()
    return usual if state.record is None else state.record


def _order_label(use_case: UseCase) -> str:
    """What the slider through the held-out records is called: 'Patient, highest chance first'."""
    what = named(_(capital(message(use_case.record_label))))
    if kind_of(use_case.task).written.is_chance:
        return _("{what}, highest chance first").format(what=what)
    return _("{what}, highest prediction first").format(what=what)


def _order_of(task: Task, found: HeldOut) -> tuple[np.ndarray, dict[int, int]]:
    """Where the records lie from the highest prediction to the lowest, and the rank of each, by its row."""
    kind = kind_of(task)
    predicted = np.array([outputs[kind.shown(task, outputs)] for outputs in found.ensemble.tolist()])
    order = predicted.argsort(kind="stable")[::-1]
    return order, {int(found.rows[i]): place + 1 for place, i in enumerate(order)}


def _said(value: Any) -> str:
    """A fact of a record in a sentence: moments in words, anything else as tables have it."""
    return numbers.plain(value) if as_moment(value) is None else moment(value, hours=":" in str(value))


def reset(context: Context) -> None:
    """The record as it is."""
    context.state.changes.clear()
    context.renew("change")
