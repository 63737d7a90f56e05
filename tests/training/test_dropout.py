"""Dropout masks: the right share, the right scale, every network's own."""

import numpy as np
import pytest
import torch

from core.training.dropout import Dropout
from core.training.hashing import Hashed

CPU = torch.device("cpu")


SOURCES = {"of the processor": None, "of a GPU": Hashed}


@pytest.fixture(params=list(SOURCES))
def source(request, monkeypatch):
    """Both ways to random bits; that of a GPU runs anywhere."""
    if SOURCES[request.param]:
        monkeypatch.setattr("core.training.dropout._Drawn", lambda seeds: Hashed(seeds, CPU))


def masks(rates, seeds, shape=(400, 33)):
    return Dropout(rates, seeds, CPU)(torch.empty(len(rates), *shape))


@pytest.mark.parametrize("rate", [0.05, 0.5, 0.8])
def test_a_share_of_units_is_dropped_and_the_rest_makes_up_for_it(source, rate):
    mask = masks([rate], [1])
    assert (mask == 0).float().mean().item() == pytest.approx(rate, abs=0.015)
    assert mask.mean().item() == pytest.approx(1, abs=0.05)
    assert mask.max().item() == pytest.approx(1 / (1 - rate))
    for axis in (0, 1):  # no row and no unit is dropped more than chance allows
        spread = (mask == 0).float().mean(axis + 1).std().item()
        count = mask.shape[axis + 1]
        assert spread == pytest.approx((rate * (1 - rate) / count) ** 0.5, rel=0.35)


def test_a_networks_mask_is_its_own_whoever_is_beside_it(source):
    together, alone = masks([0.3, 0.6, 0.3], [1, 2, 3]), masks([0.6], [2])
    torch.testing.assert_close(together[1], alone[0])
    assert not torch.equal(together[0], together[2])


def test_every_call_draws_anew(source):
    dropout = Dropout([0.5], [1], CPU)
    hidden = torch.empty(1, 50, 20)
    first = dropout(hidden)
    second = dropout(hidden)
    assert not torch.equal(first, second)
    was = first.clone()
    dropout.begin()
    assert not torch.equal(dropout(hidden), was)


def test_bits_go_on_where_they_stood_and_networks_that_left_do_not_disturb(source):
    dropout, hidden = Dropout([0.5, 0.3], [1, 2], CPU), torch.empty(2, 30, 8)
    dropout(hidden)
    kept = dropout.state()
    following = dropout(hidden).clone()
    again = Dropout([0.5, 0.3], [1, 2], CPU)
    again.restore(kept)
    assert torch.equal(again(hidden), following)
    again.restore(kept)
    again.select(np.array([1]))
    assert torch.equal(again(hidden[:1])[0], following[1])
