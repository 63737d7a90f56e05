"""Handwritten digits, 8 x 8 pixels, from scikit-learn: real images that need no network. Exists only in the tests."""

from __future__ import annotations

from core.contracts import Column, Examples, Fold, Image, Kind, Plan, Question, Section, Task, UseCase

DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
COLUMNS = tuple(
    Column(name=f"pixel_{row}_{column}", label=f"Ink in row {row + 1}, column {column + 1}", unit="of 16")
    for row in range(8)
    for column in range(8)
)


def examples(tables):
    import numpy as np
    import pandas as pd
    from sklearn.datasets import load_digits

    digits = load_digits()
    number = np.arange(len(digits.target))
    return Examples(
        features=pd.DataFrame(digits.data, columns=[c.name for c in COLUMNS]),
        target=pd.DataFrame({"digit": digits.target.astype(float)}),
        unit=number,
        info=pd.DataFrame({"image": number}),
    )


def plan(examples):
    import numpy as np

    train, validation, test = np.split(np.random.default_rng(3).permutation(len(examples)), [1000, 1300])
    fold = Fold(name="hold-out", train=train, validation=validation, test=test)
    return Plan(
        folds=(fold,),
        unit="image",
        separation="unit",
        sentence="One random hold-out of images; who wrote them is not known, so a writer may be in both.",
    )


USE_CASE = UseCase(
    name="testing/tiny_digits",
    title="Tiny digits",
    summary="1,797 real handwritten digits, 8 x 8 pixels each.",
    question=Question(who="Tests", problem="Which digit is it?", cost_today="Nothing.", what_ai_does="Reads it."),
    datasets=(),
    columns=COLUMNS,
    image=Image(side=8),
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
    baselines=("constant", "logistic"),
    examples=examples,
    plan=plan,
    settings={
        "members": {"default": 2},
        "patterns": {"default": 16},
        "width": {"default": 32},
        "num_epochs": {"default": 15},
        "batch_size": {"default": 64},
        "learning_rate": {"default": 5e-3},
        "numeric_transform": {"default": "standard"},
    },
)
