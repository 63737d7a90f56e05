"""A tiny ranking use case, made by a generator with a fixed seed. Exists only in the tests."""

from __future__ import annotations

from core.contracts import Column, Examples, Fold, Kind, Plan, Question, Section, Task, UseCase

QUERIES = 120


def examples(tables):
    """Queries of 4 to 9 offers: what is relevant is so compared with the others of its query."""
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(5)
    query = np.repeat(np.arange(QUERIES), rng.integers(4, 10, QUERIES))
    level = rng.normal(0, 3, QUERIES)[query]  # differs by query, and says nothing of the order within one
    fit, price = rng.normal(size=len(query)), rng.normal(size=len(query))
    wanted = pd.Series(fit - 0.5 * price + 0.3 * rng.normal(size=len(query))).groupby(query).rank(ascending=False)
    relevance = np.select([wanted.to_numpy() == 1, wanted.to_numpy() == 2], [2.0, 1.0], 0.0)
    return Examples(
        features=pd.DataFrame({"fit": fit + level, "price": price, "level": level}),
        target=pd.DataFrame({"relevance": relevance}),
        unit=query,
        info=pd.DataFrame({"query": [f"query {q}" for q in query]}),
    )


def plan(examples):
    import numpy as np

    order = np.random.default_rng(3).permutation(QUERIES)
    train, validation, test = (np.flatnonzero(np.isin(examples.unit, part)) for part in np.split(order, [60, 85]))
    fold = Fold(name="hold-out", train=train, validation=validation, test=test)
    return Plan(folds=(fold,), unit="query", separation="unit", sentence="One random hold-out of whole queries.")


USE_CASE = UseCase(
    name="testing/tiny_ranking",
    title="Tiny ranking",
    summary="Synthetic queries, each with a few offers to be put in order.",
    question=Question(who="Tests", problem="Which first?", cost_today="Nothing.", what_ai_does="Ranks offers."),
    datasets=(),
    columns=(
        Column(name="fit", label="Fit"),
        Column(name="price", label="Price", unit="$"),
        Column(name="level", label="Level"),
    ),
    task=Task(
        kind=Kind.RANKING,
        target="relevance",
        target_columns=("relevance",),
        outputs=("score",),
        metrics=("ndcg_at_10",),
        headline="ndcg_at_10",
        group="query",
        absent=(Section.MONEY,),
    ),
    model="table_network",
    baselines=("constant",),
    examples=examples,
    plan=plan,
    settings={
        "members": {"default": 2},
        "width": {"default": 16},
        "num_epochs": {"default": 30, "high": 1_000_000},
        "patience": {"high": 1_000_000},
    },
)
