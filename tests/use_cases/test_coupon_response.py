"""Coupon response: its counts, its plan, and that nothing after a campaign's start reaches its features."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from core import datasets
from core.checks import plans
from core.contracts import ColumnKind, Examples, Fold, Plan
from core.datasets import DATASETS
from core.errors import UserError
from core.use_cases import use_case

USE_CASE = use_case("retail/coupon_response")
CUT_OFF = np.datetime64("2017-08-15")
LEAK_FROM = pd.Timestamp("2017-08-08")  # a campaign begins on this very day, others before and after it


@pytest.fixture(scope="module")
def tables():
    return datasets.read(DATASETS.get("complete_journey"))


@pytest.fixture(scope="module")
def examples(tables):
    return USE_CASE.examples({"complete_journey": tables})


@pytest.fixture(scope="module")
def plan(examples):
    return USE_CASE.plan(examples)


def absurd_later_rows(tables, start):
    """The tables with every transaction and redemption from `start` on replaced by absurd ones, and more appended."""
    transactions, redemptions = tables["transactions"].copy(), tables["coupon_redemptions"]
    money = ["sales_value", "coupon_disc", "coupon_match_disc"]
    transactions.loc[transactions["transaction_timestamp"] >= start, money] = 123_456.78
    mailed = tables["campaigns"].drop_duplicates("household_id")
    everybody = {"household_id": mailed["household_id"].to_numpy()}
    bought = repeated(transactions, len(mailed)).assign(
        **everybody,
        **dict.fromkeys(money, 1e6),
        transaction_timestamp=start,
        product_id=tables["coupons"]["product_id"][0],
    )
    answered = repeated(redemptions, len(mailed)).assign(
        **everybody,
        redemption_date=start,
        campaign_id=mailed["campaign_id"].to_numpy(),
        coupon_upc=tables["coupons"]["coupon_upc"][0],
    )
    known = redemptions[redemptions["redemption_date"] < start]
    return {
        **tables,
        "transactions": pd.concat([transactions, bought.astype(transactions.dtypes)], ignore_index=True),
        "coupon_redemptions": pd.concat([answered.astype(redemptions.dtypes), known], ignore_index=True),
    }


def repeated(table, times):
    """The first row of a table, many times."""
    return table.iloc[np.zeros(times, dtype=int)].reset_index(drop=True)


def test_the_table_has_the_rows_and_base_rates_that_are_reported(examples, plan):
    train_and_validation = np.union1d(plan.folds[0].train, plan.folds[0].validation)
    answers = examples.target["redeemed"].to_numpy()
    assert len(examples) == 6424
    assert len(train_and_validation) == 3762
    assert {len(fold.test) for fold in plan.folds} == {2662}
    assert len(np.unique(examples.unit)) == 1540  # of the 1,559 mailed: the others bought nothing before a start
    assert set(answers) == {0.0, 1.0}
    assert answers[train_and_validation].mean() == pytest.approx(0.12254, abs=1e-5)
    assert answers[plan.folds[0].test].mean() == pytest.approx(0.11908, abs=1e-5)


def test_the_target_is_a_redemption_of_this_campaign_by_this_household(tables, examples):
    redeemed = set(zip(*(tables["coupon_redemptions"][c] for c in ("household_id", "campaign_id")), strict=True))
    rows = zip(examples.info["household"], examples.info["campaign"], strict=True)
    np.testing.assert_array_equal(examples.target["redeemed"], [float(row in redeemed) for row in rows])


def test_a_household_is_mailed_a_campaign_once(examples):
    assert not examples.info.duplicated(["household", "campaign"]).any()
    np.testing.assert_array_equal(examples.unit, examples.info["household"])
    np.testing.assert_array_equal(examples.time, examples.info["campaign_start"])


def test_some_features_by_a_slow_way_on_a_few_rows(tables, examples):
    lines, redemptions = tables["transactions"], tables["coupon_redemptions"]
    began = lines["transaction_timestamp"].min().normalize()
    for row in np.random.default_rng(0).choice(len(examples), 12, replace=False):
        household, start = examples.unit[row], pd.Timestamp(examples.time[row])
        own = lines[lines["household_id"] == household]
        before = own[own["transaction_timestamp"] < start]
        since_28 = before[before["transaction_timestamp"] >= start - pd.Timedelta(days=28)]
        weeks = min((start - began).total_seconds() / 604_800, 4)
        answered = redemptions[(redemptions["household_id"] == household) & (redemptions["redemption_date"] < start)]
        trips = before.groupby("transaction_timestamp")["sales_value"].sum()
        expected = {
            "days_since_trip": (start - before["transaction_timestamp"].max()).total_seconds() / 86_400,
            "spend_28": since_28["sales_value"].sum() / weeks,
            "basket_value": trips.mean(),
            "coupons_redeemed": len(answered),
        }
        found = examples.features.iloc[row]
        assert {name: found[name] for name in expected} == pytest.approx(expected, rel=1e-4), row


def test_what_happens_from_a_campaigns_start_on_changes_none_of_its_features(tables, examples):
    """Bit for bit, for every campaign that begins by that day; the later ones must change, or nothing is tested."""
    poisoned = USE_CASE.examples({"complete_journey": absurd_later_rows(tables, LEAK_FROM)})
    key = ["household", "campaign"]
    before, after = (e.time <= np.datetime64(LEAK_FROM) for e in (examples, poisoned))
    assert (examples.time[before] == np.datetime64(LEAK_FROM)).sum() > 50
    pd.testing.assert_frame_equal(
        examples.info.loc[before, key].reset_index(drop=True), poisoned.info.loc[after, key].reset_index(drop=True)
    )
    for name in examples.features.columns:
        ours, theirs = examples.features.loc[before, name].to_numpy(), poisoned.features.loc[after, name].to_numpy()
        if ours.dtype == object:
            np.testing.assert_array_equal(ours, theirs, err_msg=name)
        else:
            assert ours.tobytes() == theirs.tobytes(), name
    later, poisoned_later = examples.features[~before], poisoned.features[~after]
    assert poisoned_later["spend_28"].max() > 100 * later["spend_28"].max()
    assert poisoned_later["coupons_redeemed"].sum() != later["coupons_redeemed"].sum()


def test_the_plan_passes_the_check_and_time_goes_forward(examples, plan):
    assert plans.check(plan, examples) is plan
    assert (plan.separation, plan.unit) == ("time", "household")
    for fold in plan.folds:
        assert examples.time[np.r_[fold.train, fold.validation]].max() < CUT_OFF <= examples.time[fold.test].min()
        assert not set(examples.unit[fold.train]) & set(examples.unit[fold.validation]), "households take turns whole"
    together = np.concatenate([fold.validation for fold in plan.folds])
    assert len(together) == len(np.unique(together)) == 3762


def test_the_same_plan_is_made_twice(examples, plan):
    for a, b in zip(plan.folds, USE_CASE.plan(examples).folds, strict=True):
        np.testing.assert_array_equal(a.train, b.train)
        np.testing.assert_array_equal(a.validation, b.validation)


def test_every_category_is_text_and_every_number_a_number(examples):
    for column in USE_CASE.columns:
        values = examples.features[column.name]
        if column.kind is ColumnKind.CATEGORY:
            assert {type(v) for v in values} == {str}
        else:
            assert values.dtype == np.float64


# plans.check, on a small table


def small(time=True):
    rows = np.arange(12)
    return Examples(
        features=pd.DataFrame({"x": rows}),
        target=pd.DataFrame({"t": rows % 2}),
        unit=rows // 2,
        info=pd.DataFrame({"unit": rows // 2}),
        time=np.datetime64("2020-01-01") + rows.astype("timedelta64[D]") if time else None,
    )


def fold(train, validation, test, name="first", test_name="test"):
    parts = (np.array(rows, dtype=int) for rows in (train, validation, test))
    return Fold(**dict(zip(("train", "validation", "test"), parts, strict=True)), name=name, test_name=test_name)


def small_plan(*folds, separation="unit"):
    return Plan(folds=folds, unit="household", sentence="S.", separation=separation)


GOOD = fold(range(4), range(4, 6), range(6, 12))


@pytest.mark.parametrize("separation", ["unit", "time"])
def test_a_good_plan_passes(separation):
    plan = small_plan(GOOD, separation=separation)
    assert plans.check(plan, small()) is plan


@pytest.mark.parametrize(
    ("folds", "separation", "sentence"),
    [
        ([fold(range(4), [4], range(5, 12))], "unit", "No household may straddle training and test; fold 'first' has"),
        ([fold([0, 1, 2], [3, 7], [6, 8])], "unit", "No household may straddle training and test"),
        ([fold([0, 1, 8], [4], [6, 7])], "time", "Time goes forward: fold 'first' trains up to 2020-01-09"),
        ([fold([0, 1], [9], [6, 7])], "time", "Time goes forward: fold 'first' trains up to 2020-01-10"),
        ([fold([0, 1, 1], [2], [6])], "unit", "A row belongs to one part of a fold; fold 'first' uses some rows twice"),
        ([fold([0, 1], [1, 2], [6])], "unit", "fold 'first' uses some rows twice"),
        ([fold([0, 1], [2], [6, 0])], "unit", "fold 'first' uses some rows twice"),
        ([fold([], [2], [6])], "unit", "Every fold needs training rows; fold 'first' has none"),
        ([fold([0], [], [6])], "unit", "Every fold needs validation rows"),
        ([fold([0], [2], [])], "unit", "Every fold needs test rows"),
        ([GOOD, fold([0], [2], [6, 7])], "unit", "Folds of one test set test the same rows; those of 'test' differ"),
        (
            [GOOD, GOOD, fold([8, 9], [10], [0, 1], test_name="other")],
            "unit",
            "Every test set needs the same number of folds; they have {'test': 2, 'other': 1}",
        ),
        ([GOOD, fold([0, 1, 2], [3], [2], name="second", test_name="other")], "unit", "fold 'second' uses some"),
    ],
)
def test_a_plan_that_leaks_is_refused_in_a_sentence(folds, separation, sentence):
    with pytest.raises(UserError) as caught:
        plans.check(small_plan(*folds, separation=separation), small())
    assert sentence in str(caught.value)


def test_two_rows_of_one_moment_may_not_stand_on_both_sides():
    examples = small()
    same = dataclasses.replace(examples, time=np.full(12, examples.time[0]))
    with pytest.raises(UserError, match="Time goes forward"):
        plans.check(small_plan(GOOD, separation="time"), same)


def test_a_plan_by_time_needs_a_time():
    with pytest.raises(UserError, match="A plan by time needs examples with a time; fold 'first' has none"):
        plans.check(small_plan(GOOD, separation="time"), small(time=False))
