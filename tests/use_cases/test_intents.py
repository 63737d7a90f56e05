"""Questions and their intents: every row of the source, its own test, and no question on both sides."""

import numpy as np
import pandas as pd
import pytest

from core import pipeline
from core.datasets import DATASETS, read
from core.texts.words import text_of, words_of
from core.use_cases import use_case
from core.use_cases.customer_service._banking_intents import LABELS as INTENTS

NAME = "customer_service/intents"


@pytest.fixture(scope="module")
def banking():
    declared = use_case(NAME)
    examples = pipeline.load_examples(declared)
    return declared, examples, declared.plan(examples)


def test_every_question_of_the_source_is_there_with_its_intent(banking):
    declared, examples, _plan = banking
    source = read(DATASETS.get("banking77"))["questions"]
    assert len(examples) == 13_083
    assert sorted(INTENTS) == sorted(source["intent"].unique())
    assert len(set(INTENTS.values())) == 77 == len(declared.task.outputs)
    names = [list(INTENTS)[int(place)] for place in examples.target["intent"]]
    assert names == source["intent"].tolist()
    assert [text_of(points) for points in examples.arrays["text"][::97]] == source["text"].tolist()[::97]
    assert source["text"].str.len().max() < declared.arrays[0].shape[0], "none is cut"


def test_the_test_is_the_source_s_own_and_no_question_stands_on_both_sides(banking):
    _declared, examples, plan = banking
    (fold,) = plan.folds
    said = pd.Series([" ".join(word.read for word in words_of(text)) for text in examples.info["question"]])
    np.testing.assert_array_equal(fold.test, np.flatnonzero(examples.info["part"] == "test"))
    assert np.bincount(examples.target["intent"].to_numpy(int)[fold.test]).tolist() == [40] * 77
    parts = [set(said.iloc[rows]) for rows in (fold.train, fold.validation, fold.test)]
    assert not parts[0] & parts[1]
    assert not parts[0] & parts[2]
    assert not parts[1] & parts[2]
    assert [len(fold.train), len(fold.validation)] == [8982, 993]
    every = examples.target["intent"].to_numpy(int)
    assert np.bincount(every[fold.validation], minlength=77).min() >= 3, "every intent validates"


def test_what_an_absurd_question_of_the_test_says_changes_no_other_row(banking):
    declared, examples, plan = banking
    table = read(DATASETS.get("banking77"))["questions"].copy()
    table.loc[table["split"] == "test", "text"] = "zzz " + table["text"]
    changed = declared.examples({"banking77": {"questions": table}})
    train = plan.folds[0].train
    np.testing.assert_array_equal(changed.arrays["text"][train], examples.arrays["text"][train])
