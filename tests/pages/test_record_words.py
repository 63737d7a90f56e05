"""Records in words: features under their labels, info that is a feature too once, and no column that hides another."""

from __future__ import annotations

from dataclasses import replace

from core.contracts import Column, ColumnKind
from core.use_cases import use_case
from pages.components.record_words import distinct, info_of, rows_of, words

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
    assert info_of(record(10, 10)) == {"Order id": 7}


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


def test_what_is_asked_with_yes_or_no_is_answered_so() -> None:
    asked = replace(DECLARED, columns=(*DECLARED.columns, Column(name="b", label="Male", kind=ColumnKind.BINARY)))
    for value, told in ((1.0, "yes"), (0, "no"), (None, None), (0.5, 0.5)):
        row = record(10, 10)
        row["features"]["b"] = value
        assert rows_of(asked, [row])[0]["Male"] == told
