"""How predictions lie while networks learn: one heap that parts into two, and an error that grows narrow."""

from __future__ import annotations

import numpy as np
import pytest

from core import pipeline
from core.kinds import KINDS
from core.kinds._spread import BINS, BY_OUTCOME, ERRORS, RIGHT
from core.settings import defaults
from core.settings.use_case import settings_of
from core.training.watch import is_told, spread
from core.use_cases import use_case

TARGET = (np.arange(1000)[:, None] % 5 == 0).astype(np.float64)  # a fifth


def middle(heap: np.ndarray) -> float:
    return float((heap * np.arange(len(heap))).sum() / heap.sum())


def test_a_constant_chance_is_one_heap_in_the_middle_and_a_good_one_is_two() -> None:
    constant = BY_OUTCOME.heaps(np.full((1000, 1), 0.2), TARGET)
    assert constant.shape == (2, BINS)
    assert constant[0].tolist() == constant[1].tolist()
    assert middle(constant[0]) == pytest.approx(BINS / 2)
    without, happened = BY_OUTCOME.heaps(np.where(TARGET > 0, 0.6, 0.05), TARGET)
    assert middle(happened) - middle(without) > BINS / 4
    assert without.sum() == happened.sum() == pytest.approx(1)


def test_errors_grow_narrow_and_their_sign_is_seen() -> None:
    rng = np.random.default_rng(0)
    truth = rng.normal(size=(2000, 1))
    wide, narrow = (ERRORS.heaps(truth + rng.normal(scale=s, size=(2000, 3)), truth)[0] for s in (1.0, 0.1))
    assert narrow.max() > 3 * wide.max()
    assert middle(ERRORS.heaps(truth + 1, truth)[0]) > BINS / 2 > middle(ERRORS.heaps(truth - 1, truth)[0])


def test_the_right_class_moves_to_the_sure_end() -> None:
    classes = np.arange(300)[:, None] % 3
    sure = np.eye(3)[classes[:, 0]] * 0.9 + 0.1 / 3
    assert (
        middle(RIGHT.heaps(sure, classes)[0]) > 0.8 * BINS > middle(RIGHT.heaps(np.full((300, 3), 1 / 3), classes)[0])
    )


@pytest.mark.parametrize("name", [k.name for k in KINDS.all().values() if k.spread])
def test_what_is_no_number_and_a_part_without_the_outcome_are_shares_all_the_same(name: str) -> None:
    kind = KINDS.get(name)
    assert kind.spread is not None
    heaps = kind.spread.heaps(np.full((4, 3), np.nan), np.zeros((4, 1)))
    assert np.isfinite(heaps).all()
    assert heaps.sum() == 0


def test_of_a_long_training_ever_fewer_epochs_tell_it() -> None:
    told = [epoch for epoch in range(1, 100_001) if is_told(epoch)]
    assert told[:40] == list(range(1, 41))
    assert len(told) < 3000


def test_a_training_tells_it_and_a_kind_without_one_tells_nothing() -> None:
    events = []
    for name in ("testing/tiny_stock", "testing/tiny_survival"):
        declared = use_case(name)
        settings = defaults(settings_of(declared)) | {"num_epochs": 2, "device": "cpu"}
        pipeline.run(declared, settings, progress=lambda event: events.append(dict(event)))
    stock, survival = [e for e in events if e["event"] == "epoch" and e["epoch"] == 1]
    assert [len(heap) for heap in stock["spread"]] == [BINS]
    assert sum(stock["spread"][0]) == pytest.approx(1, abs=0.01)
    assert "spread" not in survival
    assert spread(use_case("testing/tiny_survival").task, np.zeros((3, 1)), np.zeros((3, 1))) == []
