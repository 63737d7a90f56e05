"""Forecasts by a network that reads windows: the next value of synthetic sines with gaps. Exists only in the tests."""

from __future__ import annotations

from core.contracts import (
    ArrayInput,
    Column,
    Examples,
    Fold,
    InputKind,
    Kind,
    Plan,
    Question,
    Section,
    Series,
    Task,
    UseCase,
)

ROWS, STEPS = 600, 12


def examples(tables):
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(5)
    phase, period = rng.uniform(0, 6.3, (ROWS, 1)), rng.uniform(5, 9, (ROWS, 1))
    values = np.sin(phase + 6.3 * np.arange(21) / period) + rng.normal(scale=0.05, size=(ROWS, 21))
    wanted = values[:, 20:].copy()
    values[:, :20][rng.random((ROWS, 20)) < 0.05] = np.nan
    values[:, 19] = np.nan_to_num(values[:, 19])
    number = np.arange(ROWS)
    series = Series(values=values, which=number, origin=np.full(ROWS, 19), horizon=np.full(ROWS, 1), period=7)
    return Examples(
        features=pd.DataFrame({"last": values[:, 19]}),
        target=pd.DataFrame({"next": wanted[:, 0]}),
        unit=number,
        info=pd.DataFrame({"number": number}),
        series=series,
        arrays={"window": series.windows(STEPS)},
    )


def plan(examples):
    import numpy as np

    train, validation, test = np.split(np.random.default_rng(3).permutation(len(examples)), [300, 450])
    fold = Fold(name="hold-out", train=train, validation=validation, test=test)
    return Plan(folds=(fold,), unit="number", separation="unit", sentence="One random hold-out.")


USE_CASE = UseCase(
    name="testing/tiny_windows",
    title="Tiny windows",
    summary="Synthetic sines with gaps.",
    question=Question(who="Tests", problem="What comes next?", cost_today="Nothing.", what_ai_does="Reads it."),
    datasets=(),
    columns=(Column(name="last", label="Last value"),),
    arrays=(ArrayInput(name="window", kind=InputKind.SERIES, shape=(STEPS, 1)),),
    task=Task(
        kind=Kind.QUANTILE,
        target="next",
        target_columns=("next",),
        outputs=("low", "middle", "high"),
        levels=(0.1, 0.5, 0.9),
        loss="pinball",
        metrics=("pinball_loss",),
        headline="pinball_loss",
        absent=(Section.MONEY,),
    ),
    model="series_network",
    baselines=(
        "constant",
        "seasonal_naive",
    ),
    examples=examples,
    plan=plan,
    settings={
        "members": {"default": 2},
        "width": {"default": 16},
        "dropout": {"default": 0.0},
        "batch_size": {"default": 64},
        "blocks": {"default": 1},
        "num_epochs": {"default": 25},
        "learning_rate": {"default": 1e-2},
    },
)
