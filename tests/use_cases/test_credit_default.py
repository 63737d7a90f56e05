"""Credit default: its counts, its plan, its money, and that what a lender may not use reaches no feature."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from core import datasets, pipeline
from core.checks import plans
from core.contracts import ColumnKind
from core.datasets import DATASETS
from core.use_cases import use_case
from core.value.threshold import ACT_ON_NOBODY, assumed_values

USE_CASE = use_case("finance/credit_default")
VARIANTS = {v.name: USE_CASE.with_variant({"variant": v.name}) for v in USE_CASE.variants}
TABLE = {"credit_scoring": "credit", "german_credit": "german_credit"}
TARGET = {"credit_scoring": "Status", "german_credit": "creditability"}
LEFT_OUT = {
    "credit_scoring": ["Age", "Marital"],
    "german_credit": ["age_in_years", "personal_status_and_sex", "foreign_worker"],
}
every_variant = pytest.mark.parametrize("name", VARIANTS)


@pytest.fixture(scope="module")
def tables():
    return {name: datasets.read(DATASETS.get(name)) for name in VARIANTS}


@pytest.fixture(scope="module")
def examples(tables):
    return {name: use.examples(tables) for name, use in VARIANTS.items()}


@pytest.fixture(scope="module")
def made(examples):
    return {name: use.plan(examples[name]) for name, use in VARIANTS.items()}


@pytest.mark.parametrize(
    ("name", "rows", "bad", "tested"), [("credit_scoring", 4454, 1254, 891), ("german_credit", 1000, 300, 200)]
)
def test_the_table_has_the_rows_and_base_rates_that_are_reported(examples, made, name, rows, bad, tested):
    assert len(examples[name]) == rows
    assert examples[name].target["bad"].sum() == bad
    assert set(examples[name].target["bad"]) == {0.0, 1.0}
    assert {len(fold.test) for fold in made[name].folds} <= {tested, tested - 1}


@every_variant
def test_the_target_is_the_word_bad_in_the_table(tables, examples, name):
    words = tables[name][TABLE[name]][TARGET[name]]
    assert list(examples[name].target["bad"]) == [{"good": 0.0, "bad": 1.0}[word] for word in words]


def test_some_features_by_a_slow_way_on_a_few_rows(tables, examples):
    table, features = tables["credit_scoring"]["credit"], examples["credit_scoring"].features
    for row in np.random.default_rng(0).choice(len(table), 12, replace=False):
        loan = table.iloc[row].to_dict()
        left, instalment = loan["Income"] - loan["Expenses"], loan["Amount"] / loan["Time"]
        expected = {
            "seniority": loan["Seniority"],
            "records": 1.0 if loan["Records"] == "yes" else 0.0,
            "left": left,
            "instalment": instalment,
            "cover": left / instalment,
            "financed": loan["Amount"] / loan["Price"],
            "own_money": loan["Price"] - loan["Amount"],
            "net_worth": loan["Assets"] - loan["Debt"],
        }
        found = features.iloc[row]
        assert {name: found[name] for name in expected} == pytest.approx(expected, nan_ok=True), row
    assert features["income"].isna().sum() == features["cover"].isna().sum() == 381


def test_the_german_features_are_the_columns_of_the_table(tables, examples):
    table, features = tables["german_credit"]["german_credit"], examples["german_credit"].features
    np.testing.assert_array_equal(features["checking_account"], table["status_of_existing_checking_account"])
    np.testing.assert_array_equal(features["instalment"], table["credit_amount"] / table["duration_in_month"])


@every_variant
def test_outcome_and_what_is_left_out_change_no_feature(tables, examples, name):
    """Bit for bit; that the loan's amount does change them shows that something was tested."""
    table = tables[name][TABLE[name]]
    absurd = {column: "absurd" if table[column].dtype == "str" else 999 for column in LEFT_OUT[name]}
    outcome = table[TARGET[name]].map({"good": "bad", "bad": "good"})

    def features(**changed):
        return VARIANTS[name].examples({name: {TABLE[name]: table.assign(**changed)}}).features

    pd.testing.assert_frame_equal(
        features(**absurd, **{TARGET[name]: outcome}), examples[name].features, check_exact=True
    )
    amount = {"credit_scoring": "Amount", "german_credit": "credit_amount"}[name]
    assert not features(**{amount: 1}).equals(examples[name].features)


@every_variant
def test_what_is_left_out_is_shown_beside_a_loan(tables, examples, name):
    table, info = tables[name][TABLE[name]], examples[name].info
    for column in LEFT_OUT[name]:
        assert any(info[shown].equals(table[column].rename(shown)) for shown in info.columns), column


@every_variant
def test_the_examples_are_what_the_variant_declares(examples, name):
    features, columns = examples[name].features, VARIANTS[name].columns
    assert list(features.columns) == [c.name for c in columns]
    assert len({c.label for c in columns}) == len(columns)
    for column in columns:
        values = features[column.name]
        assert values.nunique() > 1
        if column.kind is ColumnKind.CATEGORY:
            assert {type(v) for v in values} == {str}
        else:
            assert values.dtype == np.float64
            assert np.isfinite(values.dropna()).all()


@every_variant
def test_every_loan_is_tested_once_and_validated_in_every_other_test(examples, made, name):
    plan, rows = made[name], np.arange(len(examples[name]))
    assert plans.check(plan, examples[name]) is plan
    assert (plan.separation, plan.aggregation, plan.unit) == ("unit", "mean_of_tests", "loan")
    tests = {fold.test_name: fold.test for fold in plan.folds}
    np.testing.assert_array_equal(np.sort(np.concatenate(list(tests.values()))), rows)
    bad = examples[name].target["bad"].to_numpy()
    for test_name, tested in tests.items():
        validated = np.concatenate([f.validation for f in plan.folds if f.test_name == test_name])
        np.testing.assert_array_equal(np.sort(validated), np.setdiff1d(rows, tested))
        assert bad[tested].mean() == pytest.approx(bad.mean(), abs=0.002)


@every_variant
def test_the_same_plan_is_made_twice_whatever_the_features(examples, made, name):
    other = dataclasses.replace(examples[name], features=examples[name].features[::-1])
    for a, b in zip(made[name].folds, VARIANTS[name].plan(other).folds, strict=True):
        np.testing.assert_array_equal(a.train, b.train)
        np.testing.assert_array_equal(a.validation, b.validation)


# money


FOUR = np.array([[1.0], [0.0], [1.0], [0.0]])  # declined bad, declined good, granted bad, granted good, at threshold .5
CHANCE = np.array([[0.9], [0.6], [0.4], [0.1]])
NO_INFO = pd.DataFrame({"loan": np.arange(4)})


def test_the_money_of_four_loans_is_the_hand_computed_one():
    assumed = {
        "loan": 1000.0,
        "years": 4.0,
        "net_margin": 0.1,
        "still_owed": 0.5,
        "loss_share": 0.6,
        "bad_share": 0.1,
        "applications": 8.0,
    }
    # 28.15% of the data are bad: a bad loan counts 0.1 / 0.2815, a good one 0.9 / 0.7185
    earned, lost = 1000 * 0.1 * 4 / 2 * 0.9 * 4454 / 3200, 1000 * 0.5 * 0.6 * 0.1 * 4454 / 1254
    each = 8 / 4
    amount = USE_CASE.value.amount(FOUR, CHANCE, NO_INFO, 0.5, assumed)
    assert amount == pytest.approx([each * (earned - lost)])
    references = dict(USE_CASE.value.references(FOUR, NO_INFO, assumed))
    assert references == pytest.approx({"Decline everybody": 0.0, "Grant everybody": each * (2 * earned - 2 * lost)})


@every_variant
def test_the_share_that_reweights_the_money_is_the_one_of_the_data(examples, name):
    """At the assumed shares of bad loans, lending to everybody earns what it would earn among such applications."""
    value, bad = VARIANTS[name].value, examples[name].target.to_numpy()
    info = examples[name].info
    for share in (0.05, 0.1, bad.mean()):
        assumed = {**assumed_values(value.assumptions), "bad_share": share}
        earned = assumed["loan"] * assumed["net_margin"] * assumed["years"] / 2
        lost = assumed["loan"] * assumed["still_owed"] * assumed["loss_share"]
        expected = assumed["applications"] * ((1 - share) * earned - share * lost)
        assert dict(value.references(bad, info, assumed))["Grant everybody"] == pytest.approx(expected)


@pytest.mark.parametrize(("name", "euros"), [("credit_scoring", 3_487_500), ("german_credit", 114_750)])
def test_granting_everybody_beats_not_lending(examples, name, euros):
    value, one = VARIANTS[name].value, examples[name]
    references = dict(value.references(one.target.to_numpy(), one.info, assumed_values(value.assumptions)))
    assert references == pytest.approx({"Decline everybody": 0.0, "Grant everybody": euros})


def test_more_is_declined_when_a_bad_loan_costs_more():
    value, assumed = USE_CASE.value, assumed_values(USE_CASE.value.assumptions)
    rng = np.random.default_rng(0)
    chance = rng.random((2000, 1))
    target = (rng.random((2000, 1)) < chance).astype(float)
    info = pd.DataFrame({"loan": np.arange(2000)})

    def chosen(loss_share, bad_share=1254 / 4454):
        return value.choose(target, chance, info, {**assumed, "loss_share": loss_share, "bad_share": bad_share})

    earned, lost = 0.05 * 3.9 / 2, 0.7 * 0.45
    assert chosen(0.45) == pytest.approx(earned / (earned + lost), abs=0.05), "break-even of a calibrated chance"
    earned, lost = earned * 0.9 / 3200, lost * 0.1 / 1254  # with one in ten bad
    assert chosen(0.45, 0.1) == pytest.approx(earned / (earned + lost), abs=0.05)
    assert chosen(1.0) < chosen(0.45) < chosen(0.1)
    assert chosen(0.0) == ACT_ON_NOBODY


@every_variant
def test_average_loan_and_term_are_those_of_the_data(tables, name):
    table = tables[name][TABLE[name]]
    assumed = assumed_values(VARIANTS[name].value.assumptions)
    if name == "credit_scoring":
        euros, months = table["Amount"].mean() * 1000 / 166.386, table["Time"].mean()
    else:
        euros, months = table["credit_amount"].mean() / 1.95583, table["duration_in_month"].mean()
    assert assumed["loan"] == pytest.approx(euros, rel=0.02)
    assert assumed["years"] == pytest.approx(months / 12, rel=0.03)


# training


def test_a_shuffled_training_target_teaches_nothing_and_the_true_one_does(examples):
    """By log loss: where all features lean the same way, even a random network's ranking is far from a coin's."""
    full = examples["credit_scoring"]
    whole = USE_CASE.plan(full)
    plan = dataclasses.replace(whole, folds=tuple(f for f in whole.folds if f.test_name == "test 1"))
    small = dataclasses.replace(USE_CASE, plan=lambda _: plan, baselines=(), value=None)
    known = np.setdiff1d(np.arange(len(full)), plan.folds[0].test)
    shuffled = full.target.copy()
    shuffled.iloc[known, 0] = np.random.default_rng(1).permutation(shuffled.iloc[known, 0])
    settings = {"num_epochs": 3, "width": 16, "members": 1, "learning_rate": 0.01, "batch_size": 128, "device": "cpu"}

    def tested(target):
        changed = dataclasses.replace(full, target=target)
        report = pipeline.run(small, settings, progress=lambda _: None, load=lambda _: changed).report
        return report["metrics"]["log_loss"]["ensemble"]["mean"]

    share = full.target["bad"].mean()
    constant = -share * np.log(share) - (1 - share) * np.log(1 - share)
    assert tested(shuffled) > constant - 0.02
    assert tested(full.target) < constant - 0.1
