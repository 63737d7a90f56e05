"""Waveforms, synthetic: which of two notes sounds in the noise, as 16-bit samples. Exists only in the tests."""

from __future__ import annotations

from core.contracts import ArrayInput, Column, Examples, Fold, InputKind, Kind, Plan, Question, Section, Task, UseCase

ROWS, SAMPLES = 400, 256


def examples(tables):
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(5)
    high = rng.random(ROWS) < 0.5
    angle = rng.uniform(0, 6.3, (ROWS, 1)) + 6.3 * np.arange(SAMPLES) * np.where(high, 0.2, 0.1)[:, None]
    sound = (4000 * (np.sin(angle) + rng.normal(size=(ROWS, SAMPLES)))).astype(np.int16)
    return Examples(
        features=pd.DataFrame({"loudness": np.abs(sound.astype(float)).mean(1)}),
        target=pd.DataFrame({"high": high.astype(float)}),
        unit=np.arange(ROWS),
        info=pd.DataFrame({"number": np.arange(ROWS)}),
        arrays={"sound": sound},
    )


def plan(examples):
    import numpy as np

    train, validation, test = np.split(np.random.default_rng(3).permutation(len(examples)), [200, 300])
    fold = Fold(name="hold-out", train=train, validation=validation, test=test)
    return Plan(folds=(fold,), unit="number", separation="unit", sentence="One random hold-out.")


USE_CASE = UseCase(
    name="testing/tiny_tones",
    title="Tiny tones",
    summary="Synthetic notes in noise.",
    question=Question(who="Tests", problem="Which note?", cost_today="Nothing.", what_ai_does="Reads it."),
    datasets=(),
    columns=(Column(name="loudness", label="Loudness"),),
    arrays=(ArrayInput(name="sound", kind=InputKind.WAVEFORM, shape=(SAMPLES,)),),
    task=Task(
        kind=Kind.BINARY,
        target="high",
        target_columns=("high",),
        outputs=("chance",),
        loss="binary_cross_entropy",
        metrics=("roc_auc", "log_loss"),
        headline="roc_auc",
        absent=(Section.MONEY,),
    ),
    model="series_network",
    baselines=(
        "constant",
        "logistic",
    ),
    examples=examples,
    plan=plan,
    settings={
        "members": {"default": 2},
        "width": {"default": 16},
        "dropout": {"default": 0.0},
        "batch_size": {"default": 64},
        "kernel": {"default": "9"},
        "num_epochs": {"default": 15},
        "learning_rate": {"default": 1e-2},
    },
)
