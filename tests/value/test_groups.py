"""Groups: who is acted on and found in each, and rules that treat groups alike, against counting by hand."""

import numpy as np
import pandas as pd
import pytest

from core.contracts.care import GroupBy
from core.store.held_out import HeldOut
from core.use_cases import use_case
from core.value.groups import LEAST, large_groups, members, rules, thresholds, treated
from core.value.threshold import assumed_values

VALUE = use_case("education/at_risk").value
ASSUMED = assumed_values(VALUE.assumptions)
SEX = GroupBy("sex", "Sex")


def drawn(rows, seed):
    """Two groups whose chances are as good, but lower in one by a third."""
    rng = np.random.default_rng(seed)
    sex = np.where(rng.random(rows) < 0.4, "male", "female")
    chance = rng.random(rows) * np.where(sex == "male", 1.0, 0.66)
    left = rng.random(rows) < chance
    return left.astype(float)[:, None], chance[:, None], pd.DataFrame({"sex": sex, "student": np.arange(rows)})


@pytest.fixture(scope="module")
def found():
    target, chance, info = drawn(3000, 1)
    validation_target, validation, validation_info = drawn(3000, 2)
    return HeldOut(
        rows=np.arange(3000),
        target=target,
        info=info,
        ensemble=chance,
        members=chance[None],
        baselines={},
        validation_target=validation_target,
        validation_info=validation_info,
        validation=validation,
        validation_baselines={},
    )


def test_numbers_fall_between_the_edges_and_what_is_missing_into_no_group():
    info = pd.DataFrame({"age": [18.0, 20.0, 24.9, 25.0, np.nan]})
    by = GroupBy("age", "Age", edges=(20, 25))
    assert members(info, by).tolist() == ["< 20", "20 - 25", "20 - 25", "≥ 25", ""]
    assert members(pd.DataFrame({"sex": ["male", None]}), SEX).tolist() == ["male", ""]


def test_small_groups_are_left_out_and_ages_rise():
    by = GroupBy("age", "Age", edges=(9, 20, 100))
    ages = np.repeat([150.0, 5.0, 12.0, 30.0], [LEAST, LEAST, LEAST - 1, 2 * LEAST])
    assert large_groups(members(pd.DataFrame({"age": ages}), by), by) == ["< 9", "20 - 100", "≥ 100"]
    named = np.array(["b"] * LEAST + ["a"] * (LEAST + 1) + [""] * 99, dtype=object)
    assert large_groups(named, SEX) == ["a", "b"]


def test_who_is_treated_how_is_counted_as_by_hand():
    target = np.array([[1.0], [1.0], [0.0], [1.0]])
    acted = np.array([True, False, True, True])
    group = np.array(["a", "a", "a", "b"], dtype=object)
    a, b = treated(target, acted, group, ["a", "b"])
    assert (a.rows, a.acted, a.positive, a.found) == (3, 2, 2, 1)
    assert (b.rows, b.acted, b.positive, b.found) == (1, 1, 1, 1)


@pytest.mark.parametrize("of_found", [True, False])
def test_thresholds_of_groups_reach_the_common_share_in_each(found, of_found):
    group = members(found.validation_info, SEX)
    target, chance = found.validation_target, found.validation
    own = thresholds(target, chance, group, ["male", "female"], 0.5, found=of_found)
    counted = target[:, 0] > 0 if of_found else np.ones(len(target), dtype=bool)
    common = (chance[counted, 0] >= 0.5).mean()
    for name, limit in own.items():
        inside = counted & (group == name)
        assert (chance[inside, 0] >= limit).mean() == pytest.approx(common, abs=1 / inside.sum())
    assert own["female"] < 0.5 < own["male"]


def test_a_threshold_for_all_is_the_money_of_the_page_and_equal_shares_cost(found):
    one, equal, _acted = rules(VALUE, found, SEX, 0.5, ASSUMED)
    assert one.amount == VALUE.amount(found.target, found.ensemble, found.info, 0.5, ASSUMED)[0]
    assert (one.more, one.low, one.high) == (0.0, 0.0, 0.0)
    assert equal.low <= equal.more <= equal.high
    assert equal.more < 0  # chances that mean what they say are best cut at one place
    assert equal.spread_found < one.spread_found / 3


def test_nobody_acted_on_stays_so_in_every_group(found):
    for rule in rules(VALUE, found, SEX, 1.000001, ASSUMED):
        assert rule.amount == 0.0
