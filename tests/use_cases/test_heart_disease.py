"""Heart disease: its counts, its two plans, its money, and that hospital and outcome reach no feature."""

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

USE_CASE = use_case("healthcare/heart_disease")
RANDOM = USE_CASE.with_variant({"variant": "random_folds"})
HOSPITALS = {"Cleveland": (304, 139), "Hungary": (293, 106), "Switzerland": (123, 115), "VA Long Beach": (200, 149)}


@pytest.fixture(scope="module")
def table():
    return datasets.read(DATASETS.get("heart_disease"))["heart"]


def examples_of(table):
    return USE_CASE.examples({"heart_disease": {"heart": table}})


@pytest.fixture(scope="module")
def examples(table):
    return examples_of(table)


@pytest.fixture(scope="module")
def plan(examples):
    return USE_CASE.plan(examples)


def test_the_table_has_the_patients_of_each_hospital_that_are_reported(examples):
    assert len(examples) == 920
    assert examples.target["diseased"].sum() == 509
    found = examples.target["diseased"].groupby(examples.info["hospital"]).agg(["size", "sum"])
    assert {name: tuple(row) for name, row in found.iterrows()} == HOSPITALS


def test_the_target_is_any_narrowing(table, examples):
    assert list(examples.target["diseased"]) == [float(grade in (1, 2, 3, 4)) for grade in table["num"]]


def test_some_features_by_a_slow_way(table, examples):
    truth = {"True": 1.0, "False": 0.0}
    for row in np.random.default_rng(0).choice(920, 40, replace=False):
        patient, found = table.iloc[row], examples.features.iloc[row]
        for name in ("chol", "trestbps"):
            assert np.isnan(found[name]) if not patient[name] > 0 else found[name] == patient[name]
        assert found["male"] == (patient["sex"] == "Male")
        for name in ("fbs", "exang"):
            assert np.isnan(found[name]) if pd.isna(patient[name]) else found[name] == truth[patient[name]]
        for name in ("cp", "restecg", "slope", "thal"):
            assert found[name] == ("not measured" if pd.isna(patient[name]) else patient[name])
        assert found["ca"] == patient["ca"] or (np.isnan(found["ca"]) and np.isnan(patient["ca"]))


def test_a_zero_means_not_measured(table, examples):
    assert (table["chol"] == 0).sum() == 172
    assert (table["trestbps"] == 0).sum() == 1
    assert examples.features[["chol", "trestbps"]].min().min() > 0
    swiss = examples.info["hospital"] == "Switzerland"
    assert examples.features.loc[swiss, "chol"].isna().all()


def test_hospital_number_and_outcome_change_no_feature(table, examples):
    """Bit for bit; that the age does change them shows that something was tested."""
    absurd = examples_of(
        table.assign(id=table["id"] + 7000, dataset=table["dataset"].to_numpy()[::-1], num=4 - table["num"])
    )
    pd.testing.assert_frame_equal(absurd.features, examples.features, check_exact=True)
    assert not absurd.target.equals(examples.target)
    assert not examples_of(table.assign(age=1)).features.equals(examples.features)
    assert not {"id", "dataset", "num", "hospital", "patient"} & set(examples.features.columns)


def test_every_category_is_text_and_every_number_a_number(examples):
    for column in USE_CASE.columns:
        values = examples.features[column.name]
        if column.kind is ColumnKind.CATEGORY:
            assert {type(v) for v in values} == {str}
        else:
            assert values.dtype == np.float64
            assert column.kind is not ColumnKind.BINARY or set(values.dropna()) == {0.0, 1.0}


def test_a_hospital_is_tested_whole_by_folds_that_never_saw_it(examples, plan):
    assert plans.check(plan, examples) is plan
    assert (plan.separation, plan.aggregation, plan.unit) == ("unit", "mean_of_tests", "patient")
    hospital = examples.info["hospital"].to_numpy()
    for fold in plan.folds:
        np.testing.assert_array_equal(fold.test, np.flatnonzero(hospital == fold.test_name))
        for rows in (fold.train, fold.validation):
            assert set(hospital[rows]) == set(HOSPITALS) - {fold.test_name}
    assert {fold.test_name for fold in plan.folds} == set(HOSPITALS)


@pytest.mark.parametrize("use_case", [USE_CASE, RANDOM], ids=["new_hospital", "random_folds"])
def test_every_patient_is_tested_once_and_validated_in_every_other_test(examples, use_case):
    plan, rows = plans.check(use_case.plan(examples), examples), np.arange(920)
    tests = {fold.test_name: fold.test for fold in plan.folds}
    np.testing.assert_array_equal(np.sort(np.concatenate(list(tests.values()))), rows)
    for name, tested in tests.items():
        validated = np.concatenate([f.validation for f in plan.folds if f.test_name == name])
        np.testing.assert_array_equal(np.sort(validated), np.setdiff1d(rows, tested))


def test_the_random_plan_has_every_hospital_on_both_sides(examples):
    hospital, diseased = examples.info["hospital"].to_numpy(), examples.target["diseased"].to_numpy()
    for fold in RANDOM.plan(examples).folds:
        assert set(hospital[fold.test]) == set(hospital[fold.train]) == set(HOSPITALS)
        assert diseased[fold.test].mean() == pytest.approx(509 / 920, abs=0.01)


def test_the_same_plans_are_made_twice(examples, plan):
    for use, made in ((USE_CASE, plan), (RANDOM, RANDOM.plan(examples))):
        for a, b in zip(made.folds, use.plan(examples).folds, strict=True):
            np.testing.assert_array_equal(a.train, b.train)
            np.testing.assert_array_equal(a.validation, b.validation)


# money


def test_the_money_of_four_patients_is_the_hand_computed_one():
    target = np.array([[1.0], [0.0], [1.0], [0.0]])  # sent diseased, sent healthy, missed, a test saved
    chance = np.array([[0.9], [0.6], [0.4], [0.1]])
    info = pd.DataFrame({"patient": np.arange(4)})
    assumed = {
        "test_cost": 1000.0,
        "complication_share": 0.1,
        "complication_cost": 5000.0,
        "event_share": 0.2,
        "event_cost": 10_000.0,
        "health_lost": 40_000.0,
        "disease_share": 0.25,
        "patients": 8.0,
    }
    # 509 of 920 in the data are diseased: one of them counts 0.25 / (509 / 920), a healthy one 0.75 / (411 / 920)
    test, missed = (1000 + 0.1 * 5000) * 0.75 * 920 / 411, 0.2 * 50_000 * 0.25 * 920 / 509
    value, each = USE_CASE.value, 8 / 4
    assert value.amount(target, chance, info, 0.5, assumed) == pytest.approx([each * (test - missed)])
    references = dict(value.references(target, info, assumed))
    everybody, nobody = references.values()
    assert (everybody, nobody) == pytest.approx((0.0, each * (2 * test - 2 * missed)))


def test_sending_nobody_costs_what_it_would_among_patients_of_the_assumed_share(examples):
    value = USE_CASE.value
    references = value.references(examples.target.to_numpy(), examples.info, assumed_values(value.assumptions))
    expected = 1000 * (0.62 * (3000 + 0.01 * 10_000) - 0.38 * 0.15 * 100_000)
    assert [amount for _, amount in references] == pytest.approx([0.0, expected])
    assert expected == pytest.approx(-3_778_000)


def test_more_are_sent_when_a_missed_disease_costs_more():
    value, assumed = USE_CASE.value, assumed_values(USE_CASE.value.assumptions)
    rng = np.random.default_rng(0)
    chance = rng.random((4000, 1))
    target = (rng.random((4000, 1)) < chance).astype(float)
    info = pd.DataFrame({"patient": np.arange(4000)})

    def chosen(event_share, disease_share=509 / 920):
        changed = {"event_share": event_share, "disease_share": disease_share}
        return value.choose(target, chance, info, {**assumed, **changed})

    test, missed = 3000 + 100, 0.15 * 100_000
    assert test / (test + missed) == pytest.approx(0.171, abs=0.001), "the 17% that the page states"
    assert chosen(0.15) == pytest.approx(test / (test + missed), abs=0.05), "break-even of a calibrated chance"
    test, missed = test * 0.62 / 411, missed * 0.38 / 509  # with 38% diseased
    assert chosen(0.15, 0.38) == pytest.approx(test / (test + missed), abs=0.05)
    assert chosen(0.5) < chosen(0.15)
    assert chosen(0.0) == ACT_ON_NOBODY


# training


def test_a_shuffled_training_target_teaches_nothing_and_the_true_one_does(examples):
    """By log loss: where all features lean the same way, even a random network's ranking is far from a coin's."""
    whole = RANDOM.plan(examples)
    plan = dataclasses.replace(whole, folds=tuple(f for f in whole.folds if f.test_name == "test 1"))
    small = dataclasses.replace(USE_CASE, plan=lambda _: plan, baselines=(), value=None, variants=())
    known = np.setdiff1d(np.arange(920), plan.folds[0].test)
    shuffled = examples.target.copy()
    shuffled.iloc[known, 0] = np.random.default_rng(1).permutation(shuffled.iloc[known, 0])
    settings = {"num_epochs": 8, "width": 8, "members": 1, "numeric_embedding": "none", "device": "cpu"}

    def tested(target):
        changed = dataclasses.replace(examples, target=target)
        report = pipeline.run(small, settings, progress=lambda _: None, load=lambda _: changed).report
        return report["metrics"]["log_loss"]["ensemble"]["mean"]

    assert tested(shuffled) > np.log(2) - 0.04
    assert tested(examples.target) < np.log(2) - 0.15
