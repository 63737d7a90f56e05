"""The strip of assumptions: a slider and a field that follow each other, what each is worth, and the way back."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.charts import swings
from core.charts.look import LIGHT
from core.formatting import numbers
from core.formatting.text import choice
from core.use_cases import use_case
from pages.components import assumptions
from tests.pages.drawing import components_of, nobody_answers, page_of

NAME, SLUG = "retail/coupon_response", "retail-coupon_response"


@pytest.fixture(autouse=True)
def nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    nobody_answers(monkeypatch)


def slider(app: AppTest, label: str) -> Any:
    return next(s for s in app.select_slider if s.label == label)


def field(app: AppTest, label: str) -> Any:
    return next(n for n in app.number_input if n.label.startswith(label))


def state(app: AppTest) -> Any:
    return app.session_state[f"state:{SLUG}"]


def now(app: AppTest) -> str:
    return next(m.value for m in app.markdown if " per year" in m.value and m.value.startswith("**")).replace("\\", "")


def worth(app: AppTest) -> float:
    """What the panel shows where the decision stands."""
    (panel,) = [p for p in components_of(app) if "amounts" in p and "references" in p]
    return float(panel["amounts"][panel["stands"]["threshold"]])


def test_slider_and_field_follow_each_other_and_the_way_back() -> None:
    app = page_of(NAME, section="money")
    declared = now(app)
    assert slider(app, "Cost of a mailing").value == field(app, "Cost of a mailing").value == 0.5
    slider(app, "Cost of a mailing").set_value(1.0).run()
    assert state(app).assumed == {"mailing_cost": 1.0}
    assert field(app, "Cost of a mailing").value == 1.0
    assert numbers.money(worth(app), "USD") in now(app)
    field(app, "Cost of a mailing").set_value(0.83).run()
    assert slider(app, "Cost of a mailing").value == 0.83, "what was typed is a stop"
    assert state(app).assumed == {"mailing_cost": 0.83}
    slider(app, "Cost of a mailing").set_value(0.85).run()
    assert field(app, "Cost of a mailing").value == 0.85
    assert 0.83 in [float(o.removeprefix("$")) for o in slider(app, "Cost of a mailing").options], (
        "stops stay under the hand"
    )
    assert "with the declared assumptions" in now(app)
    (back,) = [b for b in app.button if b.label == "Back to the declared assumptions"]
    back.click().run()
    assert state(app).assumed == {}
    assert slider(app, "Cost of a mailing").value == field(app, "Cost of a mailing").value == 0.5
    assert now(app) == declared
    assert not app.exception


@pytest.mark.parametrize("away", ["results", "question"])
def test_both_stand_where_they_were_left_when_one_comes_back(away: str) -> None:
    app = page_of(NAME, section="money")
    slider(app, "Cost of a mailing").set_value(1.0).run()
    field(app, "Households in the loyalty programme").set_value(50_000.0).run()
    for section in (away, "money"):
        next(s for s in app.segmented_control if s.label == "Section").set_value(section).run()
    assert slider(app, "Cost of a mailing").value == field(app, "Cost of a mailing").value == 1.0
    households = "Households in the loyalty programme"
    assert slider(app, households).value == field(app, households).value == 50_000
    slider(app, "Cost of a mailing").set_value(0.5).run()
    assert field(app, "Cost of a mailing").value == 0.5, "the first step away from where it stands counts"
    assert state(app).assumed == {"households": 50_000}


def test_a_browser_that_lags_behind_changes_nothing() -> None:
    """It reports once more a slider that has gone, and where another one began."""
    script = (
        "import streamlit as st\n"
        "from types import SimpleNamespace\n"
        "from core.use_cases import use_case\n"
        "from pages.components import assumptions\n"
        f"declared = use_case({NAME!r}).value.assumptions[0]\n"
        "state = SimpleNamespace(assumed={declared.name: 1.0})\n"
        "context = SimpleNamespace(own_key=lambda name: name, state=state)\n"
        "first = assumptions._standing(context, 'x', 1.0)\n"
        "assumptions._keep(context, declared, first, 2.0)\n"
        "second = assumptions._standing(context, 'x', 0.5)\n"
        "state.assumed = {}\n"
        "assumptions._keep(context, declared, first, 3.0)\n"
        "assumptions._keep(context, declared, second, 0.5)\n"
        "st.text(f'{first.key} {second.key} {state.assumed}')\n"
    )
    app = AppTest.from_string(script).run()
    assert [t.value for t in app.text] == ["x-0 x-1 {}"]


def test_stops_are_written_once_for_all_who_move_them(monkeypatch: pytest.MonkeyPatch) -> None:
    app = page_of(NAME, section="money")
    slider(app, "Cost of a mailing").set_value(1.0).run()
    written: list[object] = []
    monkeypatch.setattr(assumptions, "choice", lambda text: written.append(text) or choice(text))
    slider(app, "Cost of a mailing").set_value(0.9).run()
    assert field(app, "Cost of a mailing").value == 0.9
    assert not written, "they are the same stops: some hundred for each of six assumptions"


def test_a_share_is_typed_and_read_in_percent() -> None:
    app = page_of(NAME, section="money")
    assert field(app, "Gross margin on extra sales (%)").value == 28
    field(app, "Gross margin on extra sales (%)").set_value(35.0).run()
    assert state(app).assumed == {"gross_margin": 0.35}
    assert slider(app, "Gross margin on extra sales").value == 0.35
    assert "35%" in slider(app, "Gross margin on extra sales").options


def test_a_link_brings_an_assumption_that_is_no_round_number() -> None:
    app = page_of(NAME, section="money", **{"assume.households": "123457"})
    assert slider(app, "Households in the loyalty programme").value == 123457
    assert field(app, "Households in the loyalty programme").value == 123457
    assert any(c.value == "Guess · declared 100,000\u00a0households" for c in app.caption)
    assert not next(b for b in app.button if b.label == "Back to the declared assumptions").disabled


def test_every_source_is_told() -> None:
    app = page_of(NAME, section="money")
    helps = [m.help for m in app.markdown if m.help]
    assert len(helps) >= len(use_case(NAME).value.assumptions)
    assert any("put in your own quote" in text for text in helps)


def test_a_bar_goes_to_the_side_of_its_sign_and_is_as_long_as_it_is_worth() -> None:
    drawn = swings.swing(-50.0, 100.0, ("−$50", "+$100"), 100.0, LIGHT)
    more, less = drawn.split("10% less")
    assert "right:50%;width:25.0%" in more
    assert LIGHT.bad in more
    assert "left:50%;width:50.0%" in less
    assert LIGHT.good in less
    assert "−$50" in more
    assert "width:0" not in swings.swing(None, 0.0, ("—", "$0"), 0.0, LIGHT)


def test_what_words_say_is_never_markup() -> None:
    assert "<b>" not in swings.swing(1.0, 1.0, ("<b>", "<b>"), 1.0, LIGHT)
