"""A tiny yes-or-no question with a variant in which one column was written down after the outcome. Exists only in the
tests."""

from __future__ import annotations

from dataclasses import replace

from core.contracts import Column, Examples, Fold, Kind, Plan, Preset, Question, Task, UseCase, Variant

ROWS = 600
_KNOWN = (Column(name="x", label="Signal"), Column(name="y", label="Other signal"))


def examples(tables):
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(17)
    features = pd.DataFrame(rng.normal(size=(ROWS, 2)), columns=["x", "y"])
    returned = (features["x"] + rng.normal(size=ROWS) > 0.3).astype(float)
    return Examples(
        features=features,
        target=pd.DataFrame({"returned": returned}),
        unit=np.arange(ROWS),
        info=pd.DataFrame({"parcel": np.arange(ROWS)}),
    )


def examples_with_hindsight(tables):
    """The refund is booked when the parcel has come back."""
    import numpy as np

    known = examples(tables)
    paid = known.target["returned"] * np.random.default_rng(5).uniform(10, 90, ROWS)
    return replace(known, features=known.features.assign(refund=paid))


def plan(examples):
    import numpy as np

    parts = np.array_split(np.random.default_rng(3).permutation(len(examples)), 3)
    return Plan(
        folds=(Fold(name="one", train=parts[0], validation=parts[1], test=parts[2]),),
        unit="parcel",
        separation="unit",
        sentence="A third each.",
    )


USE_CASE = UseCase(
    name="testing/tiny_leak",
    title="Tiny returns",
    summary="Synthetic parcels that come back, or do not.",
    question=Question(who="Tests", problem="Will it come back?", cost_today="Nothing.", what_ai_does="Predicts."),
    datasets=(),
    columns=_KNOWN,
    task=Task(
        kind=Kind.BINARY,
        target="returned",
        target_columns=("returned",),
        outputs=("chance",),
        loss="binary_cross_entropy",
        metrics=("roc_auc", "log_loss"),
        headline="roc_auc",
    ),
    model="table_network",
    baselines=("constant",),
    examples=examples,
    plan=plan,
    settings={
        "members": {"default": 2},
        "width": {"default": 16},
        "num_epochs": {"default": 15},
        "batch_size": {"default": 64},
        "learning_rate": {"default": 5e-3},
    },
    presets=(
        Preset(name="recommended", title="Recommended", reason="As it is."),
        Preset(
            name="hindsight",
            title="Hindsight",
            reason="A column knows the outcome.",
            values={"variant": "hindsight"},
            good=False,
            fault="too_good",
        ),
    ),
    variants=(
        Variant(name="known", title="Known in advance", reason="What a shop knows when it sends the parcel."),
        Variant(
            name="hindsight",
            title="With the refund",
            reason="The refund is booked afterwards.",
            changes={"columns": (*_KNOWN, Column(name="refund", label="Refund")), "examples": examples_with_hindsight},
        ),
    ),
    variants_label="Columns",
)
