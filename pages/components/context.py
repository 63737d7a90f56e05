"""What the sections of a use-case page are given: the use case, the visitor's state, the look, the shown run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.charts.look import Look
from core.contracts import UseCase
from core.errors import RunError
from core.evaluation.metrics import metric
from core.jobs import Status
from core.store import runs, store_folder
from core.store.runs import Run
from core.text import _
from pages.components.frame import jobs
from pages.components.state import PageState


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """Handed to every section. run: the finished run that results are shown of, or None."""

    use_case: UseCase
    state: PageState
    look: Look
    run: Run | None

    def key(self, name: str) -> str:
        """A widget's key; it carries the use case, so that no other page opens with its value."""
        return f"{self.use_case.slug}:{name}"

    def start(self, name: str, value: Any) -> str:
        """The key of a widget that starts from the page's state."""
        key = self.key(name)
        if key not in st.session_state:
            st.session_state[key] = value
        return key

    def go_to(self, section: str) -> Callable[[], None]:
        """A button's callback that opens another section."""

        def go() -> None:
            self.state.section = section
            st.session_state[self.key("section")] = section

        return go


def shown_run(use_case: UseCase, state: PageState) -> Run | None:
    """The run that the page shows: the chosen one, else the store's latest, else the best recorded one."""
    store = store_folder()
    if state.run is not None:
        try:
            chosen = runs.load_run(store, state.run)
            if chosen.use_case == use_case.name and chosen.sealed_state and chosen.sealed_state.has_report:
                return chosen
            reason = chosen.problem or _("The run {run} has no results here.").format(run=state.run)
        except RunError as error:
            reason = str(error)
        state.run = None
        state.notices.append(reason + " " + _("The latest run is shown."))
    finished = [
        r for r in runs.list_runs(store, use_case.name) if r.sealed_state is not None and r.sealed_state.has_report
    ]
    if finished and not finished[0].recorded:
        state.run = finished[0].id  # stays, whoever else trains meanwhile
        return finished[0]
    return runs.best_run(store, use_case.name, metric(use_case.task.headline).higher_is_better)


def active_job(use_case: UseCase, state: PageState) -> tuple[Run, Status] | None:
    """The job that this page follows: its own, or one of this use case that a reload or another tab left running."""
    store, client = store_folder(), jobs()
    if state.job is None:
        queued = {job.run for job in client.queue.jobs()}
        open_runs = [r for r in runs.list_runs(store, use_case.name) if r.id in queued]
        state.job = open_runs[0].id if open_runs else None
    if state.job is None:
        return None
    try:
        run = runs.load_run(store, state.job)
    except RunError:
        state.job = None
        return None
    return run, client.status(run)
