"""Numbers are written with as many digits as they deserve, with their unit, and never as less than they are."""

import math

import numpy as np
import pandas as pd
import pytest

from core.evaluation.metrics import metric_named
from core.formatting import numbers, scores
from core.use_cases import use_case

MINUTES = use_case("testing/tiny_quantile").task
CHANCE = use_case("retail/coupon_response").task


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (34.234, "min", "34.2\u00a0min"),
        (8.236, "min", "8.24\u00a0min"),
        (1234.4, "", "1,234"),
        (0.01234, "", "0.0123"),
        (75.0, "pieces", "75\u00a0pieces"),
        (0.0, "min", "0\u00a0min"),
        (-2.5, "", "−2.50"),
        (-0.0, "", "0"),
        (1.23e-9, "", "1.2·10⁻⁹"),
        (-0.00000001, "", "−1.0·10⁻⁸"),
        (None, "min", "—"),
        (math.nan, "min", "—"),
        (math.inf, "", "undefined"),
    ],
)
def test_an_amount_has_three_digits_and_a_whole_number_no_decimals(value, unit, said):
    assert numbers.amount(value, unit) == said


def test_a_metric_in_the_target_s_unit_has_that_unit_and_four_digits():
    metric = metric_named("mean_absolute_error")
    assert scores.unit_of(metric, MINUTES) == "min"
    assert scores.score_with_unit(metric, MINUTES, 1.37) == "1 min 22 s"
    assert scores.score_between(metric, 1.3312, 1.4212, unit="min") == "1 min 20 s to 1 min 25 s"
    assert scores.score(metric, 0.01234, like=10.2345, more=1, sign=True) == "+0.01"


def test_a_share_is_said_in_percent_and_a_difference_of_shares_in_points():
    metric = metric_named("wape")
    assert scores.unit_of(metric, MINUTES) == ""
    assert scores.score_with_unit(metric, MINUTES, 0.17433) == "17.4%"
    assert scores.score_between(metric, 0.1175, 0.2463, more=1) == "11.75% to 24.63%"
    assert scores.score(metric, -0.00433, more=1, sign=True) == "−0.43 points"
    assert scores.score_between(metric, -0.0175, 0.0024, sign=True) == "−1.8 to +0.2 points"
    assert scores.score_between(metric, None, None, sign=True) == "undefined"


def test_a_metric_without_a_unit_has_its_own_digits():
    metric = metric_named("roc_auc")
    assert scores.score_with_unit(metric, CHANCE, 0.78549) == "0.785"
    assert scores.score(metric, -0.00123, more=1, sign=True) == "−0.0012"


@pytest.mark.parametrize(
    ("value", "said"),
    [(0.0000123, "0.000012"), (-0.00004, "−0.00004"), (2e-8, "2.0·10⁻⁸"), (-0.0, "0.0000"), (None, "undefined")],
)
def test_a_tiny_error_is_not_nothing_and_nothing_has_no_sign(value, said):
    assert scores.score(metric_named("roc_auc"), value, more=1).rstrip("0") == said.rstrip("0")
    assert scores.score_with_unit(metric_named("mean_absolute_error"), MINUTES, None) == "undefined"


@pytest.mark.parametrize(
    ("value", "kept"),
    [(74.28571, 74.29), (5.0, 5.0), ("a", "a"), (None, None), (7, 7), (1e9 + 0.25, 1e9), (1.26e-9, 1.3e-9)],
)
def test_a_table_s_value_is_rounded_and_nothing_else_is_touched(value, kept):
    assert numbers.rounded(value) == kept


@pytest.mark.parametrize("value", [None, math.nan, pd.NaT, pd.NA, np.datetime64("NaT"), np.float32("nan")])
def test_what_is_missing_is_said_the_same_way_whoever_left_it_out(value):
    assert numbers.is_missing(value)
    assert numbers.plain(value) == numbers.MISSING
    assert numbers.rounded(value) is None


@pytest.mark.parametrize("value", [0, 0.0, "", "nan", False, np.array([1.0, math.nan])])
def test_what_is_there_is_not_missing(value):
    assert not numbers.is_missing(value)


@pytest.mark.parametrize(
    ("share", "digits", "said"),
    [
        (0.123, 0, "12%"),
        (0.0, 0, "0%"),
        (-0.0, 1, "0.0%"),
        (1.0, 0, "100%"),
        (11 / 7043, 0, "0.2%"),
        (0.0001, 0, "<0.1%"),
        (999 / 1000, 0, "99.9%"),
        (99_999 / 100_000, 1, ">99.9%"),
        (0.996, 1, "99.6%"),
        (0.125, 0, "13%"),  # half goes up, as in a browser
        (0.285, 0, "29%"),
        (1 - 1e-15, 0, "100%"),
        (12.5, 0, "1,250%"),
        (-0.2, 0, "−20%"),
        (math.nan, 0, "undefined"),
        (None, 0, "—"),
    ],
)
def test_a_share_is_neither_none_nor_all_unless_it_is(share, digits, said):
    assert numbers.percent(share, digits) == said


def test_parts_levels_and_points():
    words = "missing in {part} of {whole} rows ({share})"
    assert numbers.part_of(11, 7043, words) == "missing in 11 of 7,043 rows (0.2%)"
    assert numbers.part_of(7042, 7043, words) == "missing in 7,042 of 7,043 rows (>99.9%)"
    assert numbers.part_of(0, 0, "{part} of {whole} ({share})") == "0 of 0 (—)"
    assert [numbers.level(x) for x in (0.1, 0.025, 0.9 - 0.1)] == ["10%", "2.5%", "80%"]
    assert [numbers.points(x) for x in (0.0123, -0.05, 0.0)] == ["+1.2 points", "−5.0 points", "0.0 points"]


@pytest.mark.parametrize(
    ("amount", "sign", "said"),
    [
        (-0.3, False, "€0"),
        (0.3, True, "€0"),
        (-0.0, True, "€0"),
        (950, True, "+€950"),
        (-0.6, False, "−€1"),
        (999_700, True, "+€1.00M"),
        (1125, False, "€1.13K"),  # half goes up, as in a browser
        (9_996_000, False, "€10.0M"),
        (None, False, "undefined"),
        (math.nan, False, "undefined"),
    ],
)
def test_money_that_rounds_to_nothing_has_no_sign(amount, sign, said):
    assert numbers.money(amount, "EUR", sign=sign) == said
    assert numbers.money(-12, "CHF") == "−CHF\u00a012"
    assert numbers.money(1200, "points") == "1.20K\u00a0points"


def test_the_ends_of_a_range_can_be_told_apart_or_are_one():
    assert numbers.money_between(1_234_100, 1_234_900, "USD") == "$1.234M to $1.235M"
    assert numbers.money_between(1_200_000, 1_300_000, "USD", joint=" – ") == "$1.20M – $1.30M"
    assert numbers.money_between(5, 5, "USD") == "$5"
    assert scores.score_between(metric_named("roc_auc"), 0.78491, 0.78534) == "0.7849 to 0.7853"
    assert scores.score_between(metric_named("roc_auc"), 0.7, 0.7) == "0.700"
    assert scores.score_between(metric_named("roc_auc"), None, 0.7) == "undefined"
    assert scores.score_between(metric_named("mean_absolute_error"), 10.2341, 10.2342) == "10.2341 to 10.2342"


def test_one_of_a_thing_is_said_in_the_singular():
    said = [numbers.counted(n, "{count} row", "{count} rows") for n in (0, 1, 2, 7043)]
    assert said == ["0 rows", "1 row", "2 rows", "7,043 rows"]


def test_sizes_and_energies():
    assert [numbers.size(s) for s in (3e4, 12e6, 0.6e9, 12.34e9)] == ["30 KB", "12 MB", "0.6 GB", "12.3 GB"]
    assert [numbers.energy(j) for j in (0.3, 90, 7200, 9e6)] == ["0.3 J", "90 J", "2.0 Wh", "2.5 kWh"]


@pytest.mark.parametrize(
    ("low", "high", "whole"),
    [(-0.0213, 0.0337, False), (0.0, 0.04, False), (3.0, 3.0, False), (1e-7, 9e-7, False), (-1.5, 5000.5, False)],
)
def test_a_slider_has_enough_stops_on_round_numbers_for_every_range(low, high, whole):
    found = numbers.stops(low, high, whole=whole)
    assert found.low <= low <= high <= found.high
    assert 100 <= (found.high - found.low) / found.step <= 1010
    assert found.step == pytest.approx(10 ** round(math.log10(found.step)))
    assert round(found.low, found.digits) == found.low


def test_whole_numbers_stay_whole_and_no_value_lies_outside_its_slider():
    assert numbers.stops(0.0, 10.5, whole=True) == numbers.Stops(low=0, high=11, step=1, digits=0)
    rng = np.random.default_rng(0)
    for low, width in zip(rng.normal(size=500) * 10.0 ** rng.integers(-6, 6, 500), rng.random(500), strict=True):
        found = numbers.stops(low, low + width)
        assert found.low <= low <= low + width <= found.high
    for digits in range(7):  # values that lie on a stop, or a hair beside it
        for low, width in rng.integers(1, 999, (200, 2)) * 10.0**-digits:
            high = np.nextafter(low + width, np.inf)
            for ends in ((low, low + width), (low, high), (-high, -low)):
                found = numbers.stops(*ends)
                assert found.low <= ends[0] <= ends[1] <= found.high
                assert found == numbers.Stops(
                    low=round(found.low, found.digits),
                    high=round(found.high, found.digits),
                    step=found.step,
                    digits=found.digits,
                )


def test_a_value_a_hair_above_a_stop_is_on_its_slider():
    """Cover of a row of credit scoring: 22.2 was the end of the slider, and no page was drawn."""
    found = numbers.stops(0.0, 22.200000000000003)
    assert (found.low, found.high, found.digits) == (0.0, 22.3, 1)
    assert numbers.stops(-22.200000000000003, 0.0).low == -22.3


@pytest.mark.parametrize(
    ("value", "said"),
    [(0.9999999, "0.9999999"), (0.99999999999, "0.99999999999"), (2.0, "2"), (-1.5, "−1.5"), (1e39, "1·10³⁹"),
     (1234567.25, "1,234,567.25"), (-1.5e-9, "−1.5·10⁻⁹"), (0.0, "0")],
)  # fmt: skip
def test_in_full_no_other_number_reads_the_same(value, said):
    assert numbers.in_full(value) == said


def test_chances_that_lie_close_together_get_the_decimals_that_tell_them_apart():
    assert [numbers.chance_digits(0.3, 0.3 + spread) for spread in (0.5, 0.02, 0.005, 0.001, 1e-4, 1e-7, 0.0)] == [
        *(1, 1, 2, 3, 4, 4, 1),
    ]
    assert numbers.threshold(0.4012, 1) == "40.1%"
    assert numbers.threshold(0.0432, 1) == "4.32%"
    assert numbers.threshold(0.26612, 3) == "26.612%"


def test_amounts_beside_one_another_that_differ_never_read_the_same():
    apart = numbers.money_apart([4_040_100.0, 4_042_840.0, None, 1_000_000.0], "EUR")
    assert apart == ["€4.040M", "€4.043M", "undefined", "€1.000M"]
    assert numbers.money_apart([4_040_100.0, 4_040_100.0], "EUR") == ["€4.04M", "€4.04M"]
    assert numbers.money_apart([1.0, 1.0000001], "USD") == ["$1", "$1"], "no digits without end"
