"""A tiny quantile use case, made by a generator with a fixed seed. Exists only in the tests."""

from __future__ import annotations

from core.contracts import Column, ColumnKind, Examples, Fold, Kind, Plan, Question, Task, UseCase

ROWS = 900


def examples(tables):
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(7)
    x = rng.normal(size=ROWS)
    group = rng.choice(["a", "b", "c"], size=ROWS)
    noise = rng.gamma(2.0, 1.0 + (group == "b"), size=ROWS)
    minutes = 20 + 5 * np.sin(2 * x) + 3 * (group == "c") + noise
    x[rng.random(ROWS) < 0.05] = np.nan
    return Examples(
        features=pd.DataFrame({"x": x, "group": group}),
        target=pd.DataFrame({"minutes": minutes}),
        unit=np.arange(ROWS),
        info=pd.DataFrame({"order": np.arange(ROWS)}),
    )


def plan(examples):
    import numpy as np

    parts = np.array_split(np.random.default_rng(3).permutation(len(examples)), 3)
    folds = tuple(
        Fold(
            name=f"fold {i}",
            train=np.concatenate([parts[(i + 1) % 3], parts[(i + 2) % 3][:150]]),
            validation=parts[(i + 2) % 3][150:],
            test=parts[i],
            test_name=f"part {i}",
        )
        for i in range(3)
    )
    return Plan(
        folds=folds, unit="order", separation="unit", aggregation="mean_of_tests", sentence="Three random folds."
    )


USE_CASE = UseCase(
    name="testing/tiny_quantile",
    title="Tiny waiting time",
    summary="Synthetic minutes with three quantiles.",
    question=Question(who="Tests", problem="How long will it take?", cost_today="Nothing.", what_ai_does="Predicts."),
    datasets=(),
    columns=(
        Column(name="x", label="Signal"),
        Column(name="group", label="Group", kind=ColumnKind.CATEGORY),
    ),
    task=Task(
        kind=Kind.QUANTILE,
        target="minutes",
        target_columns=("minutes",),
        outputs=("q10", "q50", "q90"),
        levels=(0.1, 0.5, 0.9),
        loss="pinball",
        metrics=("pinball_loss", "mean_absolute_error"),
        headline="pinball_loss",
        unit="min",
    ),
    model="table_network",
    baselines=("constant", "gradient_boosting"),
    examples=examples,
    plan=plan,
    settings={
        "members": {"default": 2},
        "width": {"default": 16},
        "num_epochs": {"default": 30, "high": 1_000_000},
        "patience": {"high": 1_000_000},
    },
)
