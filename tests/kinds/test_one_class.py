"""One class: what is caught at a twentieth of false alarms, what is refused, and that strays teach nothing."""

import dataclasses

import numpy as np
import pytest
import torch

from core.contracts import HeldOutRows
from core.errors import UserError
from core.evaluation.metrics import METRICS
from core.kinds import Part, kind_of
from core.kinds._spread import BINS
from core.training.losses import LOSSES, gradient_by_autograd
from core.use_cases import use_case
from core.value.threshold import ThresholdValue
from pages.components.what_if_words import verdict

USE_CASE = use_case("manufacturing/textile_sorting")
TASK, KIND, LOSS = USE_CASE.task, kind_of(USE_CASE.task), LOSSES.get("reconstruction")


def slowly(stray, score, weight):
    """The best share of strays over all levels that throw out at most a twentieth of what belongs."""
    best = 0.0
    for level in [*np.unique(score), np.inf]:
        out = score >= level
        if weight[out & ~stray].sum() <= 0.05 * weight[~stray].sum() + 1e-12:
            best = max(best, weight[out & stray].sum() / weight[stray].sum())
    return best


@pytest.mark.parametrize("digits", [1, 3])
def test_strays_caught_are_those_above_a_twentieth_of_what_belongs_also_with_ties(digits):
    rng = np.random.default_rng(digits)
    stray = rng.random(300) < 0.4
    score = (rng.random(300) * 0.6 + 0.3 * stray).round(digits)
    weight = rng.integers(0, 4, (5, 300)).astype(float)
    rows = HeldOutRows(target=stray[:, None].astype(float), weight=weight)
    found = METRICS["caught_at_5"].compute(rows, score[:, None], TASK)
    np.testing.assert_allclose(found, [slowly(stray, score, own) for own in weight], atol=1e-12)
    assert np.isnan(METRICS["caught_at_5"].compute(HeldOutRows(target=np.ones((4, 1))), np.ones((4, 1)), TASK)[0])


def test_a_training_part_with_a_stray_is_refused_and_a_judged_one_without():
    def part(values, trains):
        return Part(where="the rows", trains=trains, found=lambda _: np.array(values), advice="Mend it.")

    KIND.check_part(TASK, part([0.0], True))
    KIND.check_part(TASK, part([0.0, 1.0], False))
    with pytest.raises(UserError, match="hold strays"):
        KIND.check_part(TASK, part([0.0, 1.0], True))
    with pytest.raises(UserError, match="one alone"):
        KIND.check_part(TASK, part([0.0], False))


def test_strays_count_for_nothing_in_the_loss_and_its_gradient():
    raw = torch.rand(2, 6, 2, generator=torch.Generator().manual_seed(0))
    target = torch.tensor([0.0, 1, 0, 1, 0, 0]).view(1, 6, 1).expand(2, -1, -1)
    share = torch.full((2, 6, 1), 1 / 6)
    lost = LOSS.loss(raw, target, share[..., 0], TASK)
    np.testing.assert_allclose(lost, raw[:, [0, 2, 4, 5], 0].mean(1), rtol=1e-6)
    other = raw.clone()
    other[:, [1, 3]] = 99.0
    assert torch.equal(LOSS.loss(other, target, share[..., 0], TASK), lost)
    found = LOSS.gradient(raw, target, share, TASK)
    torch.testing.assert_close(found, gradient_by_autograd(LOSS, raw, target, share, TASK))
    assert (found[:, [1, 3]] == 0).all()


def test_the_score_grows_with_the_error_from_0_to_1_and_is_a_half_of_the_usual_one():
    raw = torch.tensor([[[0.0, 0.0], [9.0, 1.0], [0.0, 50.0], [0.0, 1e30], [0.0, torch.inf]]])
    score = LOSS.predict(raw)[0, :, 0].tolist()
    assert score == sorted(score)
    assert score[:2] == [0.0, 0.5]
    assert score[-1] == 1.0


def test_the_heaps_lie_apart_for_what_belongs_and_for_strays():
    score = np.r_[np.full(50, 0.5), np.full(50, 0.9)][:, None]
    heaps = KIND.spread.heaps(score, np.r_[np.zeros(50), np.ones(50)][:, None])
    assert heaps.shape == (2, BINS)
    np.testing.assert_allclose(heaps.sum(1), 1)
    assert heaps[1].argmax() > heaps[0].argmax() == BINS // 2


def test_a_score_is_no_chance_in_words():
    assert KIND.written.label(TASK, 0) == "Anomaly score"
    said = verdict(USE_CASE, [0.731], 0.6)
    assert said == "Anomaly score 73.1%: throw it out (from 60.0% on)."
    assert verdict(USE_CASE, [0.31], 0.6) == "Anomaly score 31.0%: do not throw it out (below 60.0%)."
    assert KIND.happened(TASK, {"stray": 0.0}) == "T-shirt"


def test_shares_of_the_belt_are_those_of_life_not_of_the_test():
    value = USE_CASE.value
    assert isinstance(value, ThresholdValue)
    assumed = {a.name: a.value for a in value.assumptions}
    share, in_data = value.prior(assumed)
    assert (share, in_data) == (0.03, 0.72)
    dearer = value.payoffs({**assumed, "stray_share": 0.06})
    usual = value.payoffs(assumed)
    assert dearer.tp == pytest.approx(2 * usual.tp)
    assert dearer.fp == pytest.approx(usual.fp * 0.94 / 0.97)
    assert dataclasses.replace(value, prior=None).payoffs(assumed) == usual
