"""A number that somebody chose is written in full, with the sign or unit that people say with it."""

from __future__ import annotations

import pytest

from core.formatting import units


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (0.5, "USD", "$0.50"),
        (29.0, "USD", "$29"),
        (6200.0, "EUR", "€6,200"),
        (2.725, "USD", "$2.725"),
        (-3.5, "USD", "−$3.50"),
        (12.5, "CHF", "CHF\u00a012.50"),
        (0.28, "share", "28%"),
        (0.005, "share per minute", "0.5%"),
        (0.7, "share of the loan", "70%"),
        (100_000.0, "households", "100,000\u00a0households"),
        (4.2, "campaigns", "4.2\u00a0campaigns"),
        (3.0, "", "3"),
        (1.0, "minutes", "1\u00a0minute"),
        (1.0, "rounds", "1\u00a0round"),
        (1.0, "USD of sales", "1\u00a0USD of sales"),
        (15.74, "hour of day", "15:44"),
    ],
)
def test_a_chosen_number_in_full(value: float, unit: str, said: str) -> None:
    assert units.chosen(value, unit) == said


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (1.37, "minutes", "1 min 22 s"),
        (0.0731, "minutes", "4.4 s"),
        (-1.25, "min", "−1 min 15 s"),
        (59.999, "seconds", "1 min"),
        (90.0, "minutes", "1 h 30 min"),
        (0.0, "hours", "0 s"),
        (-0.01, "s", "less than 0.1 s"),
        (72.0, "RPM", "72\u00a0RPM"),
        (64.3, "USD", "$64.30"),
        (-151.2, "USD", "−$151"),
        (3301.4, "EUR", "€3,301"),
        (7.0, "items", "7\u00a0items"),
        (8.236, "km", "8.24\u00a0km"),
        (None, "minutes", "—"),
        (23.999, "hour of day", "24:00"),
        (8.5, "hour of day, local time", "08:30"),
    ],
)
def test_an_amount_as_people_say_it(value: float | None, unit: str, said: str) -> None:
    assert units.amount(value, unit) == said


def test_a_range_as_people_say_it() -> None:
    assert units.amount_between(21.08, 30.35, "minutes") == "21 min 5 s – 30 min 21 s"
    assert units.amount_between(8.24, 34.2, "km") == "8.24 – 34.2\u00a0km"
    assert units.amount_between(1.331, 1.334, "minutes") == "1 min 19.9 s – 1 min 20 s"
    assert units.amount_between(64.3, 3301.0, "USD") == "$64.30 – $3,301"


def test_a_label_has_the_unit_that_the_number_does_not_say() -> None:
    assert units.label("Cost", "USD") == "Cost"
    assert units.label("Margin", "share") == "Margin"
    assert units.label("Lost", "share per minute") == "Lost (share per minute)"
    assert units.label("Shops", "shops") == "Shops"
    assert units.typed_label("Margin", "share of sales") == "Margin (%)"
    assert units.typed_label("Cost", "USD") == "Cost (USD)"


@pytest.mark.parametrize("value", [0.28, 0.005, 0.1, 1 / 3, 0.07, 0.57])
def test_a_share_typed_in_percent_means_itself(value: float) -> None:
    assert units.meant(units.typed(value, "share"), "share") == pytest.approx(value, abs=1e-12)
    assert units.meant(units.typed(round(value, 6), "share"), "share") == round(value, 6)
    assert units.typed(value, "USD") == value
