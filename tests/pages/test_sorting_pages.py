"""Pages of learning one class alone: the belt in Results and Money, what was drawn again, and words that claim no
chance."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.answering.worker import Answerer
from core.errors import UserError
from core.formatting.as_json import as_json
from core.jobs.local import LocalJobs
from core.store import runs, store_folder
from core.store.held_out import read_results
from core.use_cases import use_case
from pages.components.kept import forget_all
from tests.pages.drawing import components_of, nobody_answers, page_of

NAME = "manufacturing/textile_sorting"
DECLARED = use_case(NAME).with_variant({})


@pytest.fixture
def answerer(monkeypatch: pytest.MonkeyPatch) -> Answerer:
    """The answer worker, in this process."""
    found = Answerer(store_folder())

    def ask(self: LocalJobs, question: Mapping[str, Any], *, timeout_s: float) -> Any:
        return json.loads(as_json(found.answer(dict(question))))

    monkeypatch.setattr(LocalJobs, "ask", ask)
    forget_all()
    return found


def shipped():
    run = runs.showcase(store_folder(), DECLARED)
    assert run is not None
    return run, read_results(run, DECLARED)[1]


def belts_of(app: AppTest) -> list[str]:
    return [e.proto.body for e in app.get("html") if e.proto.body.count("<figure") == 24]


def test_the_question_shows_eight_garments_and_data_says_that_no_stray_is_learned(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    nobody_answers(monkeypatch)
    app = page_of(NAME, section="question")
    assert not app.exception
    assert sum(e.proto.body.count("<img ") for e in app.get("html")) == 8
    app = page_of(NAME, section="data")
    assert not app.exception
    assert any("770 pictures of what belongs to learn from, and not one stray." in e.value for e in app.markdown)


def test_results_show_the_belt_with_an_error_picture_under_each_garment(answerer: Answerer) -> None:
    app = page_of(NAME, section="results")
    assert not app.exception
    (belt,) = belts_of(app)
    assert belt.count("<img ") == 48
    assert len(belt) < 120_000
    assert not [e for e in app.expander if "calibration" in e.label], "a score is no chance"


def test_a_belt_that_nobody_fetches_leaves_the_rest_of_results(monkeypatch: pytest.MonkeyPatch) -> None:
    nobody_answers(monkeypatch)
    forget_all()
    app = page_of(NAME, section="results")
    assert not app.exception
    assert not belts_of(app)
    assert app.warning
    assert any("See the records" in str(e.proto.label) for e in app.get("button_group"))


def test_money_moves_the_belt_with_the_threshold_and_counts_shares_of_life(answerer: Answerer) -> None:
    app = page_of(NAME, section="money")
    assert not app.exception
    (panel,) = [data for data in components_of(app) if "thresholds" in data]
    assert panel["weights"]["positive"] == pytest.approx(0.03 / 0.72)
    _run, found = shipped()
    thresholds = np.array(panel["thresholds"])
    assert len(panel["belt"]) == 24
    assert sum(one["positive"] for one in panel["belt"]) == 6
    scores = np.sort(found.ensemble[:, 0])
    for one in panel["belt"]:
        assert 0 < one["from"] < len(thresholds), "thrown out with everything, and not with nothing"
        between = (scores >= thresholds[one["from"]]) & (scores < thresholds[one["from"] - 1])
        assert between.any(), "its own score lies there"


def test_rows_are_drawn_again_in_the_order_they_are_asked_for_and_strays_come_back_wrongly(answerer: Answerer) -> None:
    run, found = shipped()
    stray = found.target[:, 0] > 0
    rows = [int(found.rows[np.flatnonzero(of)[place]]) for of in (stray, ~stray) for place in range(20)]
    asked = {"ask": "redrawn", "use_case": NAME, "variant": DECLARED.variant, "run": run.id}
    drawn = answerer.answer({**asked, "rows": rows})["redrawn"]
    backwards = answerer.answer({**asked, "rows": rows[::-1]})["redrawn"]
    assert [one["picture"] for one in drawn] == [one["picture"] for one in backwards][::-1]
    wrong = np.array([np.mean(one["error"]) for one in drawn])
    assert wrong[:20].mean() > 2 * wrong[20:].mean()
    assert all(0 <= np.min(one["error"]) <= np.max(one["error"]) <= 1 for one in drawn)
    answer = answerer.answer({**asked, "ask": "picture", "row": rows[0]})
    assert answer["redrawn"]["picture"] == answer["picture"] == drawn[0]["picture"]
    assert "sight" not in answer
    with pytest.raises(UserError, match="no row"):
        answerer.answer({**asked, "rows": [10**9]})


def test_what_if_says_a_score_and_shows_the_drawing(answerer: Answerer) -> None:
    app = page_of(NAME, section="understand")
    assert not app.exception
    shown = " ".join(e.proto.body for e in app.get("html"))
    assert "As they draw it again" in shown
    assert "Grad-CAM" not in shown
    assert any("Anomaly score" in e.value for e in app.markdown)
    assert "highest prediction first" in app.slider[0].label
