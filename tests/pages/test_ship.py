"""Ship: what is refused and what that costs, what running takes, and new rows, of recorded runs."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core.contracts.refusal import SHARES
from tests.pages.drawing import answered_here, page_of

HEART = "healthcare/heart_disease"
KEY = "healthcare-heart_disease"


def shown(app: AppTest) -> dict[str, tuple[str, str]]:
    assert not app.exception
    assert not app.error, [e.value for e in app.error]
    assert not app.warning, [w.value for w in app.warning]
    return {m.label: (m.value, m.delta) for m in app.metric}


def test_ship_prices_refusals_times_a_service_and_tells_what_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    answered_here(monkeypatch)
    app = page_of(HEART, section="ship")
    told = shown(app)
    assert {"People look at, of 1,000", "The rest earns", "One answer", "1,000 answers", "Memory"} <= set(told)
    assert any("core serve healthcare-heart_disease-recommended" in code.value for code in app.code)
    few = told["People look at, of 1,000"]
    app.select_slider(key=f"{KEY}:refuse").set_value(SHARES[-1]).run()
    many = shown(app)["People look at, of 1,000"]
    assert int(many[0].split()[0]) > int(few[0].split()[0])
    assert app.session_state[f"state:{KEY}"].refuse == SHARES[-1]
    app.number_input(key=f"{KEY}:review-minutes").set_value(10.0).run()
    assert shown(app)["People look at, of 1,000"][1] != many[1], "twice the minutes, twice the money"
    app.button(key=f"{KEY}:new-rows-held_out").click().run()
    assert "AUC on these rows" in shown(app)
    app.button(key=f"{KEY}:new-rows-damaged").click().run()
    assert any(w.value.startswith("Retrain: ") for w in app.warning)


def test_pictures_have_no_csv_and_a_link_opens_what_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    answered_here(monkeypatch)
    app = page_of("healthcare/chest_xray", section="ship", refuse="0.3", **{"review.minutes": "7"})
    told = shown(app)
    assert "One answer" in told
    assert not app.get("file_uploader")
    assert app.select_slider(key="healthcare-chest_xray:refuse").value == 0.3
    assert app.number_input(key="healthcare-chest_xray:review-minutes").value == 7.0
