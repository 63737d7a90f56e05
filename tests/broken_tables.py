"""Broken tables and the sentence that each of them gets: `python -m tests.broken_tables` prints them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

os.environ.setdefault("PROVING_GROUND_EXTRA", str(Path(__file__).parent / "extra"))

from core import pipeline
from core.checks import examples_check
from core.contracts import Examples, Fold, Series, Task, UseCase
from core.errors import UserError
from core.use_cases import use_case
from tests.broken.use_cases.testing.tiny_broken import USE_CASE as YES_OR_NO

Break = Callable[[Examples], Examples]


@dataclass(frozen=True, kw_only=True)
class Broken:
    """A use case whose examples or plan are broken, and what its sentence must say."""

    name: str
    use_case: UseCase
    says: tuple[str, ...]


def sentence(broken: Broken) -> str:
    """What a person is told; raises AssertionError for a table that passes, and whatever else a check let through."""
    try:
        examples_check.plan_of(broken.use_case, pipeline.load_examples(broken.use_case))
    except UserError as error:
        return str(error)
    raise AssertionError(f"nobody minds {broken.name}")


def _with(what: UseCase, break_: Break, **changes: Any) -> UseCase:
    sound = what.examples
    return replace(what, examples=lambda tables: break_(sound(tables)), **changes)


def _target(name: str, rows: Any, value: float) -> Break:
    def change(examples: Examples) -> Examples:
        values = examples.target[name].to_numpy(dtype=float, copy=True)
        values[rows] = value
        return replace(examples, target=examples.target.assign(**{name: values}))

    return change


def _feature(name: str, rows: Any, value: Any) -> Break:
    def change(examples: Examples) -> Examples:
        values = examples.features[name].copy()
        values.iloc[rows] = value
        return replace(examples, features=examples.features.assign(**{name: values}))

    return change


def _series(break_: Callable[[Series], Series]) -> Break:
    def change(examples: Examples) -> Examples:
        import numpy as np

        rows = np.arange(len(examples))
        made = Series(
            values=np.ones((4, 300)), which=rows % 4, origin=rows // 4, horizon=np.ones(len(rows), int), period=7
        )
        return replace(examples, series=break_(made))

    return change


def _without_events(examples: Examples) -> Examples:
    (fold,) = SURVIVAL.plan(examples).folds
    return _target("event", fold.test, 0.0)(examples)


def _one_mood(examples: Examples) -> Examples:
    (fold,) = WORDS.plan(examples).folds
    return _target("mood", fold.train, 2.0)(examples)


def _relative(what: UseCase, **fields: Any) -> Task:
    return replace(what.task, **fields)


def _plan_that_fails(examples: Examples) -> Any:
    return examples.unit[{"train": 0}]


def _no_folds(examples: Examples) -> Any:
    return replace(STOCK.plan(examples), folds=())


def _straddling(examples: Examples) -> Any:
    import numpy as np

    rows = np.arange(len(examples))
    fold = Fold(name="all", train=rows[:300], validation=rows[300:400], test=rows[350:])
    return replace(SURVIVAL.plan(examples), folds=(fold,))


def _nothing_known(series: Series) -> Series:
    series.values[0, :200] = float("nan")
    return series


def _endless(series: Series) -> Series:
    series.values[[1, 3], 5] = float("inf")
    return series


QUANTILE, SURVIVAL = use_case("testing/tiny_quantile"), use_case("testing/tiny_survival")
STOCK, WORDS, DIGITS = use_case("testing/tiny_stock"), use_case("testing/tiny_words"), use_case("testing/tiny_digits")
_CHANCES: dict[str, tuple[str, ...]] = {  # a variant of testing/tiny_broken, and what its sentence says
    "missing_test_labels": ("the target 'bought' is missing in 40 rows (the first: 460, 461,", "not counted as a no"),
    "missing_training_label": ("the target 'bought' is missing in row 7.", "leave those rows out"),
    "infinite_cell": ("the column 'income' is infinite", "in row 12.", "division by zero"),
    "endless_cells": ("the column 'income' is infinite", "8 rows (the first: 20, 21, 22, 23, 24)"),
    "beyond_32_bits": ("the column 'income' is 1·10³⁹, more than 32 bits hold", "2 rows (2, 9)"),
    "labels_in_words": ("The target 'bought' must hold numbers; it holds text, such as “", "0 and 1"),
    "label_2": ("of two classes is 0 or 1; the target 'bought' is 2 in 2 rows (1, 450).", "Write 1 for bought"),
    "label_of_a_half": ("the target 'bought' is 0.5 in row 100.", "another kind of task"),
    "no_labels": ("the target 'bought' is missing in all 600 rows.",),
    "text_for_numbers": (
        "The column 'income' must hold numbers; it holds text, such as “",
        " USD” in 600 rows",
    ),
    "a_word_among_numbers": ("the column 'income' holds numbers (", "in 2 rows (31, 77), text (“n/a”)"),
    "a_number_among_words": ("the column 'city' holds text (“", "in row 8, numbers (1601)"),
    "lists": ("the column 'city' holds other things, such as ['", "in 600 rows (the first: 0, 1, 2, 3, 4)"),
    "times_for_numbers": (
        "The column 'age' must hold numbers; it holds times, such as 2025",
        "hours or days",
    ),
    "binary_with_2": ("binary holds 0 and 1; the column 'member' is 2 in 3 rows (40, 41, 42).",),
    "empty_column": ("the column 'age' is empty in all 600 rows. Leave the column out",),
    "empty_category": ("the column 'city' is empty in all 600 rows.",),
    "empty_in_training": ("the column 'age' is empty in all 300 training rows of fold 'forward'.",),
    "column_twice": ("`features` has 'age' twice. Drop or rename one.",),
    "column_gone": ("features has every declared column; 'income' is missing. It has: age, city, member.",),
    "target_gone": ("target has every declared column; 'bought' is missing. It has: sold.",),
    "target_too_short": ("features have 600 and target has 590.",),
    "unit_too_long": ("features have 600 and unit has 601.",),
    "no_rows": ("Examples need rows; this table has none.",),
    "unit_missing": ("the unit is missing in 3 rows (5, 17, 599).",),
    "time_missing": ("has one; it is missing in 2 rows (3, 4).", "past or future"),
    "time_in_words": ("`time` holds “2025-01-01T00:00:00” as str.", "to_datetime"),
    "mixed_info": ("the info column 'note' holds numbers (0) and, in row 0, text (“paid”).",),
    "info_of_intervals": ("the info column 'note' holds other things, such as (", "Turn it into text"),
    "info_of_tuples": ("the info column 'note' holds other things, such as ('",),
    "sparse_info": ("the info column 'note' holds numbers as Sparse[float64", "plain numbers"),
    "complex_info": ("the info column 'note' holds other things, such as (1+2j) in 600 rows",),
    "mixed_twice_numbered": ("the info column 'note' holds numbers (1) and, in row 1, text (“a”).",),
    "almost_1": ("of two classes is 0 or 1; the target 'bought' is 0.9999999 in row 100.",),
    "fails_within_python": ("'testing/tiny_broken' could not, in tiny_broken.py, line ",),
    "no_positive_in_test": ("the test rows of fold 'forward' (150) hold no 'bought': 'bought' is 0 in all of them.",),
    "no_negative_in_validation": ("the validation rows of fold 'forward' (150) hold no 'did not buy'",),
    "no_positive_in_training": ("the training rows of fold 'forward' (300) hold no 'bought'",),
    "key_that_is_not_there": (
        "'testing/tiny_broken' could not, in tiny_broken.py, line ",
        "it asks for “parcel”, which is not there",
    ),
    "window_over_a_short_table": (
        "makes its examples from its tables",
        "in tiny_broken.py, line ",
        "shorter than a window",
    ),
    "not_examples": ("`examples` gives core.contracts.Examples; that of 'testing/tiny_broken' gave DataFrame.",),
    "few_rows": ("fewer than 10 rows; fold 'forward' trains on 9.",),
    "masks": ("The training rows of a fold are an array of row numbers; those of fold 'masks' are not.", "flatnonzero"),
}
_OTHERS = (
    (
        "infinite_target",
        _with(QUANTILE, _target("minutes", [4], float("inf"))),
        ("target 'minutes' is infinite", "row 4."),
    ),
    (
        "no_size",
        _with(QUANTILE, _feature("x", [0, 1], -2.0), task=_relative(QUANTILE, relative_to="x")),
        ("feature 'x', which the target is a multiple of, must have a value", "missing in"),
    ),
    (
        "size_below_0",
        _with(STOCK, _feature("last_week", [3], -1.0), task=_relative(STOCK, relative_to="last_week")),
        ("multiple of something above 0; the feature 'last_week'", "is −1 in row 3."),
    ),
    (
        "scale_of_0",
        _with(
            STOCK,
            lambda e: replace(e, target=e.target.assign(scale=[0.0, 0.0, *[1.0] * (len(e) - 2)])),
            task=_relative(STOCK, target_columns=("sold", "scale"), error_per="scale"),
        ),
        ("divided by a scale above 0; the target 'scale' is 0 in 2 rows (0, 1).",),
    ),
    (
        "scale_that_is_not_there",
        replace(STOCK, task=_relative(STOCK, error_per="scale")),
        ("`error_per` names one of the target's columns; 'scale' is none of them.",),
    ),
    ("time_of_0", _with(SURVIVAL, _target("time", [9], 0.0)), ("event is above 0; the target 'time' is 0 in row 9.",)),
    ("event_of_2", _with(SURVIVAL, _target("event", [1, 2], 2.0)), ("the target 'event' is 2 in 2 rows (1, 2).",)),
    (
        "no_event_in_test",
        _with(SURVIVAL, _without_events),
        ("the test rows of fold 'hold-out' (180) hold none: 'event'",),
    ),
    ("class_3_of_3", _with(WORDS, _target("mood", [6], 3.0)), ("outputs, 0 to 2; the target 'mood' is 3 in row 6.",)),
    ("class_of_a_half", _with(WORDS, _target("mood", [5], 1.5)), ("the target 'mood' is 1.5 in row 5.",)),
    ("one_class", _with(WORDS, _one_mood), ("the training rows of fold 'hold-out' (1,200) hold 'glad' alone.",)),
    (
        "missing_pixel",
        _with(DIGITS, _feature("pixel_3_3", [11], float("nan"))),
        ("The column 'pixel_3_3' must have a value in every row; it is missing in row 11.",),
    ),
    (
        "plan_that_fails",
        replace(STOCK, plan=_plan_that_fails),
        ("makes its plan from its tables", "broken_tables.py, line"),
    ),
    ("no_folds", replace(STOCK, plan=_no_folds), ("at least one fold; this one has none.",)),
    ("rows_in_two_parts", replace(SURVIVAL, plan=_straddling), ("fold 'all' uses some rows twice.",)),
    (
        "series_of_other_rows",
        _with(STOCK, _series(lambda s: replace(s, which=s.which[:-1]))),
        ("for each of the 1,008 examples",),
    ),
    ("series_without_history", _with(STOCK, _series(_nothing_known)), ("up to its origin", "window before the origin")),
    (
        "series_that_end_too_soon",
        _with(STOCK, _series(lambda s: replace(s, values=s.values[:, :250]))),
        ("which has 250 steps; in 12 rows (the first: 996, 997, 998, 999, 1000)",),
    ),
    ("endless_history", _with(STOCK, _series(_endless)), ("the series in 2 rows (1, 3) of them are infinite",)),
)
TABLES = (
    *(
        Broken(name=name, use_case=YES_OR_NO.with_variant({"variant": name}), says=says)
        for name, says in _CHANCES.items()
    ),
    *(Broken(name=name, use_case=what, says=says) for name, what, says in _OTHERS),
)  # fmt: skip


def main() -> None:
    for table in TABLES:
        sys.stdout.write(f"{table.name}\n    {sentence(table)}\n")


if __name__ == "__main__":
    main()
