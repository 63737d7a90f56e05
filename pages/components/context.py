"""What the sections of a use-case page are given: the use case, the visitor's state, the look, the shown run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import streamlit as st
from streamlit.runtime.state import get_session_state

from core.charts.look import Look
from core.contracts import UseCase
from core.errors import RunError, UnknownNameError, UserError
from core.evaluation.metrics import metric_named
from core.formatting.messages import joined, message
from core.formatting.text import plain
from core.jobs import OpenJob, Status, rules
from core.store import runs, store_folder
from core.store.runs import Run
from core.value.scoreboard import Scoreboard
from pages.components.client import jobs
from pages.components.kept import Kept
from pages.components.state import PageState, open_section, renew, visitor, widget_key

_boards = Kept(500)


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """Handed to every section. use_case: in the variant that the section is about, the visitor's or the run's. run:
    the finished run that results are shown of, or None."""

    use_case: UseCase
    state: PageState
    look: Look
    run: Run | None
    version: str = field(init=False)  # the run's, as the page is drawn; empty without one

    def __post_init__(self) -> None:
        object.__setattr__(self, "version", self.run.version if self.run else "")

    def key(self, name: str) -> str:
        """A widget's key, which no other page has."""
        return widget_key(self.use_case, self.state, name)

    def renew(self, *groups: str) -> None:
        """Let the widgets whose names begin with these words start again from the state."""
        renew(self.state, *groups)

    def own(self, name: str) -> str:
        """A widget's name within the variant, where its range or choices depend on it."""
        return f"{name}-{self.use_case.variant}" if self.use_case.variant else name

    def own_key(self, name: str) -> str:
        """The key of such a widget."""
        return self.key(self.own(name))

    @property
    def asked(self) -> dict[str, str]:
        """What every question to the answer worker begins with."""
        asked = {"use_case": self.use_case.name}
        if self.use_case.labels is not None:
            asked["labels"] = str(self.use_case.num_labels)
        return {**asked, "variant": self.use_case.variant} if self.use_case.variant else asked

    @property
    def board(self) -> Scoreboard | None:
        """The numbers of the shown run: whatever shows one of them takes it from here."""
        use_case, run = self.use_case, self.run
        if run is None:
            return None
        return _boards.get(
            (use_case.name, use_case.variant, self.version), lambda: Scoreboard.of(use_case, run.summary)
        )

    def start(self, name: str, value: Any) -> str:
        """The key of a widget that starts from the page's state."""
        key = self.key(name)
        if key not in st.session_state:
            st.session_state[key] = value
        return key

    def begin(self, name: str, value: Any) -> dict[str, Any]:
        """Key and value of a number's slider that starts from the page's state. Without a value it would read all that
        the session has; with one beside what has been set in this very run Streamlit warns."""
        key = self.start(name, value)
        is_new = get_session_state().is_new_state_value(key)
        return {"key": key} if is_new else {"key": key, "value": value}

    def go_to(self, section: str) -> Callable[[], None]:
        """A button's callback that opens another section."""

        return lambda: open_section(self.state, section)


def shown_run(use_case: UseCase, state: PageState) -> Run | None:
    """The run that the page shows: the chosen one, else the visitor's own that has just ended, else the showcase of the
    visitor's variant; where none ships, the latest of the store."""
    store, variant = store_folder(), use_case.with_variant(state.settings)
    if state.run is not None:
        try:
            chosen = runs.load_run(store, state.run)
            if chosen.use_case == use_case.name and chosen.final_state and chosen.final_state.has_report:
                use_case.with_variant(chosen.config["settings"])  # raises for a variant that is no longer declared
                return chosen
            reason = chosen.problem or message("The run {run} has no results here.", run=plain(state.run))
        except (RunError, UnknownNameError) as error:
            reason = str(error)
        state.run = None
        state.notices.append(joined([reason, message("The showcase or the latest run is shown.")]))
    finished = finished_runs(variant)
    whose = visitor() if rules.current().shared else None  # a page also follows what another visitor trains
    own = next((r for r in finished if r.id == state.job and whose in (None, r.config.get("visitor"))), None)
    if own is None and (shipped := runs.showcase_among(finished, variant)):
        return shipped
    latest = own or next((r for r in finished if not r.recorded), None)
    state.run = latest.id if latest else None  # stays, whoever else trains meanwhile
    return latest or best_of(variant)


def finished_runs(use_case: UseCase) -> list[Run]:
    """The runs with results, of one variant, newest first, recorded ones last."""
    found = runs.of_variant(runs.list_runs(store_folder(), use_case.name), use_case)
    return [r for r in found if r.final_state is not None and r.final_state.has_report]


def best_of(use_case: UseCase) -> Run | None:
    """The best run of one variant: chosen on validation."""
    return runs.best_run(store_folder(), use_case, metric_named(use_case.task.headline).higher_is_better)


def followed_run(use_case: UseCase, state: PageState) -> Run | None:
    """The run whose job this page follows: its own, or one of this variant that a reload or another tab left running.
    One of another variant goes on unseen until that is chosen again."""
    store = store_folder()
    if state.job is None:
        found = runs.of_variant((runs.read(store / "runs" / job.run) for job in open_jobs()), use_case)
        state.job = max((r.id for r in found if r.use_case == use_case.name), default=None)  # the latest
    return None if state.job is None else runs.read(store / "runs" / state.job)  # one that was deleted says so


def active_job(use_case: UseCase, state: PageState) -> tuple[Run, Status] | None:
    """The followed run, and how its job stands now."""
    run = followed_run(use_case, state)
    return None if run is None else (run, jobs().status(run))


def open_jobs() -> list[OpenJob]:
    """The runs that have not ended; none while the queue cannot be read, which the status of a run says."""
    try:
        return jobs().open_jobs()
    except UserError:
        return []
