"""Numbers are written with as many digits as they deserve, and with their unit."""

import pytest

from core.charts import numbers
from core.evaluation.metrics import metric
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
        (-2.5, "", "-2.50"),
    ],
)
def test_an_amount_has_three_digits_and_a_whole_number_no_decimals(value, unit, said):
    assert numbers.amount(value, unit) == said


def test_a_metric_in_the_target_s_unit_has_that_unit_and_four_digits():
    judge = metric("mean_absolute_error")
    assert numbers.unit_of(judge, MINUTES) == "min"
    assert numbers.score_with_unit(judge, MINUTES, 10.2345) == "10.23\u00a0min"
    assert numbers.score(judge, 0.01234, like=10.2345, more=1, sign=True) == "+0.01"


def test_a_metric_without_a_unit_has_its_own_digits():
    judge = metric("roc_auc")
    assert numbers.score_with_unit(judge, CHANCE, 0.78549) == "0.785"
    assert numbers.score(judge, -0.00123, more=1, sign=True) == "-0.0012"


def test_a_prediction_is_a_chance_or_an_amount():
    assert numbers.prediction(CHANCE, 0.1234) == "12.3%"
    assert numbers.prediction(MINUTES, 22.6) == "22.6\u00a0min"
    assert numbers.prediction(MINUTES, 1.25, sign=True) == "+1.25\u00a0min"


@pytest.mark.parametrize(
    ("value", "kept"), [(74.28571, 74.29), (5.0, 5.0), ("a", "a"), (None, None), (7, 7), (1e9 + 0.25, 1e9)]
)
def test_a_table_s_value_is_rounded_and_nothing_else_is_touched(value, kept):
    assert numbers.rounded(value) == kept
