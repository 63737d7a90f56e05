"""Pages of series that are forecast again and again: a fleet, a series under its band, sliders that move the series."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from core.answering.worker import Answerer
from core.formatting.as_json import as_json
from core.jobs.local import LocalJobs
from core.store import store_folder
from pages.components.kept import forget_all
from tests.pages.drawing import nobody_answers, page_of

ENGINE = "manufacturing/engine_failure"


@pytest.fixture
def answerer(monkeypatch: pytest.MonkeyPatch) -> Answerer:
    """The answer worker, in this process."""
    found = Answerer(store_folder())

    def ask(self: LocalJobs, question: Mapping[str, Any], *, timeout_s: float) -> Any:
        return json.loads(as_json(found.answer(dict(question))))

    monkeypatch.setattr(LocalJobs, "ask", ask)
    forget_all()
    return found


def headers(app: Any) -> list[str]:
    return [e.value for e in app.header]


def charts_of(app: Any) -> list[dict[str, Any]]:
    return [json.loads(e.proto.spec) for e in app.get("plotly_chart")]


def test_results_show_the_fleet_and_a_life_and_let_time_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    nobody_answers(monkeypatch)
    app = page_of(ENGINE, section="results")
    assert not app.exception
    assert {"The fleet, running down", "Forecast by forecast, and what happened"} <= set(headers(app))
    names = {trace.get("name") for chart in charts_of(app) for trace in chart["data"]}
    assert {"median forecast", "really left", "median", "happened"} <= names
    assert "has failed by then" not in names
    (passed,) = [s for s in app.slider if s.label.startswith("Passed since then")]
    passed.set_value(40).run()
    assert not app.exception
    gone = [t for chart in charts_of(app) for t in chart["data"] if t.get("name") == "has failed by then"]
    assert len(gone[0]["customdata"]) > 10


def test_what_if_draws_the_window_that_follows_the_sliders(answerer: Answerer) -> None:
    app = page_of(ENGINE, section="understand")
    assert not app.exception
    windows = [c for c in charts_of(app) if c["data"][-1].get("name") == "as the network reads it"]
    assert len(windows) == 1
    assert any("and below" in m.value and "of such cases" in m.value for m in app.markdown)


def test_glucose_shows_a_day_and_clarke_s_grid_and_rates_of_alarms(monkeypatch: pytest.MonkeyPatch) -> None:
    nobody_answers(monkeypatch)
    app = page_of("healthcare/glucose", section="results")
    assert not app.exception
    assert {"Forecast by forecast, and what happened", "What a wrong forecast would lead to"} <= set(headers(app))
    assert "The fleet, running down" not in headers(app)
    app = page_of("healthcare/glucose", section="money")
    assert not app.exception
