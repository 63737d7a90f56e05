"""A tiny survival use case, made by a generator with a fixed seed. Exists only in the tests."""

from __future__ import annotations

from core.contracts import Column, Examples, Fold, Kind, Plan, Question, Section, Task, UseCase

ROWS = 600


def examples(tables):
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(11)
    age, dose = rng.normal(60, 10, ROWS), rng.integers(0, 2, ROWS).astype(float)
    event_time = rng.exponential(np.exp(-0.08 * (age - 60) + 0.9 * dose))
    censored = rng.exponential(2.0, ROWS)
    target = {"time": np.minimum(event_time, censored), "event": (event_time <= censored).astype(float)}
    return Examples(
        features=pd.DataFrame({"age": age, "dose": dose}),
        target=pd.DataFrame(target),
        unit=np.arange(ROWS),
        info=pd.DataFrame({"patient": np.arange(ROWS)}),
    )


def plan(examples):
    import numpy as np

    train, validation, test = np.split(np.random.default_rng(3).permutation(len(examples)), [300, 420])
    fold = Fold(name="hold-out", train=train, validation=validation, test=test)
    return Plan(folds=(fold,), unit="patient", separation="unit", sentence="One random hold-out.")


USE_CASE = UseCase(
    name="testing/tiny_survival",
    title="Tiny survival",
    summary="Synthetic times to an event, some censored.",
    question=Question(who="Tests", problem="Who is at risk?", cost_today="Nothing.", what_ai_does="Ranks risks."),
    datasets=(),
    columns=(Column(name="age", label="Age", unit="years"), Column(name="dose", label="Dose")),
    task=Task(
        kind=Kind.SURVIVAL,
        target="time to the event",
        target_columns=("time", "event"),
        outputs=("risk",),
        loss="cox",
        metrics=("concordance",),
        headline="concordance",
        absent=(Section.MONEY,),
    ),
    model="table_network",
    baselines=("constant",),
    examples=examples,
    plan=plan,
    settings={
        "members": {"default": 2},
        "width": {"default": 16},
        "num_epochs": {"default": 20, "high": 1_000_000},
        "patience": {"high": 1_000_000},
    },
)
