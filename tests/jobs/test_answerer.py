"""What the answer worker keeps in memory: a few runs, and no more plans than the loader keeps examples."""

from __future__ import annotations

import gc
import weakref

import pytest

from core.answering import worker
from core.answering.worker import Answerer
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
