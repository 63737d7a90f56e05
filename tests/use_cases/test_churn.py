"""Churn: its counts, its plan, and that nothing after a cut-off reaches its features."""

import dataclasses
import itertools

import numpy as np
import pandas as pd
import pytest
import torch

from core import datasets, pipeline
from core.checks import plans
from core.contracts import ColumnKind, Plan
from core.datasets import DATASETS
from core.pipeline.prepare import headline_of, prepare
from core.settings import resolve
from core.settings.use_case import settings_of
from core.use_cases import use_case

USE_CASE = use_case("retail/churn")
TEST_FROM = np.datetime64("2017-10-01")
LEAK_FROM = pd.Timestamp("2017-06-11")  # a cut-off; others before and after it
DAY, HOUR = pd.Timedelta(days=1), pd.Timedelta(hours=1)
SUMMER_FROM, SUMMER_TO = pd.Timestamp("2017-03-12 07:00"), pd.Timestamp("2017-11-05 06:00")  # in UTC


@pytest.fixture(scope="module")
def tables():
    return datasets.read(DATASETS.get("complete_journey"))


@pytest.fixture(scope="module")
def examples(tables):
    return USE_CASE.examples({"complete_journey": tables})


@pytest.fixture(scope="module")
def plan(examples):
    return USE_CASE.plan(examples)


@pytest.fixture(scope="module")
def receipts(tables):
    """Every receipt line with the local clock: five hours behind UTC in winter, four in summer time."""
    lines = tables["transactions"]
    summer = lines["transaction_timestamp"].between(SUMMER_FROM, SUMMER_TO, inclusive="left")
    return lines.assign(when=lines["transaction_timestamp"] - (5 - summer.astype(int)) * HOUR).sort_values("when")


def rows_at(examples, day):
    return np.flatnonzero(examples.time == np.datetime64(day))


def absurd_later_rows(tables, start):
    """The tables with everything from `start` on (a local day) replaced by absurd rows, and more appended."""
    lines, redemptions = tables["transactions"].copy(), tables["coupon_redemptions"]
    money, begin = ["sales_value", "coupon_disc", "coupon_match_disc"], start + 4 * HOUR  # in summer time
    lines.loc[lines["transaction_timestamp"] >= begin, money] = 123_456.78
    everybody = lines["household_id"].unique()
    first = np.zeros(len(everybody), dtype=int)
    bought = lines.iloc[first].assign(household_id=everybody, transaction_timestamp=begin, **dict.fromkeys(money, 1e6))
    answered = redemptions.iloc[first].assign(household_id=everybody, redemption_date=start)
    mailed = tables["campaigns"].merge(tables["campaign_descriptions"][["campaign_id", "start_date"]])
    return {
        **tables,
        "transactions": pd.concat([lines, bought.astype(lines.dtypes)], ignore_index=True),
        "coupon_redemptions": pd.concat(
            [answered.astype(redemptions.dtypes), redemptions[redemptions["redemption_date"] < start]]
        ),
        "campaigns": mailed.loc[mailed["start_date"] < start, ["campaign_id", "household_id"]],
    }


def test_the_table_has_the_rows_and_base_rates_that_are_reported(examples, plan):
    silent, known = examples.target["silent"].to_numpy(), examples.time < TEST_FROM
    assert len(examples) == 33_110
    assert known.sum() == 26_467
    assert len(np.unique(examples.unit)) == 2455
    assert set(silent) == {0.0, 1.0}
    assert silent[known].mean() == pytest.approx(0.1272, abs=1e-4)
    assert silent[~known].mean() == pytest.approx(0.1252, abs=1e-4)
    first = rows_at(examples, TEST_FROM)
    assert len(first) == 2203
    assert silent[first].mean() == pytest.approx(0.126, abs=1e-3)


def test_active_and_silent_by_a_slow_way(receipts, examples):
    for day in ("2017-05-14", "2017-10-29"):
        cut_off = pd.Timestamp(day)
        before = receipts[(receipts["when"] < cut_off) & (receipts["when"] >= cut_off - 56 * DAY)]
        after = receipts[(receipts["when"] >= cut_off) & (receipts["when"] < cut_off + 28 * DAY)]
        came = set(after["household_id"])
        expected = {household: float(household not in came) for household in before["household_id"].unique()}
        rows = rows_at(examples, day)
        assert dict(zip(examples.unit[rows], examples.target["silent"].to_numpy()[rows], strict=True)) == expected


def slow_features(own, cut_off, named):
    """Some features of one household from its receipt lines before the cut-off, the long way round."""
    trips = own.groupby("when")["sales_value"].sum()
    days = sorted(set(own["when"].dt.normalize()))
    gaps = np.array([(b - a).days for a, b in itertools.pairwise(days)])
    silence, at = (cut_off - days[-1]).days, trips.index
    weeks = {(cut_off - DAY - day).days // 7 for day in days}
    return {
        "days_since_trip": (cut_off - own["when"].max()).total_seconds() / 86_400,
        "visits_28": sum((cut_off - day).days <= 28 for day in days),
        "weeks_visited": len(weeks & set(range(12))),
        "spend_28": own.loc[own["when"] >= cut_off - 28 * DAY, "sales_value"].sum() / 4,
        "basket_value": trips.mean(),
        "last_basket": trips.iloc[-1],
        "weekend_share": np.mean(at.day_of_week >= 5),
        "evening_share": np.mean(at.hour >= 17),
        "gap_mean": gaps.mean(),
        "gap_median": np.median(gaps),
        "gap_recent": gaps[-5:].mean(),
        "gap_longest": gaps.max(),
        "gap_spread": gaps.std() / gaps.mean(),
        "long_gaps": (gaps >= 28).sum(),
        "silence_by_gap": silence / gaps.mean(),
        "gaps_shorter": (gaps < silence).mean(),
        "gaps_ran_on": ((gaps >= silence + 28).sum() + 0.5) / ((gaps >= silence).sum() + 1),
        "products_84": len(set(own.loc[own["when"] >= cut_off - 84 * DAY, "product_id"]) & named),
    }


def test_some_features_by_a_slow_way_on_a_few_rows(tables, receipts, examples):
    named = set(tables["products"]["product_id"])
    rich = np.flatnonzero(examples.features["visits_84"] >= 3)
    for row in np.random.default_rng(0).choice(rich, 12, replace=False):
        cut_off = pd.Timestamp(examples.time[row])
        own = receipts[(receipts["household_id"] == examples.unit[row]) & (receipts["when"] < cut_off)]
        expected, found = slow_features(own, cut_off, named), examples.features.iloc[row]
        assert {name: found[name] for name in expected} == pytest.approx(expected, rel=1e-6), row


def test_mailings_and_redemptions_by_a_slow_way(tables, examples):
    mailed = tables["campaigns"].drop_duplicates().merge(tables["campaign_descriptions"], on="campaign_id")
    redeemed = tables["coupon_redemptions"]
    chosen = np.flatnonzero(examples.features["campaigns_running"] > 0)
    for row in np.random.default_rng(1).choice(chosen, 12, replace=False):
        cut_off, household = pd.Timestamp(examples.time[row]), examples.unit[row]
        own = mailed[(mailed["household_id"] == household) & (mailed["start_date"] < cut_off)]
        used = redeemed[(redeemed["household_id"] == household) & (redeemed["redemption_date"] < cut_off)]
        found = examples.features.iloc[row]
        assert found["campaigns_received"] == len(own)
        assert found["campaigns_running"] == (own["end_date"] >= cut_off).sum()
        assert found["coupons_redeemed"] == len(used)


def test_what_happens_from_a_cut_off_on_changes_none_of_its_features(tables, examples):
    """Bit for bit, for every cut-off up to that day; the later ones must change, or nothing is tested."""
    poisoned = USE_CASE.examples({"complete_journey": absurd_later_rows(tables, LEAK_FROM)})
    before, after = (e.time <= np.datetime64(LEAK_FROM) for e in (examples, poisoned))
    np.testing.assert_array_equal(examples.unit[before], poisoned.unit[after])
    for name in examples.features.columns:
        ours, theirs = examples.features.loc[before, name].to_numpy(), poisoned.features.loc[after, name].to_numpy()
        assert ours.tobytes() == theirs.tobytes(), name
    assert (poisoned.target["silent"][poisoned.time == np.datetime64(LEAK_FROM)] == 0).all()
    assert poisoned.features.loc[~after, "spend_28"].max() > 100 * examples.features.loc[~before, "spend_28"].max()
    assert poisoned.features.loc[~after, "coupons_redeemed"].sum() > examples.features["coupons_redeemed"].sum()


def test_the_plan_passes_the_check_and_every_training_outcome_is_known_before_the_test(examples, plan):
    assert plans.check(plan, examples) is plan
    assert (plan.separation, plan.unit) == ("time", "household")
    for fold in plan.folds:
        known = examples.time[np.r_[fold.train, fold.validation]]
        assert known.max() + np.timedelta64(28, "D") <= examples.time[fold.test].min()
        assert not set(examples.unit[fold.train]) & set(examples.unit[fold.validation]), "households take turns whole"
    together = np.concatenate([fold.validation for fold in plan.folds])
    assert len(together) == len(np.unique(together)) == (examples.time < TEST_FROM).sum()
    last_day = pd.Timestamp("2017-12-31")
    assert examples.time.max() + 27 * DAY <= last_day, "the data ends after the last outcome"


def test_who_told_about_themselves_is_left_to_the_variant(tables, examples):
    told = {"age", "income", "home_ownership", "marital_status", "household_size"}
    assert not told & set(examples.features)
    other = USE_CASE.with_variant({"variant": "demographics"})
    fuller = other.examples({"complete_journey": tables})
    assert list(fuller.features) == [c.name for c in other.columns]
    assert set(fuller.features) - set(examples.features) == told
    pd.testing.assert_frame_equal(fuller.features[list(examples.features)], examples.features)
    for column in other.columns:
        if column.kind is ColumnKind.CATEGORY:
            assert {type(v) for v in fuller.features[column.name]} == {str}


def test_a_shuffled_target_teaches_nothing(examples, plan):
    """Taught drawn answers, two small networks say of the test rows hardly more than the base rate; taught the true
    ones with the same few rows, they do."""
    rng, fold = np.random.default_rng(3), plan.folds[0]
    few = dataclasses.replace(
        fold, train=rng.choice(fold.train, 4000, replace=False), validation=rng.choice(fold.validation, 800, False)
    )
    drawn = pd.DataFrame({"silent": rng.permutation(examples.target["silent"].to_numpy())})
    truth = examples.target["silent"].to_numpy()[fold.test]
    chance = log_loss(truth, np.full(len(truth), truth.mean()))
    taught_nothing = predicted_by(dataclasses.replace(examples, target=drawn), few)
    assert log_loss(truth, taught_nothing) > chance - 0.02
    assert log_loss(truth, predicted_by(examples, few)) < chance - 0.08
    assert taught_nothing.std() < 0.05


def predicted_by(taught, fold):
    """What two small networks, taught these examples, say of the test rows."""
    settings = resolve(
        settings_of(USE_CASE), {"members": 2, "num_epochs": 8, "batch_size": 128, "width": 16, "dropout": 0.0}
    )
    one = Plan(folds=(fold,), unit="household", separation="time", sentence="S.")
    prepared = prepare(USE_CASE, taught, one, settings)
    score = headline_of(USE_CASE, prepared)
    ((ensemble, _),) = pipeline._train(
        USE_CASE,
        prepared,
        [settings],
        score,
        torch.device("cpu"),
        lambda event: None,
        lambda: False,
        None,
        None,
        lambda: None,
    )
    return ensemble.predict(taught.features.iloc[fold.test], [0, 1]).mean(0)[:, 0]


def log_loss(truth, p):
    return -np.mean(truth * np.log(p) + (1 - truth) * np.log1p(-p))


def test_the_money_of_four_households_by_hand():
    value = USE_CASE.value
    assumed = {
        "save_rate": 0.2,
        "saved_sales": 50.0,
        "gross_margin": 0.3,
        "contact_cost": 0.1,
        "incentive": 5.0,
        "take_up": 0.5,
        "households": 4.0,
        "rounds_per_year": 10.0,
    }
    target, score = np.array([[1.0], [0.0], [1.0], [0.0]]), np.array([[0.9], [0.8], [0.2], [0.1]])
    info = pd.DataFrame({"household": range(4)})
    saved, wasted = 0.2 * (50 * 0.3 - 5) - 0.1, -0.5 * 5 - 0.1
    earned = value.amount(target, score, info, 0.5, assumed)
    assert earned == pytest.approx([10 * (saved + wasted)])
    assert value.amount(target, score, info, 0.85, assumed) == pytest.approx([10 * saved])
    assert 0.8 < value.choose(target, score, info, assumed) < 0.9
    everybody, nobody = value.references(target, info, assumed)
    assert everybody == ("Contact everybody", pytest.approx(10 * (2 * saved + 2 * wasted)))
    assert nobody == ("Contact nobody", 0.0)


def test_what_the_money_says_about_the_data_is_in_the_data(examples):
    """What silent households had spent, and where the guess at the take-up starts: how many redeem a coupon."""
    known = (examples.time < TEST_FROM) & (examples.target["silent"] == 1).to_numpy()
    assumed = {a.name: a for a in USE_CASE.value.assumptions}
    assert 4 * examples.features["spend_84"][known].mean() == pytest.approx(assumed["saved_sales"].value, abs=0.1)
    answered = use_case("retail/coupon_response")
    mailings = pipeline.load_examples(answered).target["redeemed"]
    assert mailings.mean() == pytest.approx(assumed["take_up"].value, abs=0.005)
    assert [a.name for a in assumed.values() if not a.guess] == ["saved_sales"]
