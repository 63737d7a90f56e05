"""Tiny segments: profiles on a bent surface, made by a generator with a fixed seed. Exists only in the tests."""

from __future__ import annotations

from core.contracts import Clusters, Column, Examples, Fold, Kind, Plan, Question, Section, Task, UseCase

ROWS = 900
CENTRES = ((-1.2, -1.0), (1.3, -0.8), (0.1, 1.4))
NAMES = ("visits", "spend", "both", "night", "weekend", "returns")


def examples(tables):
    """Two hidden numbers in three clouds, seen through six bent ones."""
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(21)
    which = rng.integers(0, 3, ROWS)
    u, v = (np.array(CENTRES)[which] + 0.35 * rng.normal(size=(ROWS, 2))).T
    seen = np.stack([u, v, u * v, u**2, np.sin(2 * u), v**2], axis=1) * (1, 2, 1, 10, 1, 0.1)
    seen = seen + 0.1 * seen.std(0) * rng.normal(size=seen.shape)
    return Examples(
        features=pd.DataFrame(dict(zip(NAMES, seen.T, strict=True))),
        unit=np.arange(ROWS),
        info=pd.DataFrame({"customer": np.arange(ROWS)}),
    )


def plan(examples):
    import numpy as np

    train, validation, test = np.split(np.random.default_rng(3).permutation(len(examples)), [450, 600])
    fold = Fold(name="hold-out", train=train, validation=validation, test=test)
    return Plan(folds=(fold,), unit="customer", separation="unit", sentence="One random hold-out.")


USE_CASE = UseCase(
    name="testing/tiny_clusters",
    title="Tiny segments",
    summary="Synthetic customers of three sorts.",
    question=Question(who="Tests", problem="Who is alike?", cost_today="Nothing.", what_ai_does="Draws a map."),
    datasets=(),
    columns=tuple(Column(name=name, label=name.capitalize()) for name in NAMES),
    task=Task(
        kind=Kind.CLUSTERS,
        outputs=NAMES,
        metrics=("unexplained", "silhouette"),
        headline="unexplained",
        clusters=Clusters(count=3, dimensions=2),
        absent=(Section.UNDERSTAND, Section.MONEY),
    ),
    model="autoencoder",
    baselines=("constant", "k_means", "principal_components"),
    examples=examples,
    plan=plan,
    settings={
        "members": {"default": 2},
        "bottleneck": {"choices": ("1", "2"), "default": "2"},
        "width": {"default": 32},
        "activation": {"default": "tanh"},
        "dropout": {"default": 0.0},
        "num_epochs": {"default": 60, "high": 1_000_000},
        "patience": {"high": 1_000_000},
        "batch_size": {"default": 64},
        "learning_rate": {"default": 1e-2},
    },
    record_label="customer",
)
