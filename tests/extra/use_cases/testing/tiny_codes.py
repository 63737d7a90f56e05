"""Texts as arrays of token codes, synthetic: whether "not" stands before "good". Exists only in the tests."""

from __future__ import annotations

from core.contracts import ArrayInput, Column, Examples, Fold, InputKind, Kind, Plan, Question, Section, Task, UseCase

ROWS, LENGTH = 800, 6
WORDS = ("not", "good", "tea", "and")


def examples(tables):
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(13)
    length = rng.integers(3, LENGTH + 1, ROWS)
    codes = rng.integers(2, len(WORDS) + 1, (ROWS, LENGTH)) * (np.arange(LENGTH) < length[:, None])
    at, turned = rng.integers(0, length - 1), rng.random(ROWS) < 0.5
    codes[codes == 2] = 3
    codes[np.arange(ROWS), at + turned], codes[np.arange(ROWS), at + 1 - turned] = 2, 1
    return Examples(
        features=pd.DataFrame({"words": length.astype(float)}),
        target=pd.DataFrame({"bad": turned.astype(float)}),
        unit=np.arange(ROWS),
        info=pd.DataFrame({"number": np.arange(ROWS)}),
        arrays={"text": codes},
    )


def plan(examples):
    import numpy as np

    train, validation, test = np.split(np.random.default_rng(3).permutation(len(examples)), [400, 600])
    fold = Fold(name="hold-out", train=train, validation=validation, test=test)
    return Plan(folds=(fold,), unit="number", separation="unit", sentence="One random hold-out.")


USE_CASE = UseCase(
    name="testing/tiny_codes",
    title="Tiny codes",
    summary="Synthetic texts as token codes.",
    question=Question(who="Tests", problem="Not good?", cost_today="Nothing.", what_ai_does="Reads it."),
    datasets=(),
    columns=(Column(name="words", label="Words"),),
    arrays=(ArrayInput(name="text", kind=InputKind.TOKENS, shape=(LENGTH,), vocabulary=WORDS),),
    task=Task(
        kind=Kind.BINARY,
        target="bad",
        target_columns=("bad",),
        outputs=("chance",),
        loss="binary_cross_entropy",
        metrics=("roc_auc", "log_loss"),
        headline="roc_auc",
        absent=(Section.MONEY,),
    ),
    model="sequence_network",
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
        "num_epochs": {"default": 15},
        "learning_rate": {"default": 1e-2},
    },
)
