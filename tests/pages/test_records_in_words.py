"""The What if section tells which record it shows and what the model has never seen; nothing is exchanged silently."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core import pipeline
from core.answering.worker import Answerer
from core.store import store_folder
from core.store.runs import Run
from core.use_cases import use_case
from pages.components import record_choice, section_data, section_understand
from tests.pages.drawing import page_of, train, unfolded

NAME = "testing/tiny_quantile"
EXAMPLES = pipeline.load_examples(use_case(NAME))


@pytest.fixture(scope="module")
def run() -> Run:
    return train(NAME)


@pytest.fixture(autouse=True)
def answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer worker's answers, in this process."""
    answerer = Answerer(store_folder())

    def ask(question: dict[str, Any], **how: Any) -> dict[str, Any]:
        return answerer.answer(question)

    monkeypatch.setattr(section_understand, "ask", ask)
    monkeypatch.setattr(section_data, "ask", ask)
    monkeypatch.setattr(record_choice, "ask", ask)


def opened(run: Run, **more: str) -> AppTest:
    app = page_of(NAME, section="understand", run=run.id, **more)
    assert not app.exception
    return app


def warnings(app: AppTest) -> str:
    return " ".join(w.value for w in app.warning).replace("\\", "")


def test_a_link_to_a_record_that_is_gone_says_which_one_is_shown(run: Run) -> None:
    app = opened(run, record="812000")
    shown = app.session_state["state:testing-tiny_quantile"].record
    assert shown in EXAMPLES.features.index
    assert f"Record 812,000 is not among the rows that this run is tested on; record {shown} is shown." in warnings(app)
    assert f"Record {shown}" in " ".join(c.value for c in app.caption)


def test_a_link_to_a_record_that_is_there_opens_it_without_a_word(run: Run) -> None:
    row = int(run.held_out().rows_of("test")["row"].iloc[3])
    app = opened(run, record=str(row))
    assert app.session_state["state:testing-tiny_quantile"].record == row
    assert warnings(app) == ""


def test_a_category_that_training_never_saw_is_said_to_be_unknown(run: Run) -> None:
    said = warnings(opened(run, **{"change.group": "zeppelin"}))
    assert "“zeppelin” of Group is in no row that the model learned from: it answers as for an unknown one." in said


@pytest.mark.parametrize("value", ["1e6", "-1e6"])
def test_a_number_outside_the_training_rows_is_said_to_be_outside(run: Run, value: str) -> None:
    said = warnings(opened(run, **{"change.x": value}))
    assert f"{'−' if value.startswith('-') else ''}1,000,000 lies outside what the model learned from (" in said


def test_what_is_missing_of_a_record_is_said_beside_every_kind_of_widget(run: Run) -> None:
    held = run.held_out().rows_of("test")["row"]
    row = int(next(r for r in held if EXAMPLES.features.x.isna()[r]))
    labels = [s.label for s in opened(run, record=str(row)).slider]
    assert any(label.endswith(", missing here") for label in labels)
    assert warnings(opened(run, record=str(row))) == ""


def changed_answers(monkeypatch: pytest.MonkeyPatch, change: Callable[[dict[str, Any]], None]) -> None:
    """The answer worker's answers as another version of data or worker would give them."""
    for section in (section_understand, section_data, record_choice):
        asked = section.ask

        def ask(question: dict[str, Any], asked: Any = asked, **how: Any) -> dict[str, Any]:
            answer = copy.deepcopy(asked(question, **how))
            change(answer)
            return answer

        monkeypatch.setattr(section, "ask", ask)


def test_a_value_a_hair_above_a_stop_takes_no_page_down(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a row of credit scoring holds: the slider ended at 22.2."""

    def hair_above(answer: dict[str, Any]) -> None:
        for record in answer.get("records", []):
            record["features"]["x"] = 22.200000000000003
        for profile in answer.get("columns", []):
            if profile["name"] == "x":
                profile.update(low=0.0, high=20.0, median=3.0)

    changed_answers(monkeypatch, hair_above)
    slider = next(s for s in opened(run).slider if s.value == 22.200000000000003)
    assert slider.max == 22.3


def test_info_named_record_does_not_replace_the_records_number(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    changed_answers(
        monkeypatch, lambda answer: [r["info"].update(record="A 17") for r in answer.get("records", [])] and None
    )
    said = " ".join(c.value for c in opened(run).caption)
    assert re.search(r"Order \d+ · Record A 17", said.replace("\\", "")), "an order has a number of its own"


def test_the_profile_of_an_older_answer_worker_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    def older(answer: dict[str, Any]) -> None:
        for profile in answer.get("columns", []):
            del profile["missing_rows"]

    def told() -> list[str]:
        app = unfolded(page_of(NAME, section="data"), NAME, "data")
        app.toggle(key=f"{use_case(NAME).slug}:all").set_value(True).run()
        assert not app.exception
        return [c.value for c in app.caption if c.value.startswith("missing in")]

    before = told()
    changed_answers(monkeypatch, older)
    assert told() == before != []
