"""Pages by AppTest, and runs made without a supervisor."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core import pipeline
from core.answering.worker import Answerer
from core.contracts import State
from core.errors import UserError
from core.formatting.as_json import as_json
from core.jobs.local import LocalJobs
from core.pipeline.report import summary
from core.settings import defaults
from core.settings.use_case import settings_of
from core.store import outcomes, run_folders, runs, store_folder
from core.store.caches import StoredBaselines
from core.store.runs import Run
from core.use_cases import use_case


def nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """No supervisor is started, and a question is refused at once: a page would wait 20 s for each of its answers."""

    def refused(self: LocalJobs, question: Mapping[str, Any], *, timeout_s: float = 20.0) -> dict[str, Any]:
        raise UserError("Nobody answers here.")

    monkeypatch.setattr(LocalJobs, "wake", lambda self: None)
    monkeypatch.setattr(LocalJobs, "ask", refused)


def answered_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """No supervisor is started; what pages ask the answer worker is answered in this process, as it would come."""
    answerer = Answerer(store_folder())

    def ask(self: LocalJobs, question: Mapping[str, Any], *, timeout_s: float = 20.0) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(as_json(answerer.answer(dict(question))))
        return told

    monkeypatch.setattr(LocalJobs, "wake", lambda self: None)
    monkeypatch.setattr(LocalJobs, "ask", ask)


def page_of(name: str, **query: str) -> AppTest:
    declared = use_case(name)
    script = (
        "import streamlit as st\n"
        "from core.use_cases import use_case\n"
        "from pages import use_case as page\n"
        f"page.draw(use_case({declared.name!r}))\n"
    )
    test = AppTest.from_string(script, default_timeout=60)
    for key, value in query.items():
        test.query_params[key] = value
    return test.run()


def unfolded(app: AppTest, name: str, *folds: str) -> AppTest:
    """The page of a use case with some of its folds open, in whatever variant is shown."""
    slug, variants = use_case(name).slug, use_case(name).variants
    for fold in folds:
        keys = (f"{slug}:fold-{fold}", *(f"{slug}:fold-{fold}-{v.name}" for v in variants))
        (key,) = [one for one in keys if one in app.session_state]
        app.session_state[key] = True
    return app.run() if folds else app


def train(name: str, store: Path | None = None, **settings: Any) -> Run:
    """A short run of a use case, finished, in a store: the tests' own, unless another one is named. The networks are
    trained; the baselines are those that the session has fitted already: gradient boosting takes ten seconds."""
    declared, store = use_case(name), store or store_folder()
    chosen = defaults(settings_of(declared)) | {"num_epochs": 3, "device": "cpu"} | settings
    outcome = pipeline.run(
        declared, chosen, progress=lambda event: None, baseline_cache=StoredBaselines(Path(os.environ["TESTS_KEPT"]))
    )
    run = run_folders.create(store, declared, chosen, data_checksum="", code="", versions={}, visitor="test")
    outcomes.save(run.folder, outcome)
    run_folders.finalize(run, State.FINISHED, "Finished.", summary(outcome.report))
    return runs.load_run(store, run.id)


def components_of(app: AppTest) -> list[dict[str, Any]]:
    """What each component in the browser was given."""
    return [json.loads(element.proto.json) for element in app.get("bidi_component")]


def page_of_home() -> AppTest:
    """The front page, with a card for every use case."""
    script = (
        "import streamlit as st\n"
        "from pages import home\n"
        "page = st.Page(lambda: None, title='x', url_path='x')\n"
        "st.navigation([page], position='hidden')\n"
        "home.draw(lambda use_case: page)\n"
    )
    return AppTest.from_string(script, default_timeout=60).run()
