"""The pages' way to the jobs of this store: one client for all visitors, and the answer worker's replies."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any

import streamlit as st

from core.environment import BACKEND
from core.errors import UserError
from core.formatting.text import escape_markdown
from core.jobs import Jobs
from core.jobs.backends import backend
from core.store import store_folder
from pages.components.kept import Kept

_PREPARED_WITHIN_S = 120.0


@lru_cache(maxsize=8)
def _jobs(store: str, named: str) -> Jobs:
    return backend(store_folder())


def jobs() -> Jobs:
    """The client of this store, one for all visitors."""
    return _jobs(str(store_folder()), BACKEND.text())


def wake() -> None:
    """See to a supervisor; when there can be none, say why."""
    try:
        jobs().wake()
    except (UserError, OSError) as error:
        st.error(escape_markdown(str(error)))


_answers = Kept(2000)


def ask(question: Mapping[str, object], *, version: str = "", timeout_s: float = 20.0) -> Any:
    """The answer worker's reply (a type of `core.contracts.answers`), asked once for all visitors while that worker is
    the same, and the version of the run that it is asked about. Raises UserError."""
    key = (json.dumps(question, sort_keys=True), jobs().answered_by(), version)
    return _answers.get(key, lambda: ask_alone(question, timeout_s=timeout_s))


_prepared = Kept(500)


def prepare(asked: Mapping[str, str]) -> None:
    """Let the answer worker read the examples of a use case before somebody waits for them: those of 300,000 flights
    take ten seconds the first time. asked: what every question about it begins with."""
    question = {"ask": "records", **asked, "rows": []}

    def begin() -> bool:
        threading.Thread(target=_prepare, args=(jobs(), question), name="prepare", daemon=True).start()
        return True

    _prepared.get((json.dumps(question), str(store_folder()), jobs().answered_by()), begin)


def _prepare(jobs: Jobs, question: Mapping[str, object]) -> None:
    with suppress(UserError, OSError):  # nobody waits for it; who asks next is told what is wrong
        jobs.ask(question, timeout_s=_PREPARED_WITHIN_S)


def ask_alone(question: Mapping[str, object], *, timeout_s: float = 20.0) -> Any:
    """The reply to a question that is one visitor's own: kept for nobody. Raises UserError."""
    return jobs().ask(question, timeout_s=timeout_s)
