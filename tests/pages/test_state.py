"""Links: a complete state goes out and comes back; what cannot be used is said and left out."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest

from core.settings import defaults
from core.settings.use_case import settings_of
from core.use_cases import use_case
from pages.components.settings_panel import _written
from pages.components.state import PageState, _apply, choose_variant, link
from tests.pages.drawing import page_of

COUPON, STOCK = use_case("retail/coupon_response"), use_case("testing/tiny_stock")


def fresh() -> PageState:
    return PageState(settings=defaults(settings_of(COUPON)), preset="recommended")


def test_a_link_carries_every_setting_and_comes_back_the_same() -> None:
    sent = fresh()
    sent.settings |= {"width": 128, "learning_rate": 0.005, "optimiser": "adam"}
    sent.section, sent.run, sent.decision, sent.record = "money", "20260101-000000-x-1", 0.31, 7
    sent.assumed, sent.changes, sent.vary = {"mailing_cost": 1.25}, {"trips_84": 2.0, "age": "65+"}, "trips_84"
    query = dict(parse_qsl(link(COUPON, sent, None)))
    assert {k for k in query if k.startswith("set.")} == {f"set.{name}" for name in settings_of(COUPON)}
    back = fresh()
    _apply(COUPON, back, query)
    assert back.notices == []
    for name in ("settings", "section", "run", "decision", "record", "assumed", "changes", "vary"):
        assert getattr(back, name) == getattr(sent, name), name


def test_a_page_begins_on_the_preset_whose_settings_it_has() -> None:
    app = page_of("retail/coupon_response", section="train")
    (presets,) = [g for g in app.get("button_group") if g.proto.label == "Presets"]
    assert presets.value == "recommended"
    state = PageState(settings={**defaults(settings_of(COUPON)), "width": 16})
    _apply(COUPON, state, {"set.width": "16"})
    assert state.preset is None


def test_another_use_cases_parameters_are_ignored() -> None:
    state = fresh()
    _apply(COUPON, state, {"use_case": "testing/tiny_quantile", "set.width": "8", "section": "money"})
    assert state == fresh()


def test_a_link_of_before_a_setting_was_renamed_is_read() -> None:
    state = fresh()
    _apply(COUPON, state, {"v": "1", "set.category_rates": "on"})
    assert (state.settings["target_encoding"], state.notices) == ("on", [])
    assert "set.target_encoding=on" in link(COUPON, state, None)
    assert "category_rates" not in link(COUPON, state, None)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"v": "9"}, ["version 9"]),
        ({"set.width": "5000"}, ["width must lie between 4 and 512", "5000", "The nearest allowed value is 512"]),
        ({"set.width": "nan"}, ["width must lie between"]),
        ({"set.optimiser": "adamm"}, ["Did you mean 'adam"]),
        ({"set.wdth": "5"}, ["Did you mean 'width'"]),
        ({"section": "mony"}, ["Did you mean 'money'"]),
        ({"threshold": "inf"}, ["threshold must be a number from 0 to 1"]),
        ({"decision": "1.01"}, ["decision must be a number from 0 to 1"]),
        ({"assume.mailing_cost": "-4"}, ["assume.mailing_cost must be a number from 0.01 to 10"]),
        ({"assume.mailing": "1"}, ["Did you mean 'mailing_cost'"]),
        ({"change.trips": "1"}, ["Did you mean 'trips_84'"]),
        ({"record": "-1"}, ["record must be a number"]),
        ({"<script>": "1"}, ["<script>", "not known"]),
    ],
)
def test_what_a_link_gets_wrong_is_said_and_the_default_is_used(query: dict[str, str], words: list[str]) -> None:
    state = fresh()
    _apply(COUPON, state, query)
    said = " ".join(state.notices)
    for word in words:
        assert word in said
    clean = fresh()
    clean.notices = state.notices
    clean.preset = "recommended" if state.settings == clean.settings else None
    assert state == clean


def test_links_from_before_decisions_had_one_name_still_work() -> None:
    state = fresh()
    _apply(COUPON, state, {"threshold": "1.000001"})
    assert (state.decision, state.notices) == (1.000001, [])
    _apply(COUPON, state, {"threshold": "0.2", "decision": "0.3"})
    assert state.decision == 0.3


def test_a_decision_keeps_within_the_bounds_of_its_value_model() -> None:
    state = PageState(settings=defaults(settings_of(STOCK)))
    _apply(STOCK, state, {"decision": "0.75"})
    assert (state.decision, state.notices) == (0.75, [])
    _apply(STOCK, state, {"decision": "0.99"})
    assert state.decision is None
    assert "from 0.05 to 0.95" in state.notices[0]


def test_a_preset_is_about_how_to_learn_and_keeps_what_is_asked() -> None:
    state = PageState(settings=defaults(settings_of(STOCK)))
    _apply(STOCK, state, {"preset": "one", "set.num_epochs": "1", "set.variant": "shuffled"})
    assert (state.preset, state.settings["variant"], state.notices) == ("one", "shuffled", [])
    _apply(STOCK, state, {"set.variant": "shufled"})
    assert "Did you mean 'shuffled'" in state.notices[0]
    assert state.settings["variant"] == "forward"


def test_asking_otherwise_leaves_nothing_of_another_run_behind() -> None:
    state = PageState(settings=defaults(settings_of(STOCK)), run="x", decision=0.5, record=3, changes={"ahead": 1.0})
    state.settings["width"] = 32
    choose_variant(STOCK, state, "shuffled")
    assert (state.run, state.decision, state.record, state.changes) == (None, None, None, {})
    assert (state.settings["variant"], state.settings["width"]) == ("shuffled", 32)


def test_a_setting_that_a_damaged_run_says_wrongly_is_shown_as_it_is() -> None:
    declared = settings_of(use_case("retail/coupon_response"))
    assert _written(declared["width"], "w*x*") == "w\\*x\\*"
    assert _written(declared["optimiser"], 7) == "7"
    assert _written(declared["width"], 32) == "32"
    assert _written(declared["width"], None) == "None"
