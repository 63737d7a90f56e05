"""What the answer worker keeps in memory: a few runs, and no more plans than the loader keeps examples."""

from __future__ import annotations

import dataclasses
import gc
import weakref

import numpy as np
import pytest

from core.answering import worker
from core.answering.own_picture import FOLDER
from core.answering.worker import Answerer
from core.errors import UserError
from core.formatting.png import png
from core.store import caches
from core.use_cases import use_case as use_case_named

CASES = ("testing/tiny_quantile", "testing/tiny_survival", "testing/tiny_stock")


@pytest.fixture
def answerer(tmp_path, monkeypatch):
    monkeypatch.setattr(caches, "_in_memory", {})
    return Answerer(tmp_path)


def test_examples_that_nobody_asks_about_any_more_leave_the_memory(answerer):
    """A plan holds its examples: with a plan for every use case, every data set stayed."""
    alive = []
    for name in CASES:
        use_case = use_case_named(name).with_variant({})
        examples = answerer.load(use_case)
        answerer._plan(use_case, examples)
        alive.append(weakref.ref(examples.features))
    del examples
    gc.collect()
    assert len(answerer.plans) == worker._MOST_PLANS
    assert [kept() is not None for kept in alive] == [False, True, True]


def test_a_plan_is_made_once_while_its_examples_stay(answerer):
    use_case = use_case_named(CASES[0]).with_variant({})
    examples = answerer.load(use_case)
    assert answerer._plan(use_case, examples) is answerer._plan(use_case, examples)


@pytest.mark.parametrize("row", [-1, 10**9])
@pytest.mark.parametrize(
    "asked",
    [{"ask": "picture"}, {"ask": "what_if", "features": {}}, {"ask": "records"}],
    ids=lambda asked: asked["ask"],
)
def test_a_row_that_is_not_there_is_told_in_the_same_sentence_whatever_is_asked(answerer, monkeypatch, asked, row):
    monkeypatch.setattr(answerer, "_ensemble", lambda *_: None)
    with pytest.raises(UserError, match=rf"numbered 0 to 1796; there is no row {row}\."):
        answerer.answer({**asked, "use_case": "testing/tiny_pictures", "run": "one", "row": row, "rows": [row]})


def test_a_file_of_bytes_is_not_shown_to_networks_that_learned_on_another_scale(answerer, monkeypatch):
    use_case = use_case_named("healthcare/chest_xray")
    examples = answerer.load(use_case)
    other = dataclasses.replace(examples, arrays={"film": examples.arrays["film"] / np.float32(255)})
    monkeypatch.setattr(answerer, "load", lambda _: other)
    monkeypatch.setattr(answerer, "_ensemble", lambda *_: None)
    name, folder = "0" * 64, answerer.store / FOLDER
    folder.mkdir(parents=True)
    (folder / name).write_bytes(png(examples.arrays["film"][0]))
    with pytest.raises(UserError, match="not of bytes"):
        answerer.answer({"ask": "own_picture", "use_case": use_case.name, "run": "one", "file": name})
