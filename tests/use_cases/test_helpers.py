"""What use cases are declared with: splits that keep units whole, tasks, columns, assumptions; and the length that they
save."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.checks import plans
from core.contracts import Assumption, Column, ColumnKind, Examples, Kind
from core.errors import UserError
from core.use_cases import helpers
from core.use_cases._plans import stratified_parts
from core.value.threshold import assumed_values

ROOT = Path(__file__).parents[2]
MOST_LINES = 120
SENTENCE = "Tested."


def examples_of(num_units: int = 60, rows_each: int = 3) -> Examples:
    """Units in a random order of rows, each of one shop, with a class, over 2017."""
    rng = np.random.default_rng(8)
    unit = rng.permutation(np.repeat(np.arange(num_units) * 7, rows_each))
    days = np.datetime64("2017-01-01") + rng.integers(0, 365, len(unit))
    return Examples(
        features=pd.DataFrame({"x": rng.normal(size=len(unit))}),
        target=pd.DataFrame({"y": (unit // 7 % 4 == 0).astype(float)}),
        unit=unit,
        info=pd.DataFrame({"customer": unit, "shop": np.array(["north", "south", "west"])[unit // 7 % 3]}),
        time=days.astype("datetime64[ns]"),
    )


def outcome(examples: Examples) -> np.ndarray:
    return examples.target["y"].to_numpy() > 0


UNIT_PLANS = {
    "random_folds": helpers.random_folds(unit="customer", sentence=SENTENCE, num_folds=3),
    "random_tests": helpers.random_tests(unit="customer", sentence=SENTENCE, num_tests=4, num_folds=3),
    "stratified": helpers.random_tests(unit="customer", sentence=SENTENCE, strata=outcome),
    "group_tests": helpers.group_tests("shop", unit="customer", sentence=SENTENCE, num_folds=3),
}


@pytest.mark.parametrize("planner", UNIT_PLANS.values(), ids=UNIT_PLANS)
def test_a_unit_is_in_one_part_of_a_random_fold_and_every_row_in_one(planner) -> None:
    examples = examples_of()
    plan = plans.check(planner(examples), examples)
    assert plan.separation == "unit"
    for fold in plan.folds:
        parts = [fold.train, fold.validation, fold.test]
        assert sorted(np.concatenate(parts)) == list(range(len(examples)))
        in_parts = [set(examples.unit[rows]) for rows in parts]
        assert all(in_parts)
        assert sum(len(part) for part in in_parts) == 60, "a unit straddles two parts"


def test_the_parts_of_one_test_take_turns_as_validation() -> None:
    examples = examples_of()
    folds = UNIT_PLANS["random_folds"](examples).folds
    assert [fold.name for fold in folds] == ["part 1", "part 2", "part 3"]
    assert len({fold.test_name for fold in folds}) == 1
    judged = np.concatenate([fold.validation for fold in folds])
    assert sorted([*judged, *folds[0].test]) == list(range(len(examples)))
    assert len(set(examples.unit[folds[0].test])) == 12, "a fifth of the units"


def test_random_tests_cover_every_unit_once_with_an_even_share_of_each_class() -> None:
    examples = examples_of()
    plan = UNIT_PLANS["stratified"](examples)
    assert plan.aggregation == "mean_of_tests"
    tests = {fold.test_name: fold.test for fold in plan.folds}
    assert sorted(np.concatenate(list(tests.values()))) == list(range(len(examples)))
    assert {outcome(examples)[rows].mean() for rows in tests.values()} == {0.25}


def test_a_group_that_is_left_out_is_in_no_training_row() -> None:
    examples = examples_of()
    shop = examples.info["shop"].to_numpy()
    for fold in UNIT_PLANS["group_tests"](examples).folds:
        assert set(shop[fold.test]) == {fold.test_name}
        assert fold.test_name not in set(shop[fold.train]) | set(shop[fold.validation])


def test_a_unit_of_two_groups_is_refused() -> None:
    examples = examples_of()
    examples.info.loc[0, "shop"] = "elsewhere"
    with pytest.raises(UserError, match="some customer is of more than one shop"):
        UNIT_PLANS["group_tests"](examples)


def test_a_split_in_time_tests_from_that_day_on_and_keeps_units_whole_before_it() -> None:
    examples = examples_of()
    planner = helpers.time_split(test_from="2017-10-01", unit="customer", sentence=SENTENCE, num_folds=3)
    plan = plans.check(planner(examples), examples)
    assert plan.separation == "time"
    for fold in plan.folds:
        assert (examples.time[fold.test] >= np.datetime64("2017-10-01")).all()
        assert (examples.time[np.r_[fold.train, fold.validation]] < np.datetime64("2017-10-01")).all()
        assert not set(examples.unit[fold.train]) & set(examples.unit[fold.validation])
        assert len(fold.train) + len(fold.validation) + len(fold.test) == len(examples)


def test_walking_forward_trains_up_to_each_day_and_tests_from_the_last_one_on() -> None:
    examples = examples_of()
    few = np.arange(len(examples)) % 2 == 0
    planner = helpers.walk_forward(
        ("2017-08-01", "2017-09-01", "2017-10-01"), unit="customer", sentence=SENTENCE, trains=lambda examples: few
    )
    plan = plans.check(planner(examples), examples)
    assert [fold.name for fold in plan.folds] == ["up to 2017-07-31", "up to 2017-08-31"]
    for fold, (first, end) in zip(
        plan.folds, [("2017-08-01", "2017-09-01"), ("2017-09-01", "2017-10-01")], strict=True
    ):
        assert list(fold.train) == list(np.flatnonzero(few & (examples.time < np.datetime64(first))))
        inside = (examples.time >= np.datetime64(first)) & (examples.time < np.datetime64(end))
        assert list(fold.validation) == list(np.flatnonzero(inside))
        assert list(fold.test) == list(np.flatnonzero(examples.time >= np.datetime64("2017-10-01")))


def test_a_split_in_time_of_examples_without_time_is_refused() -> None:
    timeless = Examples(
        features=pd.DataFrame({"x": [1.0]}), target=pd.DataFrame({"y": [1.0]}), unit=np.arange(1), info=pd.DataFrame()
    )
    for planner in (
        helpers.time_split(test_from="2017-10-01", unit="row", sentence=SENTENCE),
        helpers.walk_forward(("2017-09-01", "2017-10-01"), unit="row", sentence=SENTENCE),
    ):
        with pytest.raises(UserError, match="needs a time for each row"):
            planner(timeless)


def test_parts_differ_by_one_unit_at_most_in_every_stratum() -> None:
    stratum = np.array(["a"] * 23 + ["b"] * 11)
    part = stratified_parts(stratum, 5, np.random.default_rng(1))
    assert sorted(np.bincount(part)) == [6, 7, 7, 7, 7]
    for value in ("a", "b"):
        assert np.ptp(np.bincount(part[stratum == value], minlength=5)) <= 1


def test_features_are_the_declared_columns_in_their_types() -> None:
    table = pd.DataFrame({"b": [True, None], "c": ["red", None], "n": [1, 2], "more": [0, 0]})
    columns = (helpers.number("n", "N"), helpers.category("c", "C"), helpers.binary("b", "B"))
    found = helpers.typed_features(table, columns, missing="not stated")
    assert list(found.columns) == ["n", "c", "b"]
    assert [str(kind) for kind in found.dtypes] == ["float64", "object", "float64"]
    assert list(found["c"]) == ["red", "not stated"]
    assert np.isnan(found["b"].iloc[1])
    assert helpers.typed_features(table, columns)["c"].isna().tolist() == [False, True]
    with pytest.raises(UserError, match="the table has no 'x', 'y'"):
        helpers.typed_features(table, (*columns, helpers.number("x", "X"), helpers.number("y", "Y")))


def test_a_column_is_of_the_kind_that_its_helper_is_called() -> None:
    assert helpers.number("n", "N", "h", help="x") == Column(name="n", label="N", unit="h", help="x")
    assert helpers.binary("b", "B").kind is ColumnKind.BINARY
    assert helpers.category("c", "C").kind is ColumnKind.CATEGORY


def test_a_task_has_the_loss_and_the_outputs_of_its_kind() -> None:
    binary = helpers.binary_task("late", column="late")
    assert (binary.kind, binary.outputs, binary.loss) == (Kind.BINARY, ("probability",), "binary_cross_entropy")
    several = helpers.multiclass_task("digit", column="digit", classes=["zero", "one"])
    assert (several.kind, several.outputs, several.loss) == (Kind.MULTICLASS, ("zero", "one"), "cross_entropy")
    levels = helpers.quantile_task("minutes", columns=["minutes"], levels=(0.005, 0.05, 0.5, 0.975), unit="minutes")
    assert (levels.kind, levels.loss, levels.unit) == (Kind.QUANTILE, "pinball", "minutes")
    assert levels.outputs == ("q005", "q05", "q50", "q975"), "no two levels share a name"


def test_an_assumption_is_a_guess_or_from_the_data() -> None:
    at = helpers.slider(2.0, "USD", low=0.0, high=5.0, step=0.5)
    said = {"name": "a", "label": "A", "value": 2.0, "low": 0.0, "high": 5.0, "step": 0.5, "unit": "USD"}
    assert helpers.guess("a", "A", at, "So.") == Assumption(**said, source="So.")
    assert helpers.from_data("a", "A", at, "So.") == Assumption(**said, source="So.", guess=False)
    values = assumed_values((helpers.guess("a", "A", at, "So."), helpers.guess("b", "B", at, "So.")))
    assert helpers.per_year("a", "b")(values, pd.DataFrame()) == 4.0


def test_a_whole_binary_table_use_case_fits_in_so_many_lines() -> None:
    text = (ROOT / "docs" / "add-a-use-case.md").read_text("utf-8")
    code = re.findall(r"```python\n(.*?)```", text, re.DOTALL)[0]
    assert "USE_CASE = UseCase(" in code
    assert code.count("\n") <= MOST_LINES
    assert max(map(len, code.splitlines())) <= 120


def test_the_use_case_of_the_page_has_examples_and_a_plan_that_hold() -> None:
    text = (ROOT / "docs" / "add-a-use-case.md").read_text("utf-8")
    written: dict = {}
    exec(re.findall(r"```python\n(.*?)```", text, re.DOTALL)[0], written)
    from core.pipeline import load_examples

    declared = written["USE_CASE"]
    examples = load_examples(declared)
    plan = plans.check(declared.plan(examples), examples)
    assert list(examples.features.columns) == [column.name for column in declared.columns]
    assert [len(plan.folds), round(len(plan.folds[0].test) / len(examples), 3)] == [2, 0.2]
    assert {a.name for a in declared.value.assumptions} == {"call", "saved", "orders"}
