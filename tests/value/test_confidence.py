"""Money of a machine that decides what it is sure of: by the record, by hand; its level is the best there is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.use_cases.retail._photos_value import VALUE as MODEL
from core.value.confidence import ConfidenceValue, Gains
from core.value.threshold import assumed_values

assert isinstance(MODEL, ConfidenceValue)
ASSUMED = assumed_values(MODEL.assumptions)


def rows(count: int = 300, seed: int = 0) -> tuple[np.ndarray, np.ndarray, pd.DataFrame]:
    """Targets (N, 1), chances (N, 4) that are right more often the surer they are, info."""
    rng = np.random.default_rng(seed)
    prediction = rng.dirichlet(np.full(4, 0.35), count)
    target = np.array([rng.choice(4, p=row) for row in prediction])
    return target[:, None].astype(float), prediction, pd.DataFrame(index=range(count))


@pytest.mark.parametrize("level", [0.0, 0.5, 0.83, 0.995, 1.0])
def test_money_is_the_sum_over_what_the_machine_decides(level) -> None:
    target, prediction, info = rows()
    total, decided, wrong = 0.0, 0, 0
    saved = 20 / 3600 * 24 + 0.01 * 3
    for was, chances in zip(target[:, 0], prediction, strict=True):
        if level == 1.0 or max(chances) < level:
            continue
        decided += 1
        is_wrong = list(chances).index(max(chances)) != was
        wrong += is_wrong
        total += saved - 3 * is_wrong
    (amount,) = MODEL.amount(target, prediction, info, level, ASSUMED)
    assert amount == pytest.approx(total / 300 * 200_000)
    tally = MODEL.tally(target, prediction, info, level, ASSUMED)
    assert tally.amount == pytest.approx(amount)
    assert tally.decided == decided / 300
    assert tally.wrong == pytest.approx(wrong / 300)
    assert tally.right_of_decided == (1.0 if not decided else pytest.approx(1 - wrong / decided))


def test_many_predictions_and_draws_at_once_are_each_alone() -> None:
    target, prediction, info = rows()
    others = np.stack([prediction, prediction[:, ::-1]])
    each = MODEL.earned(target, others, info, 0.7, ASSUMED)
    weight = np.random.default_rng(1).integers(0, 3, (5, 300))
    for place, one in enumerate(others):
        drawn = MODEL.amount(target, one, info, 0.7, ASSUMED, weight)
        np.testing.assert_allclose(drawn, weight @ each[place])
        (whole,) = MODEL.amount(target, one, info, 0.7, ASSUMED)
        assert whole == pytest.approx(each[place].sum())


@pytest.mark.parametrize("seed", range(5))
def test_the_chosen_level_earns_as_much_as_any(seed) -> None:
    target, prediction, info = rows(seed=seed)
    chosen = MODEL.choose(target, prediction, info, ASSUMED)
    earned = [MODEL.amount(target, prediction, info, level, ASSUMED)[0] for level in MODEL.grid()]
    assert MODEL.amount(target, prediction, info, chosen, ASSUMED)[0] == pytest.approx(max(earned))
    assert chosen in MODEL.grid()


def test_a_machine_that_pays_nowhere_decides_nothing_and_one_that_always_pays_decides_all() -> None:
    target, prediction, info = rows()
    never = replace(MODEL, gains=lambda assumed: Gains(right=-1.0, wrong=-2.0))
    assert never.choose(target, prediction, info, ASSUMED) == 1.0
    assert never.amount(target, prediction, info, 1.0, ASSUMED)[0] == 0.0
    sure = np.eye(4)[target[:, 0].astype(int)]
    assert not MODEL.decides(sure, 1.0).any(), "no chance is a certainty"
    always = replace(MODEL, gains=lambda assumed: Gains(right=1.0, wrong=0.5))
    level = always.choose(target, prediction, info, ASSUMED)
    assert MODEL.decides(prediction, level).all()
    assert always.choose(target, sure, info, ASSUMED) < 1


def test_today_a_person_decides_everything_which_is_what_money_is_told_against() -> None:
    target, _prediction, info = rows()
    assert MODEL.references(target, info, ASSUMED) == ((MODEL.today, 0.0),)
    ((name, drawn),) = MODEL.drawn_references(target, info, ASSUMED, np.ones((7, 300)))
    assert name == MODEL.today
    assert drawn.tolist() == [0.0] * 7


def test_a_level_between_two_stops_is_acted_on_as_the_nearer_one() -> None:
    assert MODEL.nearest(0.9031) == 0.905
    assert MODEL.nearest(7.0) == 1.0
    assert len(MODEL.grid()) == len(set(MODEL.grid())) == 201
