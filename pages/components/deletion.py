"""Deleting the shown run: offered to who may, done after a second press."""

from __future__ import annotations

import streamlit as st

from core.errors import UserError
from core.formatting.text import _
from core.jobs.rules import may_change
from core.store.runs import Run
from pages.components.client import jobs
from pages.components.context import Context
from pages.components.state import visitor


def offer_deletion(context: Context) -> None:
    """A button that asks once more; absent for recorded runs, others' runs and in read-only mode."""
    run = context.run
    if run is None or run.recorded or not may_change(run, visitor()):
        return
    with st.popover(_("Delete this run"), icon=":material/delete:"):
        st.markdown(_("Its model, predictions and report leave the disk for good. Other runs stay."))
        st.button(
            _("Delete for good"),
            key=context.key("delete"),
            type="primary",
            icon=":material/delete:",
            on_click=_delete,
            args=(context, run),
        )


def _delete(context: Context, run: Run) -> None:
    state = context.state
    try:
        jobs().delete(run, visitor=visitor())
    except (UserError, OSError) as error:
        state.notices.append(str(error))
        return
    state.run = state.decision = state.record = None
    if state.job == run.id:
        state.job = None
    st.session_state.pop(context.key("run"), None)
    st.toast(_("The run was deleted."))
