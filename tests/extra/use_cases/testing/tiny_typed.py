"""Typed questions of a shop, synthetic, by a generator with a fixed seed, some in Chinese. Exists only in the tests.

A question is about the thing that it names; what stands around says nothing. One in twelve is labelled at random.
"""

from __future__ import annotations

from core.contracts import ArrayInput, Column, Examples, Fold, InputKind, Pieces, Plan, Question, UseCase
from core.use_cases.helpers import multiclass_task

ROWS, LENGTH, NOISE = 600, 60, 1 / 12
THINGS = {
    "delivery": ("parcel", "delivery", "包裹"),
    "money": ("refund", "payment", "退款"),
    "account": ("password", "login", "密码"),
}
AROUND = (
    "where is my {}?",
    "please help with the {} again",
    "I have 2 questions about {}!",
    "我的{}在哪里",
    "{} 有问题 please",
)
PIECES = Pieces(words=12, most=12, codes=512)


def examples(tables):
    import numpy as np
    import pandas as pd

    from core.texts.words import points_of

    rng = np.random.default_rng(4)
    about = rng.integers(0, 3, ROWS)
    names = list(THINGS.values())
    texts = [str(rng.choice(AROUND)).format(rng.choice(names[one])) for one in about]
    about = np.where(rng.random(ROWS) < NOISE, rng.integers(0, 3, ROWS), about)
    return Examples(
        features=pd.DataFrame(index=range(ROWS)),
        target=pd.DataFrame({"about": about.astype(float)}),
        unit=np.arange(ROWS),
        info=pd.DataFrame({"question": texts, "number": np.arange(ROWS)}),
        arrays={"text": points_of(texts, LENGTH)},
    )


def plan(examples):
    import numpy as np

    train, validation, test = np.split(np.random.default_rng(3).permutation(len(examples)), [360, 450])
    fold = Fold(name="hold-out", train=train, validation=validation, test=test)
    return Plan(folds=(fold,), unit="number", separation="unit", sentence="One random hold-out of questions.")


USE_CASE = UseCase(
    name="testing/tiny_typed",
    title="Tiny typed",
    summary="Synthetic questions to a shop.",
    question=Question(who="Tests", problem="What is it about?", cost_today="Nothing.", what_ai_does="Reads it."),
    datasets=(),
    columns=(),
    arrays=(ArrayInput(name="text", kind=InputKind.TEXT, shape=(LENGTH,), pieces=PIECES),),
    task=multiclass_task("topic", column="about", classes=tuple(THINGS)),
    model="sequence_network",
    baselines=("constant", "text_logistic", "text_centroid"),
    examples=examples,
    plan=plan,
    beside=(Column(name="question", label="Question"),),
    settings={
        "members": {"default": 2},
        "width": {"default": 16},
        "token_width": {"default": 8},
        "summary": {"default": "both"},
        "bag": {"default": "on"},
        "words_hidden": {"default": 0.1},
        "num_epochs": {"default": 15},
        "batch_size": {"default": 32},
        "learning_rate": {"default": 1e-2},
    },
    record_label="question",
)
