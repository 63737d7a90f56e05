"""Students at risk: counts, groups' shares, money, and that what came later or is left out reaches no feature."""

import numpy as np
import pandas as pd
import pytest

from core import datasets
from core.datasets import DATASETS
from core.use_cases import use_case
from core.value.threshold import assumed_values

USE_CASE = use_case("education/at_risk")
VARIANTS = {v.name: USE_CASE.with_variant({"variant": v.name}) for v in USE_CASE.variants}
LATER = "2nd sem"
FEES = {"Debtor", "Tuition fees up to date"}
LEFT_OUT = {
    "Gender",
    "Nacionality",
    "Marital status",
    "International",
    "Educational special needs",
    "Unemployment rate",
    "Inflation rate",
    "GDP",
}


@pytest.fixture(scope="module")
def tables():
    return {"student_dropout": datasets.read(DATASETS.get("student_dropout"))}


@pytest.fixture(scope="module")
def examples(tables):
    return {name: use.examples(tables) for name, use in VARIANTS.items()}


def test_the_table_has_the_students_and_leavers_that_are_reported(tables, examples):
    made = examples["at_entry"]
    assert (len(made), made.target["left"].sum()) == (4424, 1421)
    assert made.info["outcome"].value_counts().to_dict() == {"graduated": 2209, "left": 1421, "still enrolled": 794}
    men = made.info["sex"] == "male"
    assert made.target["left"][men].mean() == pytest.approx(0.451, abs=5e-4)
    assert made.target["left"][~men].mean() == pytest.approx(0.251, abs=5e-4)
    unpaid = tables["student_dropout"]["student_dropout"]["Tuition fees up to date"] == 0
    assert unpaid.sum() == 528
    assert made.target["left"][unpaid].mean() == pytest.approx(0.866, abs=5e-4)


@pytest.mark.parametrize("name", VARIANTS)
def test_what_is_left_out_or_known_later_changes_no_feature(tables, examples, name):
    """Bit for bit; that one more column does change them shows that something was tested."""
    table = tables["student_dropout"]["student_dropout"]
    unknown = {c for c in table if c in LEFT_OUT or LATER in c} | {"Target"}
    unknown |= set() if name == "with_fees" else FEES
    unknown |= set() if name == "after_a_semester" else {c for c in table if "1st sem" in c}
    absurd = {c: "Dropout" if c == "Target" else table[c].iloc[::-1].to_numpy() for c in unknown}

    def features(changed):
        shuffled = {"student_dropout": {"student_dropout": table.assign(**changed)}}
        return VARIANTS[name].examples(shuffled).features

    pd.testing.assert_frame_equal(features(absurd), examples[name].features, check_exact=True)
    assert not features({"Age at enrollment": 1}).equals(examples[name].features)


def test_every_code_has_a_name_and_some_students_are_as_the_table_says(tables, examples):
    table, features = tables["student_dropout"]["student_dropout"], examples["after_a_semester"].features
    assert not features.select_dtypes(object).eq("not stated").any().any()
    for row in np.random.default_rng(0).choice(len(table), 20, replace=False):
        student = table.iloc[row].to_dict()
        taken, passed = (student[f"Curricular units 1st sem ({what})"] for what in ("enrolled", "approved"))
        expected = {
            "age": student["Age at enrollment"],
            "daytime": student["Daytime/evening attendance"],
            "admission_grade": student["Admission grade"],
            "passed": passed,
            "passed_share": passed / taken if taken else np.nan,
        }
        found = features.iloc[row]
        assert {name: found[name] for name in expected} == pytest.approx(expected, nan_ok=True), row
    nurse = table.index[table["Course"] == 9500][0]
    assert features["course"][nurse] == "nursing"


def test_the_plan_tests_every_student_once_with_an_even_share_of_leavers(examples):
    made = examples["at_entry"]
    folds = {fold.test_name: fold for fold in USE_CASE.plan(made).folds}
    tested = np.concatenate([fold.test for fold in folds.values()])
    assert sorted(tested) == list(range(4424))
    for fold in USE_CASE.plan(made).folds:
        assert not set(fold.train) & set(fold.test)
        assert made.target["left"].iloc[fold.test].mean() == pytest.approx(1421 / 4424, abs=1e-3)


def test_money_by_hand():
    assumed = assumed_values(USE_CASE.value.assumptions)
    pay = USE_CASE.value.payoffs(assumed)
    assert (pay.tp, pay.fp, pay.fn, pay.tn) == pytest.approx((0.15 * 8000 - 600, -600, 0, 0))
    target, chance = np.array([[1.0], [0.0], [1.0], [0.0]]), np.array([[0.9], [0.6], [0.4], [0.1]])
    info = pd.DataFrame({"student": np.arange(4)})
    assert USE_CASE.value.amount(target, chance, info, 0.5, assumed)[0] == pytest.approx(1000 / 4 * (600 - 600))


def test_the_groups_that_are_compared_stand_beside_every_student(examples):
    for name, made in examples.items():
        assert {by.column for by in USE_CASE.care.groups} <= set(made.info.columns), name
