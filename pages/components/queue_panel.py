"""The visitor's own paused runs, to be shown again. The queue itself is told by the feed and drawn by the monitor."""

from __future__ import annotations

import streamlit as st

from core.contracts import State
from core.formatting.moments import moment
from core.formatting.text import _, named
from core.store import runs, store_folder
from core.store.runs import Run
from pages.components.context import Context, open_jobs
from pages.components.state import visitor


def draw_paused(context: Context, run: Run) -> None:
    """A button for each of the visitor's paused runs of this use case, but for the one that the page follows."""
    for job in open_jobs():
        if job.state is not State.PAUSED or job.run == run.id or job.visitor != visitor():
            continue
        other = runs.read(store_folder() / "runs" / job.run)
        if other.use_case == context.use_case.name and st.button(
            _("Show the paused run of {time}").format(time=named(moment(other.config.get("created"), seconds=True))),
            key=context.key(f"show-{job.run}"),
        ):
            context.state.job = job.run
            st.rerun()
