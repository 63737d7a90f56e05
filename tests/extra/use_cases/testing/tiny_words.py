"""Sentences of a made-up language, synthetic, by a generator with a fixed seed. Exists only in the tests.

A sentence is glad by its good words and sorry by its bad ones; "not" turns the word behind it round. So which words
there are does not tell the answer: where "not" stands does.
"""

from __future__ import annotations

from core.contracts import Column, ColumnKind, Examples, Fold, Kind, Plan, Question, Section, Task, UseCase

ROWS, LENGTH = 2000, 8
GOOD, BAD, PLAIN = ("good", "kind", "warm"), ("bad", "cruel", "cold"), ("and", "very", "today", "tea")
MEANING = {**dict.fromkeys(GOOD, 1), **dict.fromkeys(BAD, -1), **dict.fromkeys(PLAIN, 0)}
MOODS = ("sorry", "even", "glad")
COLUMNS = tuple(Column(name=f"word_{t}", label=f"Word {t + 1}", kind=ColumnKind.CATEGORY) for t in range(LENGTH))


def mood(words):
    """0 sorry, 1 even, 2 glad."""
    total = sum(MEANING.get(w, 0) * (-1 if t and words[t - 1] == "not" else 1) for t, w in enumerate(words))
    return 1 + (total > 0) - (total < 0)


def examples(tables):
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(13)
    known = [*MEANING, "not", "not", "not"]
    sentences = [list(rng.choice(known, rng.integers(3, LENGTH + 1))) for _ in range(ROWS)]
    padded = [[str(w) for w in s] + [None] * (LENGTH - len(s)) for s in sentences]
    return Examples(
        features=pd.DataFrame(padded, columns=[c.name for c in COLUMNS]),
        target=pd.DataFrame({"mood": [float(mood(s)) for s in sentences]}),
        unit=np.arange(ROWS),
        info=pd.DataFrame({"sentence": [" ".join(s) for s in sentences], "number": np.arange(ROWS)}),
    )


def plan(examples):
    import numpy as np

    train, validation, test = np.split(np.random.default_rng(3).permutation(len(examples)), [1200, 1500])
    fold = Fold(name="hold-out", train=train, validation=validation, test=test)
    return Plan(folds=(fold,), unit="number", separation="unit", sentence="One random hold-out of sentences.")


USE_CASE = UseCase(
    name="testing/tiny_words",
    title="Tiny words",
    summary="Synthetic sentences of a made-up language of eleven words.",
    question=Question(who="Tests", problem="Glad or sorry?", cost_today="Nothing.", what_ai_does="Reads it."),
    datasets=(),
    columns=COLUMNS,
    text=True,
    task=Task(
        kind=Kind.MULTICLASS,
        target="mood",
        target_columns=("mood",),
        outputs=MOODS,
        loss="cross_entropy",
        metrics=("log_loss", "accuracy"),
        headline="log_loss",
        absent=(Section.MONEY,),
    ),
    model="sequence_network",
    baselines=("constant",),
    examples=examples,
    plan=plan,
    settings={
        "members": {"default": 2},
        "width": {"default": 32},
        "token_width": {"default": 8},
        "summary": {"default": "mean"},
        "num_epochs": {"default": 20},
        "batch_size": {"default": 64},
        "learning_rate": {"default": 1e-2},
    },
)
