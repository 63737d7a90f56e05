"""The queue as everybody may see it: what trains, what waits and what is paused, and which of it is the visitor's."""

from __future__ import annotations

import streamlit as st

from core.contracts import State
from core.errors import UnknownNameError
from core.formatting import numbers
from core.formatting.moments import moment
from core.formatting.text import _, named
from core.jobs import OpenJob
from core.store import runs, store_folder
from core.store.runs import Run
from core.use_cases import use_case as use_case_named
from pages.components.context import Context, open_jobs
from pages.components.state import visitor

_MOST = 8


def draw_queue(context: Context, run: Run) -> None:
    """A short list, where there is more in the queue than the run that the page follows."""
    found = open_jobs()
    if not [job for job in found if job.run != run.id]:
        return
    with st.container(border=True):
        st.caption(_("The queue: one run trains at a time"))
        st.markdown("\n".join(_line(job, run.id) for job in found[:_MOST]))
        if len(found) > _MOST:
            st.caption(_("and {count} more").format(count=numbers.count(len(found) - _MOST)))
        for job in [j for j in found if j.state is State.PAUSED and j.run != run.id and j.visitor == visitor()]:
            if runs.read(store_folder() / "runs" / job.run).use_case == context.use_case.name and st.button(
                _("Show the paused run of {time}").format(time=named(_began(job.run))),
                key=context.key(f"show-{job.run}"),
            ):
                context.state.job = job.run
                st.rerun()


def _line(job: OpenJob, shown: str) -> str:
    words = {State.RUNNING: _("training"), State.WAITING: _("waiting"), State.PAUSED: _("paused")}
    whose = _("yours") if job.visitor == visitor() else _("somebody else's")
    line = f"{_title(job.run)} · {words[job.state]} · {whose}"
    return f"1. **{line}**" if job.run == shown else f"1. {line}"


def _title(run_id: str) -> str:
    name = runs.read(store_folder() / "runs" / run_id).use_case
    try:
        return named(_(use_case_named(name).title))
    except UnknownNameError:
        return named(name or run_id)


def _began(run_id: str) -> str:
    """When a run was submitted: '01 May 2026, 12:00:00 UTC'."""
    return moment(runs.read(store_folder() / "runs" / run_id).config.get("created"), seconds=True)
