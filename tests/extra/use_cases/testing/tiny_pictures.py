"""Handwritten digits from scikit-learn as arrays beside a table: bytes, 8 high and 7 wide. Exists only in the tests."""

from __future__ import annotations

from core.contracts import ArrayInput, Column, Examples, Fold, InputKind, Kind, Plan, Question, Section, Task, UseCase

DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def examples(tables):
    import numpy as np
    import pandas as pd
    from sklearn.datasets import load_digits

    digits = load_digits()
    pictures = digits.images[:, :, 1:, None].astype(np.uint8)
    return Examples(
        features=pd.DataFrame({"ink": pictures.sum((1, 2, 3)).astype(float)}),
        target=pd.DataFrame({"digit": digits.target.astype(float)}),
        unit=np.arange(len(pictures)),
        info=pd.DataFrame({"number": np.arange(len(pictures))}),
        arrays={"picture": pictures},
    )


def plan(examples):
    import numpy as np

    train, validation, test = np.split(np.random.default_rng(3).permutation(len(examples)), [900, 1200])
    fold = Fold(name="hold-out", train=train, validation=validation, test=test)
    return Plan(folds=(fold,), unit="number", separation="unit", sentence="One random hold-out.")


USE_CASE = UseCase(
    name="testing/tiny_pictures",
    title="Tiny pictures",
    summary="1,797 real handwritten digits as arrays.",
    question=Question(who="Tests", problem="Which digit is it?", cost_today="Nothing.", what_ai_does="Reads it."),
    datasets=(),
    columns=(Column(name="ink", label="Ink", unit="in all"),),
    arrays=(ArrayInput(name="picture", kind=InputKind.IMAGE, shape=(8, 7, 1)),),
    task=Task(
        kind=Kind.MULTICLASS,
        target="digit",
        target_columns=("digit",),
        outputs=DIGITS,
        loss="cross_entropy",
        metrics=("accuracy", "log_loss"),
        headline="accuracy",
        absent=(Section.MONEY,),
    ),
    model="image_network",
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
        "patterns": {"default": 8},
        "num_epochs": {"default": 10},
        "learning_rate": {"default": 1e-2},
    },
)
