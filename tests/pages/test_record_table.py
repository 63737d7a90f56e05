"""Records as a table: what the browser is given, what it may say, and which rows of the data ask What if."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.store import profiles, runs, store_folder
from core.use_cases import use_case
from pages.components import section_data
from pages.components.kept import forget_all
from pages.components.record_table import pressed_row, table_of
from pages.components.record_words import rows_of
from tests.pages.drawing import page_of

NAME = "retail/coupon_response"


def test_cells_are_said_as_people_say_them_and_sorted_by_their_numbers() -> None:
    rows = [
        {"Order": 12345, "Spent": 2999.5, "Late": True, "Shop": "a\u202eb"},
        {"Order": 7, "Spent": None, "Late": False, "Shop": "<b>"},
    ]
    told = table_of(rows, {"Spent"}, "Orders")
    assert told["heads"] == ["Order", "Spent", "Late", "Shop"]
    first, second = told["rows"]
    assert first == [("12345", 12345.0, False), ("2,999.5", 2999.5, False), ("yes", None, False), ("ab", None, False)]
    assert second == [("7", 7.0, False), ("—", None, True), ("no", None, False), ("<b>", None, False)], "letters"
    assert told["words"]["all"] == "Show all 4 columns"
    assert table_of([], (), "Orders")["heads"] == []


@pytest.mark.parametrize("sent", [None, 5, {}, {"ask": None}, {"ask": "1"}, {"ask": -1}, {"ask": 2}, {"ask": True}])
def test_a_browser_may_send_anything(sent: object) -> None:
    assert pressed_row(sent, [True, True]) is None


def test_a_row_that_cannot_be_asked_about_is_not_pressed() -> None:
    assert pressed_row({"ask": 0}, [True, False]) == 0
    assert pressed_row({"ask": 1}, [True, False]) is None


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the Data section drew as its sample."""
    found: dict[str, Any] = {}
    monkeypatch.setattr(
        section_data, "draw_rows", lambda _context, rows, *_told, **how: found.update(rows=rows(), **how)
    )
    return found


def test_held_out_rows_of_the_sample_come_first_and_ask_what_if(drawn: dict[str, Any]) -> None:
    app = page_of(NAME, section="data")
    assert not app.exception
    declared = use_case(NAME)
    run, profile = runs.showcase(store_folder(), declared), profiles.shipped(declared)
    assert run is not None
    assert profile is not None
    tested = set(run.held_out().rows_of("test")["row"].tolist())
    known = [record["row"] in tested for record in profile["sample"]]
    assert drawn["asks"] == sorted(known, reverse=True)
    assert 0 < sum(known) < len(known)
    assert any("not trained on these" in caption.value for caption in app.caption)


def test_a_press_on_a_row_of_the_sample_opens_what_if_on_it(drawn: dict[str, Any], monkeypatch: Any) -> None:
    asked: list[int] = []
    monkeypatch.setattr(section_data, "ask_about", lambda _context, row: asked.append(row))
    page_of(NAME, section="data")
    run = runs.showcase(store_folder(), use_case(NAME))
    assert run is not None
    drawn["on_row"](0)
    assert asked[0] in set(run.held_out().rows_of("test")["row"].tolist())


def late() -> None:
    import streamlit as st

    from pages.components.later import later, rest_first

    order = st.session_state["order"] = []
    with rest_first():
        later(lambda: order.append("waited for") or st.text("waited for"))
        order.append("the rest")
        st.text("the rest")
    later(lambda: st.text("at once"))


def test_what_is_waited_for_stands_in_its_place() -> None:
    app = AppTest.from_function(late)
    app.run()
    assert not app.exception
    assert [text.value for text in app.text] == ["waited for", "the rest", "at once"], "each in its place"
    assert app.session_state["order"] == ["the rest", "waited for"]


def test_rows_are_put_into_words_once_for_all_who_are_shown_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []

    def counted(*of: Any) -> Any:
        told.append(1)
        return rows_of(*of)

    forget_all()
    monkeypatch.setattr(section_data, "rows_of", counted)
    for _visitor in range(2):
        assert not page_of(NAME, section="data").exception
    assert len(told) == 1
    assert not page_of("healthcare/heart_disease", section="data").exception
    assert len(told) == 2, "other rows"
