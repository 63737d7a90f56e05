"""The strip of assumptions: what the browser is given of each, what it may report, and the way back."""

from __future__ import annotations

import math
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.formatting import numbers, units
from core.use_cases import use_case
from pages.components import assumption_strip
from pages.components.assumption_strip import keep
from tests.pages.drawing import components_of, nobody_answers, page_of

NAME, SLUG = "retail/coupon_response", "retail-coupon_response"


@pytest.fixture(autouse=True)
def nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    nobody_answers(monkeypatch)


def rows(app: AppTest) -> dict[str, dict[str, Any]]:
    """What the strip in the browser is given, by the assumption's name."""
    (strip,) = [c for c in components_of(app) if "heard" in c]
    return {row["name"]: row for row in strip["rows"]}


def shown(app: AppTest, name: str) -> tuple[str, float]:
    """Where the slider stands, as it is written, and what the field shows."""
    row = rows(app)[name]
    return row["texts"][row["stands"]], row["field"]["value"]


def state(app: AppTest) -> Any:
    return app.session_state[f"state:{SLUG}"]


def now(app: AppTest) -> str:
    return next(m.value for m in app.markdown if " per year" in m.value and m.value.startswith("**")).replace("\\", "")


def worth(app: AppTest) -> float:
    """What the panel shows where the decision stands."""
    (panel,) = [p for p in components_of(app) if "amounts" in p and "references" in p]
    return float(panel["amounts"][panel["stands"]["threshold"]])


def moved(app: AppTest, **rows: Any) -> AppTest:
    """As a browser reports it: names with their values."""
    report = {"count": 1, "rows": [{"name": name, "value": value} for name, value in rows.items()]}
    keep(use_case(NAME).value, state(app).assumed, report)
    return app.run()


def test_what_is_moved_moves_the_money_and_there_is_a_way_back() -> None:
    app = page_of(NAME, section="money")
    declared = now(app)
    assert shown(app, "mailing_cost") == ("$0.50", 0.5)
    moved(app, mailing_cost=1.0)
    assert shown(app, "mailing_cost") == ("$1", 1.0)
    assert numbers.money(worth(app), "USD") in now(app)
    assert "with the declared assumptions" in now(app)
    moved(app, mailing_cost=0.83)
    assert shown(app, "mailing_cost") == ("$0.83", 0.83), "what was typed is a stop"
    (back,) = [b for b in app.button if b.label == "Back to the declared assumptions"]
    back.click().run()
    assert state(app).assumed == {}
    assert shown(app, "mailing_cost") == ("$0.50", 0.5)
    assert now(app) == declared
    assert not app.exception


def test_they_stand_where_they_were_left_when_one_comes_back() -> None:
    app = moved(page_of(NAME, section="money"), mailing_cost=1.0, households=50_000.0)
    for section in ("results", "money"):
        next(s for s in app.segmented_control if s.label == "Section").set_value(section).run()
    assert shown(app, "mailing_cost")[1] == 1.0
    assert shown(app, "households")[1] == 50_000


@pytest.mark.parametrize(
    "sent",
    [
        None,
        5,
        {},
        {"rows": 3},
        {"rows": [None, 3, {"name": ["x"]}, {"name": "nothing", "value": 1.0}]},
        *({"rows": [{"name": "mailing_cost", "value": value}]} for value in (None, "1", True, [], -1.0, 1e9, math.nan)),
        *({"rows": [{"name": "mailing_cost", "typed": typed}]} for typed in ("", math.inf, -3)),
    ],
)
def test_a_browser_may_send_anything(sent: object) -> None:
    model, assumed = use_case(NAME).value, {"households": 7.0}
    assert model is not None
    assert keep(model, assumed, sent) is None
    assert assumed == {"households": 7.0}


def test_all_that_is_reported_at_once_is_kept_and_its_number_told() -> None:
    model, assumed = use_case(NAME).value, {"households": 7.0, "mailing_cost": 2.0}
    assert model is not None
    told = [{"name": "mailing_cost", "value": 0.5}, {"name": "gross_margin", "typed": 35}]
    assert keep(model, assumed, {"count": 12, "rows": told}) == 12
    assert assumed == {"households": 7.0, "gross_margin": 0.35}, "what is declared is not assumed"


def test_stops_are_written_once_for_all_who_move_them(monkeypatch: pytest.MonkeyPatch) -> None:
    app = page_of(NAME, section="money")
    written: list[float] = []
    chosen = units.chosen
    monkeypatch.setattr(
        assumption_strip.units, "chosen", lambda value, unit: written.append(value) or chosen(value, unit)
    )
    app.run()
    assert not written, "some hundred for each of six assumptions"


def test_a_share_is_typed_and_read_in_percent() -> None:
    app = page_of(NAME, section="money")
    field = rows(app)["gross_margin"]["field"]
    assert (field["label"], field["value"], field["scale"]) == ("Gross margin on extra sales (%)", 28, 100)
    assert "35%" in rows(app)["gross_margin"]["texts"]


def test_a_link_brings_an_assumption_that_is_no_round_number() -> None:
    app = page_of(NAME, section="money", **{"assume.households": "123457"})
    assert shown(app, "households") == ("123,457\u00a0households", 123457)
    assert rows(app)["households"]["known"] == "Guess · declared 100,000\u00a0households"
    assert not next(b for b in app.button if b.label == "Back to the declared assumptions").disabled


def test_every_source_is_told() -> None:
    told = [row["source"] for row in rows(page_of(NAME, section="money")).values()]
    assert len(told) == len(use_case(NAME).value.assumptions)
    assert all(told)
    assert any("put in your own quote" in text for text in told)


def test_a_bar_goes_to_the_side_of_its_sign_and_is_as_long_as_it_is_worth() -> None:
    assert assumption_strip._bar(-50.0, 100.0, "USD") == (-0.5, "−$50")
    assert assumption_strip._bar(100.0, 100.0, "USD") == (1.0, "+$100")
    assert assumption_strip._bar(None, 100.0, "USD") == (0.0, "—")
    assert assumption_strip._bar(0.0, 0.0, "USD") == (0.0, "$0")
