"""What-if sliders: a change that comes together with another record is left out, and breaks no page."""

from __future__ import annotations

import math

import pytest
from streamlit.runtime.state.session_state import SessionState
from streamlit.testing.v1 import AppTest

from core.charts.look import LIGHT
from core.settings import defaults
from core.settings.use_case import settings_of
from core.use_cases import use_case
from pages.components import record_choice, section_understand, what_if_words
from pages.components.context import Context
from pages.components.state import PageState

TINY = use_case("testing/tiny_quantile")


@pytest.fixture
def context(monkeypatch: pytest.MonkeyPatch) -> Context:
    monkeypatch.setattr(section_understand.st, "session_state", {})
    return Context(use_case=TINY, state=PageState(settings=defaults(settings_of(TINY))), look=LIGHT, run=None)


def test_a_slider_moved_in_the_same_moment_as_the_record_is_left_out(context: Context) -> None:
    key = context.own_key("change-x")
    section_understand.st.session_state[key] = 2.0
    record_choice.reset(context)  # what choosing another record does
    section_understand._changed(context, "x", 1.0, key)
    assert (context.state.changes, context.state.vary) == ({}, None)


def test_a_slider_moved_alone_is_a_change_until_it_is_back(context: Context) -> None:
    for value, expected in ((2.0, {"x": 2.0}), (1.0, {})):
        section_understand.st.session_state[context.own_key("change-x")] = value
        section_understand._changed(context, "x", 1.0, context.own_key("change-x"))
        assert context.state.changes == expected
    assert context.state.vary == "x"


def test_a_slider_that_stands_reads_its_own_value_and_not_all_that_the_session_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nor does Streamlit warn of a value that comes from two sides."""
    script = (
        "import streamlit as st\n"
        "from core.charts.look import LIGHT\n"
        "from core.use_cases import use_case\n"
        "from pages.components.context import Context\n"
        "from pages.components.state import PageState\n"
        "tiny, state = use_case('testing/tiny_quantile'), PageState(settings={})\n"
        "context = Context(use_case=tiny, state=state, look=LIGHT, run=None)\n"
        "def back():\n"
        "    del st.session_state[context.key('change-x')]\n"
        "value = 2.0 if st.checkbox('moved') else 1.0\n"
        "st.slider('x', 0.0, 9.0, **context.begin('change-x', value))\n"
        "st.button('back', on_click=back)\n"
    )
    app = AppTest.from_string(script).run()
    assert app.slider[0].value == 1.0
    read: list[int] = []
    whole = SessionState.filtered_state.fget  # type: ignore[attr-defined]
    monkeypatch.setattr(SessionState, "filtered_state", property(lambda state: read.append(1) or whole(state)))
    app.slider[0].set_value(5.0).run()
    assert app.slider[0].value == 5.0
    app.checkbox[0].check().run()
    assert app.slider[0].value == 5.0, "where the visitor put it"
    assert not read
    app.button[0].click().run()
    assert app.slider[0].value == 2.0, "and anew where it was forgotten"
    assert not app.warning
    assert not app.exception


def test_a_prediction_is_said_with_what_is_done_about_it() -> None:
    coupon, delivery = use_case("retail/coupon_response"), use_case("supply_chain/delivery_time")
    said = what_if_words.verdict(coupon, [0.312], 0.14)
    assert said == "31.2% chance of “redeemed”: mail (from 14.0% on)."
    said = what_if_words.verdict(coupon, [0.112], 0.14)
    assert said == "11.2% chance of “redeemed”: do not mail (below 14.0%)."
    said = what_if_words.verdict(coupon, [0.1397], 0.14)
    assert said == "13.97% chance of “redeemed”: do not mail (below 14.00%)."
    said = what_if_words.verdict(coupon, [0.112], math.inf)
    assert said == "11.2% chance of “redeemed”: do not mail, it pays at no chance."
    middle = len(delivery.task.levels) // 2
    minutes = [20.0 + place for place in range(len(delivery.task.levels))]
    said = what_if_words.verdict(delivery, minutes, delivery.task.levels[-1]).replace("\u00a0", " ")
    kept = f"with {minutes[-1]:.0f} min, “Delivered within the promise” in 95% of such cases."
    assert said == f"This order: about {20 + middle} min; {kept}"
    assert what_if_words.verdict(coupon, [0.312], None).endswith(": redeems a coupon 31.2%")


def test_two_parts_of_a_page_are_drawn_in_one_run() -> None:
    """As two folds are that were opened before the server came to the first."""
    script = (
        "import streamlit as st\n"
        "from core.charts.look import LIGHT\n"
        "from core.use_cases import use_case\n"
        "from pages.components.context import Context\n"
        "from pages.components.part import part\n"
        "from pages.components.state import PageState\n"
        "tiny = use_case('testing/tiny_quantile')\n"
        "context = Context(use_case=tiny, state=PageState(settings={}), look=LIGHT, run=None)\n"
        "part(context, 'one', st.text, 'One')\n"
        "part(context, 'two', st.text, 'Two')\n"
    )
    app = AppTest.from_string(script, default_timeout=60).run()
    assert not app.exception
    assert [element.value for element in app.text] == ["One", "Two"]


@pytest.mark.parametrize(("now", "points"), [(0.2, "DOWN"), (0.8, "UP"), (0.5, "NONE")])
def test_the_arrow_of_a_change_points_where_the_prediction_goes(now: float, points: str) -> None:
    script = (
        "import streamlit as st\n"
        "from core.charts.look import LIGHT\n"
        "from core.use_cases import use_case\n"
        "from pages.components import section_understand\n"
        "from pages.components.context import Context\n"
        "from pages.components.state import PageState\n"
        "tiny = use_case('testing/tiny_quantile')\n"
        "state = PageState(settings={}, changes={'x': 2.0})\n"
        "context = Context(use_case=tiny, state=state, look=LIGHT, run=None)\n"
        "def told(mean):\n"
        "    return {'mean': [mean] * len(tiny.task.outputs), 'members': [[mean]], 'networks': [mean]}\n"
        f"section_understand._tiles(context, told({now}), told(0.5))\n"
    )
    app = AppTest.from_string(script).run()
    assert not app.exception
    proto = app.metric[0].proto
    assert proto.MetricDirection.Name(proto.direction) == points
