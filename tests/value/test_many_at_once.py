"""Money of many predictions at once is the money of each."""

import dataclasses

import numpy as np
import pytest

from core import pipeline
from core.contracts import EarnsByRow
from core.evaluation import plan_rows
from core.use_cases import all_use_cases
from core.value.level import LevelValue
from core.value.threshold import assumed_values

PRICED = [u for u in all_use_cases() if u.value]


@pytest.fixture(params=PRICED, ids=lambda u: u.slug, scope="module")
def some(request):
    """Rows of one test set, their first 30 days or so, and predictions of three methods."""
    use_case = request.param
    examples = pipeline.load_examples(use_case)
    _, rows = plan_rows.test_set(use_case.task, use_case.plan(examples), examples)
    rows = rows[:2000]
    target = plan_rows.held_out_rows(use_case.task, examples).at(rows).target
    rng, outputs = np.random.default_rng(0), len(use_case.task.outputs)
    if outputs == 1:
        predicted = rng.random((3, len(rows), 1))
    else:
        predicted = np.sort(target[:, :1] * rng.uniform(0.5, 1.5, (3, len(rows), outputs)), axis=2)
    return use_case.value, target, predicted, examples.info.iloc[rows]


def test_what_rows_earn_adds_up_to_the_amount_in_every_draw(some):
    model, target, predicted, info = some
    assert isinstance(model, EarnsByRow)
    assumed = assumed_values(model.assumptions)
    weight = np.random.default_rng(1).integers(0, 4, (5, len(target))) * 1.0
    earned = model.earned(target, predicted, info, 0.6, assumed)
    assert earned.shape == predicted.shape[:2]
    for each, prediction in zip(earned, predicted, strict=True):
        expected = model.amount(target, prediction, info, 0.6, assumed, weight)
        np.testing.assert_allclose(weight @ each, expected, rtol=1e-9)


def test_levels_are_chosen_and_references_paid_the_same_one_by_one(some):
    model, target, predicted, info = some
    if not isinstance(model, LevelValue) or not model.at_once:
        pytest.skip("a threshold, or one that takes one choice at a time")
    slowly, assumed = dataclasses.replace(model, at_once=False), assumed_values(model.assumptions)
    assert model.choose(target, predicted[0], info, assumed) == slowly.choose(target, predicted[0], info, assumed)
    assert model.references(target, info, assumed) == slowly.references(target, info, assumed)
    chosen = np.stack([model.at(p, 0.7) for p in predicted])
    together = model.outcome(target, chosen, info, assumed)
    for place, each in enumerate(chosen):
        alone = model.outcome(target, each, info, assumed)
        for name in ("money", "short", "over"):
            np.testing.assert_array_equal(getattr(together, name)[place], getattr(alone, name))
