"""Waveforms without a table beside them: whether a note rises, synthetic. Exists only in the tests."""

from __future__ import annotations

from core.contracts import ArrayInput, Examples, Fold, InputKind, Plan, Question, Section, UseCase
from core.use_cases.helpers import binary_task

ROWS, SAMPLES = 300, 64


def examples(tables):
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(9)
    rises = rng.random(ROWS) < 0.5
    slope = np.where(rises, 1.0, -1.0)[:, None] * np.linspace(-1, 1, SAMPLES)
    sound = (1000 * (slope + 2 * rng.normal(size=(ROWS, SAMPLES)))).astype(np.int16)
    return Examples(
        features=pd.DataFrame(index=range(ROWS)),
        target=pd.DataFrame({"rises": rises.astype(float)}),
        unit=np.arange(ROWS),
        info=pd.DataFrame({"number": np.arange(ROWS)}),
        arrays={"sound": sound},
    )


def plan(examples):
    import numpy as np

    train, validation, test = np.split(np.random.default_rng(3).permutation(len(examples)), [150, 220])
    fold = Fold(name="hold-out", train=train, validation=validation, test=test)
    return Plan(folds=(fold,), unit="number", separation="unit", sentence="One random hold-out.")


USE_CASE = UseCase(
    name="testing/tiny_bare",
    title="Tiny bare notes",
    summary="Synthetic notes, and nothing else.",
    question=Question(who="Tests", problem="Does it rise?", cost_today="Nothing.", what_ai_does="Listens."),
    datasets=(),
    columns=(),
    arrays=(ArrayInput(name="sound", kind=InputKind.WAVEFORM, shape=(SAMPLES,)),),
    task=binary_task("rises", column="rises", metrics=("roc_auc", "log_loss"), absent=(Section.MONEY,)),
    model="series_network",
    baselines=("constant",),
    examples=examples,
    plan=plan,
    settings={
        "members": {"default": 2},
        "width": {"default": 16},
        "dropout": {"default": 0.0},
        "batch_size": {"default": 32},
        "kernel": {"default": "9"},
        "pooling": {"default": "4"},
        "num_epochs": {"default": 15},
        "learning_rate": {"default": 1e-2},
    },
)
