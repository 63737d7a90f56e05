"""Links: a complete state goes out and comes back; what cannot be used is said and left out."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest

from core.settings import defaults
from core.use_case_settings import settings_of
from core.use_cases import use_case
from pages.components.state import PageState, _apply, link

COUPON = use_case("retail/coupon_response")


def fresh() -> PageState:
    return PageState(settings=defaults(settings_of(COUPON)))


def test_a_link_carries_every_setting_and_comes_back_the_same() -> None:
    sent = fresh()
    sent.settings |= {"width": 128, "learning_rate": 0.005, "optimiser": "adam"}
    sent.section, sent.run, sent.threshold, sent.record = "money", "20260101-000000-x-1", 0.31, 7
    sent.assumed, sent.changes, sent.vary = {"mailing_cost": 1.25}, {"trips_84": 2.0, "age": "65+"}, "trips_84"
    query = dict(parse_qsl(link(COUPON, sent, None)))
    assert {k for k in query if k.startswith("set.")} == {f"set.{name}" for name in settings_of(COUPON)}
    back = fresh()
    _apply(COUPON, back, query)
    assert back.notices == []
    for name in ("settings", "section", "run", "threshold", "record", "assumed", "changes", "vary"):
        assert getattr(back, name) == getattr(sent, name), name


def test_another_use_cases_parameters_are_ignored() -> None:
    state = fresh()
    _apply(COUPON, state, {"use_case": "testing/tiny_quantile", "set.width": "8", "section": "money"})
    assert state == fresh()


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
    assert state == clean
