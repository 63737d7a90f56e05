"""A small yes-or-no question whose table is broken in many ways, a variant each. Exists only in the tests.

Rows 0 to 299 train, 300 to 449 validate, 450 to 599 test.
"""

from __future__ import annotations

from dataclasses import replace

from core.contracts import Column, ColumnKind, Examples, Fold, Kind, Plan, Question, Task, UseCase, Variant

ROWS, TRAIN, VALIDATION = 600, 300, 450
COLUMNS = (
    Column(name="age", label="Age", unit="years"),
    Column(name="income", label="Income"),
    Column(name="city", label="City", kind=ColumnKind.CATEGORY),
    Column(name="member", label="Member", kind=ColumnKind.BINARY),
)


def examples(tables):
    """Nothing is wrong with these; some ages are missing, which may be."""
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(23)
    age, income = rng.normal(50, 10, ROWS), rng.lognormal(10, 0.5, ROWS)
    bought = (age / 10 + rng.normal(size=ROWS) > 5).astype(float)
    age[rng.random(ROWS) < 0.05] = np.nan
    return Examples(
        features=pd.DataFrame(
            {
                "age": age,
                "income": income,
                "city": rng.choice(["Bergen", "Oslo", "Tromsø"], ROWS),
                "member": rng.integers(0, 2, ROWS).astype(float),
            }
        ),
        target=pd.DataFrame({"bought": bought}),
        unit=np.arange(ROWS),
        info=pd.DataFrame({"customer": np.arange(ROWS)}),
        time=np.datetime64("2025-01-01", "s") + np.arange(ROWS).astype("timedelta64[h]"),
    )


def plan(examples, end=TRAIN):
    import numpy as np

    fold = Fold(
        name="forward",
        train=np.arange(TRAIN)[-end:],
        validation=np.arange(TRAIN, VALIDATION),
        test=np.arange(VALIDATION, ROWS),
    )
    return Plan(folds=(fold,), unit="customer", separation="time", sentence="The last quarter is tested.")


def with_feature(examples, name, change):
    """The examples with a feature changed by change(values, numpy), as objects where it needs them."""
    import numpy as np

    values = change(examples.features[name].astype(object).copy(), np)
    return replace(examples, features=examples.features.assign(**{name: values}))


def with_info(examples, make, index=None):
    """The examples with an info column `note` that make(numpy, pandas) gives."""
    import numpy as np
    import pandas as pd

    info = examples.info.assign(note=make(np, pd))
    return replace(examples, info=info if index is None else info.set_index(pd.Index(index)))


def with_target(examples, change):
    import numpy as np

    values = change(examples.target["bought"].astype(object).copy(), np)
    return replace(examples, target=examples.target.assign(bought=values))


def _at(rows, value):
    def change(values, np):
        for row in rows:
            values.iat[row] = value
        return values

    return change


def _numbers(rows, value):
    return lambda values, np: _at(rows, value)(values, np).astype(float)


def _shuffled_units(examples):
    """A unit of its own for no row in particular: some are not named."""
    import numpy as np

    unit = np.arange(ROWS).astype(float)
    unit[[5, 17, 600 - 1]] = np.nan
    return replace(examples, unit=unit)


def _without_time(examples):
    import numpy as np

    time = examples.time.copy()
    time[[3, 4]] = np.datetime64("NaT")
    return replace(examples, time=time)


def _window(examples):
    """What a use case does that looks back further than its table reaches."""
    import numpy as np

    np.lib.stride_tricks.sliding_window_view(examples.features["age"].to_numpy(), ROWS + 1)
    return examples


def _key(examples):
    return replace(examples, info=examples.info[["parcel"]])


def _within_python(examples):
    """Fails in a line of the standard library that this use case asked for."""
    import statistics

    statistics.mean([])
    return examples


def _many_cities(examples):
    """Nothing is wrong with a category of many values: the trees put the rarest together."""
    return with_feature(examples, "city", lambda v, np: [f"place {i % 290}" for i in range(ROWS)])


BREAKS = {
    "missing_test_labels": lambda e: with_target(e, _numbers(range(460, 500), None)),
    "missing_training_label": lambda e: with_target(e, _numbers([7], None)),
    "infinite_cell": lambda e: with_feature(e, "income", _numbers([12], float("inf"))),
    "endless_cells": lambda e: with_feature(e, "income", _numbers(range(20, 28), -float("inf"))),
    "beyond_32_bits": lambda e: with_feature(e, "income", _numbers([2, 9], 1e39)),
    "labels_in_words": lambda e: with_target(e, lambda v, np: np.where(v == 1, "yes", "no")),
    "label_2": lambda e: with_target(e, _numbers([1, 450], 2)),
    "label_of_a_half": lambda e: with_target(e, _numbers([100], 0.5)),
    "no_labels": lambda e: with_target(e, lambda v, np: np.full(ROWS, np.nan)),
    "text_for_numbers": lambda e: with_feature(e, "income", lambda v, np: [f"{x:.0f} USD" for x in v]),
    "a_word_among_numbers": lambda e: with_feature(e, "income", _at([31, 77], "n/a")),
    "a_number_among_words": lambda e: with_feature(e, "city", _at([8], 1601)),
    "lists": lambda e: with_feature(e, "city", lambda v, np: [[name] for name in v]),
    "times_for_numbers": lambda e: replace(e, features=e.features.assign(age=e.time)),
    "binary_with_2": lambda e: with_feature(e, "member", _numbers([40, 41, 42], 2)),
    "empty_column": lambda e: with_feature(e, "age", lambda v, np: np.full(ROWS, np.nan)),
    "empty_category": lambda e: with_feature(e, "city", lambda v, np: [None] * ROWS),
    "empty_in_training": lambda e: with_feature(e, "age", _numbers(range(TRAIN), None)),
    "column_twice": lambda e: replace(e, features=e.features.rename(columns={"income": "age"})),
    "column_gone": lambda e: replace(e, features=e.features.drop(columns="income")),
    "target_gone": lambda e: replace(e, target=e.target.rename(columns={"bought": "sold"})),
    "target_too_short": lambda e: replace(e, target=e.target.iloc[:-10]),
    "unit_too_long": lambda e: replace(e, unit=[*e.unit, 600]),
    "no_rows": lambda e: Examples(
        features=e.features[:0], target=e.target[:0], unit=e.unit[:0], info=e.info[:0], time=e.time[:0]
    ),
    "unit_missing": _shuffled_units,
    "time_missing": _without_time,
    "time_in_words": lambda e: replace(e, time=e.time.astype(str).astype(object)),
    "mixed_info": lambda e: replace(e, info=e.info.assign(note=["paid", *range(ROWS - 1)])),
    "info_of_intervals": lambda e: with_info(e, lambda np, pd: pd.cut(np.arange(ROWS), 3)),
    "info_of_tuples": lambda e: with_info(e, lambda np, pd: pd.Categorical([("Oslo", 1), ("Bergen", 2)] * (ROWS // 2))),
    "sparse_info": lambda e: with_info(e, lambda np, pd: pd.arrays.SparseArray(np.arange(float(ROWS)) % 7)),
    "complex_info": lambda e: with_info(e, lambda np, pd: np.full(ROWS, 1 + 2j)),
    "mixed_twice_numbered": lambda e: with_info(
        e, lambda np, pd: pd.Series([1, "a", *range(ROWS - 2)], dtype=object), index=[0] * ROWS
    ),
    "almost_1": lambda e: with_target(e, _numbers([100], 0.9999999)),
    "fails_within_python": _within_python,
    "no_positive_in_test": lambda e: with_target(e, _numbers(range(VALIDATION, ROWS), 0)),
    "no_negative_in_validation": lambda e: with_target(e, _numbers(range(TRAIN, VALIDATION), 1)),
    "no_positive_in_training": lambda e: with_target(e, _numbers(range(TRAIN), 0)),
    "key_that_is_not_there": _key,
    "window_over_a_short_table": _window,
    "not_examples": lambda e: e.features,
    "many_cities": _many_cities,
}


def broken(name):
    """What builds the examples of a variant."""

    def build(tables):
        return BREAKS[name](examples(tables))

    return build


def few_rows(examples):
    return plan(examples, end=9)


def masks(examples):
    """A plan of masks where row numbers belong."""
    import numpy as np

    row = np.arange(ROWS)
    fold = Fold(name="masks", train=row < TRAIN, validation=(row >= TRAIN) & (row < VALIDATION), test=row >= VALIDATION)
    return replace(plan(examples), folds=(fold,))


USE_CASE = UseCase(
    name="testing/tiny_broken",
    title="Tiny broken tables",
    summary="Synthetic customers, in tables that are broken on purpose.",
    question=Question(who="Tests", problem="Who buys?", cost_today="Nothing.", what_ai_does="Predicts."),
    datasets=(),
    columns=COLUMNS,
    task=Task(
        kind=Kind.BINARY,
        target="bought",
        target_columns=("bought",),
        outputs=("chance",),
        loss="binary_cross_entropy",
        metrics=("roc_auc", "average_precision", "log_loss"),
        headline="roc_auc",
        positive="bought",
        negative="did not buy",
    ),
    model="table_network",
    baselines=("constant", "logistic", "gradient_boosting", "single_feature"),
    examples=examples,
    plan=plan,
    settings={"members": {"default": 2}, "width": {"default": 8}, "num_epochs": {"default": 3}},
    variants=(
        Variant(name="sound", title="Sound", reason="Nothing is wrong."),
        *(Variant(name=name, title=name, reason="Broken.", changes={"examples": broken(name)}) for name in BREAKS),
        Variant(name="few_rows", title="few_rows", reason="Broken.", changes={"plan": few_rows}),
        Variant(name="masks", title="masks", reason="Broken.", changes={"plan": masks}),
    ),
)
