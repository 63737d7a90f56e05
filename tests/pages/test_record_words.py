"""Records in words: features under their labels, info that is a feature too once, and no column that hides another."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest

from core.charts.outcome import group_named
from core.contracts import Column, ColumnKind
from core.store import profiles
from core.use_cases import all_use_cases, use_case
from pages.components import clock_slider
from pages.components.record_words import distinct, info_of, profile_in_words, rows_of, words

DECLARED = replace(
    use_case("testing/tiny_leak"),
    columns=(Column(name="day_hour", label="Hour of the order", unit="h"), Column(name="x", label="Distance")),
)


def record(hour: float, seen: float) -> dict[str, dict[str, object]]:
    features = {"day_hour": hour, "x": 1.23456}
    return {"features": features, "info": {"order_id": 7, "day_hour": seen}, "target": {"late": 1.0}}


def test_info_that_is_a_feature_is_shown_once_under_its_label() -> None:
    row, _other = rows_of(DECLARED, [record(10, 10), record(11, 11)])
    assert row == {"Order id": 7, "Hour of the order (h)": 10, "Distance": 1.235}
    assert info_of(DECLARED, record(10, 10)) == {"Order id": 7}


def test_info_of_the_same_name_and_another_value_stays() -> None:
    rows = rows_of(DECLARED, [record(10, 10), record(0.4, 11)])
    assert [row["Day hour"] for row in rows] == [10, 11]
    assert [row["Hour of the order (h)"] for row in rows] == [10, 0.4]


def test_a_second_column_of_the_same_label_does_not_hide_the_first() -> None:
    assert distinct([("a", 1), ("a", 2), ("a (2)", 3), ("b", 4)]) == {"a": 1, "a (2)": 2, "a (2) (2)": 3, "b": 4}
    twice = replace(DECLARED, columns=tuple(replace(c, label="Same", unit="") for c in DECLARED.columns))
    (row,) = rows_of(twice, [record(10, 10)])
    assert row == {"Order id": 7, "Same": 10, "Same (2)": 1.235}


def test_names_of_columns_are_words() -> None:
    assert [words(n) for n in ("order_id", "x", "", "_a_")] == ["Order id", "X", "", "A"]


def test_an_hour_of_the_day_is_a_clock_s_time_and_days_have_two_decimals() -> None:
    asked = replace(
        DECLARED,
        columns=(
            Column(name="day_hour", label="Ordered", unit="hour of day"),
            Column(name="x", label="Silence", unit="days"),
        ),
    )
    for hour, days, told in (
        (15.74, 0.0783, ("15:44", 0.08)),
        (0.0, 0.0012, ("00:00", 0.001)),
        (9.5, 0.0, ("09:30", 0)),
    ):
        one = {"features": {"day_hour": hour, "x": days}, "info": {}, "target": {}}
        assert tuple(rows_of(asked, [one])[0].values()) == told
    assert list(rows_of(asked, [record(1, 1)])[0]) == ["Order id", "Ordered", "Silence (days)"]


def test_what_stands_beside_is_called_as_declared_and_names_are_people_s() -> None:
    demand, coupon = use_case("supply_chain/demand"), use_case("retail/coupon_response")
    beside = {"series": "DELI, store 406", "week_ago": 436.83, "week": "2017-10-09", "horizon": 5}
    one = {"features": {"department": "DRUG GM", "horizon": 5}, "info": beside, "target": {}}
    assert info_of(demand, one) == {"Series": "Deli, store 406", "Sold a week before ($)": 436.8}
    assert rows_of(demand, [one])[0]["Department"] == "Drugstore and household"
    never = {"features": {"days_since_coupon": None, "basket_value": None}, "info": {}, "target": {}}
    assert list(rows_of(coupon, [never])[0].values()) == ["never", None]


def test_a_profile_says_what_a_missing_value_means() -> None:
    coupon = use_case("retail/coupon_response")
    group = {"rows": 5, "units": 5, "missing": True, "share": 0.1, "low": 0.0, "high": 0.2}
    for name, told in (("days_since_coupon", "never"), ("basket_value", "missing")):
        column = next(c for c in coupon.columns if c.name == name)
        (found,) = profile_in_words(coupon, {"name": name, "missing": 0.5, "groups": [group]})["groups"]
        assert group_named(found, column) == told


@pytest.mark.parametrize("name", [u.name for u in all_use_cases() if u.industry != "testing"])
def test_what_is_declared_of_columns_and_names_is_of_those_that_there_are(name: str) -> None:
    declared, seen, info, columns = use_case(name), set(), set(), set()
    for variant in [v.name for v in declared.variants] or [""]:
        varied = declared.with_variant({"variant": variant}) if variant else declared
        found = profiles.shipped(varied)
        assert found
        columns |= {c["name"] for c in found["columns"]}
        info |= {key for row in found["sample"] for key in row["info"]}
        seen |= {name for c in found["columns"] for name in c.get("categories", {})}
    assert {c.name for c in declared.beside} <= info
    assert set(declared.missing) <= columns
    assert set(declared.names) <= seen


def test_a_clock_s_slider_reads_and_writes_hours() -> None:
    assert [clock_slider.time_of(h).strftime("%H:%M") for h in (0, 15.74, 24)] == ["00:00", "15:44", "23:59"]
    assert clock_slider.hour_of(time(15, 44), 15.74) == 15.74, "it stands where it stood"
    assert clock_slider.hour_of(time(15, 45), 15.74) == 15.75
    assert clock_slider.hour_of(time(8, 30), None) == 8.5


def test_what_is_asked_with_yes_or_no_is_answered_so() -> None:
    asked = replace(DECLARED, columns=(*DECLARED.columns, Column(name="b", label="Male", kind=ColumnKind.BINARY)))
    for value, told in ((1.0, "yes"), (0, "no"), (None, None), (0.5, 0.5)):
        row = record(10, 10)
        row["features"]["b"] = value
        assert rows_of(asked, [row])[0]["Male"] == told
