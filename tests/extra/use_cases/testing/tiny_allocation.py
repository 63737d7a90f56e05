"""A tiny portfolio, weekly, made by a generator with a fixed seed. Exists only in the tests."""

from __future__ import annotations

from core.contracts import Allocation, Assumption, Column, Examples, Fold, Kind, Plan, Question, Task, UseCase
from core.value.level import LevelWords
from core.value.portfolio import PortfolioValue

QUARTERS, WEEKS = 80, 13
ASSETS = ("Shares", "Bonds", "Gold")


def examples(tables):
    """What shares and gold earn next week leans on a mood that is seen through noise; bonds earn little, calmly."""
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(8)
    rows = QUARTERS * WEEKS
    mood = np.zeros(rows)
    for t in range(1, rows):
        mood[t] = 0.9 * mood[t - 1] + rng.normal() * 0.436
    noise = rng.normal(size=(rows, 3))
    earned = {
        "shares": 0.0015 + 0.010 * mood + 0.02 * noise[:, 0],
        "bonds": 0.0008 + 0.004 * noise[:, 1],
        "gold": 0.0010 - 0.006 * mood + 0.015 * noise[:, 2],
    }
    weeks = pd.date_range("2005-01-03", periods=rows, freq="7D")
    quarter = np.arange(rows) // WEEKS
    return Examples(
        features=pd.DataFrame({"mood": mood + rng.normal(size=rows) * 0.3, "noise": rng.normal(size=rows)}),
        target=pd.DataFrame(earned),
        unit=quarter,
        time=weeks.to_numpy(),
        info=pd.DataFrame({"week": weeks, "quarter": [f"quarter {q + 1}" for q in quarter]}),
    )


def plan(examples):
    import numpy as np

    train, validation, test = (
        np.flatnonzero(np.isin(examples.unit, q)) for q in np.split(np.arange(QUARTERS), [40, 55])
    )
    fold = Fold(name="forward", train=train, validation=validation, test=test)
    return Plan(folds=(fold,), unit="quarter", separation="time", sentence="The first 40 quarters train, 25 test.")


TASK = Task(
    kind=Kind.ALLOCATION,
    target="return",
    target_columns=("shares", "bonds", "gold"),
    outputs=ASSETS,
    metrics=("utility", "mean_return", "log_growth", "sharpe"),
    headline="utility",
    group="quarter",
    allocation=Allocation(when="week", cost=0.001, periods=52),
)


def returns(target, weight, info):
    from core.kinds.allocation import earned

    return earned(TASK, target, info, weight)


VALUE = PortfolioValue(
    assumptions=(
        Assumption(
            name="capital",
            label="Capital",
            value=1_000_000,
            low=1_000,
            high=1e9,
            step=1_000,
            unit="USD",
            source="A guess: a small fund.",
        ),
    ),
    returns=returns,
    policies=(("All in bonds", (0.0, 1.0, 0.0)), ("All in shares", (1.0, 0.0, 0.0))),
    words=LevelWords(
        level="Share of the capital at work",
        chosen="put to work",
        kept="weeks without a loss",
        short="lost in bad weeks",
        over="earned in good weeks",
        amount_unit="USD",
        unit="weeks",
        axis="Share of the capital that follows the weights",
    ),
    periods=52,
    today="All in bonds",
)


USE_CASE = UseCase(
    name="testing/tiny_allocation",
    title="Tiny portfolio",
    summary="Synthetic weeks of three assets.",
    question=Question(who="Tests", problem="Where to?", cost_today="Nothing.", what_ai_does="Spreads money."),
    datasets=(),
    columns=(Column(name="mood", label="Mood"), Column(name="noise", label="Noise")),
    task=TASK,
    value=VALUE,
    model="table_network",
    baselines=("equal_weights", "inverse_volatility", "minimum_variance"),
    examples=examples,
    plan=plan,
    settings={
        "members": {"default": 2},
        "width": {"default": 16},
        "num_epochs": {"default": 30, "high": 1_000_000},
        "patience": {"high": 1_000_000},
        "batch_size": {"default": 64},
        "learning_rate": {"default": 1e-2},
        "linear_skip": {"default": "on"},
    },
    record_label="week",
)
