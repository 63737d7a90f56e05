"""An epoch: every row once, in each network's own order, in contiguous pieces."""

import numpy as np
import pytest
import torch

from core.contracts import InputShapes
from core.training import batches
from core.training.batches import NetworkRows, Rows, TrainingData
from core.training.shuffler import _Shuffled, _Sorted
from tests.named import table

CPU = torch.device("cpu")


def rows_of(*networks):
    """Tables whose only number is fold * 100 + row."""
    ids = torch.arange(2)[:, None, None] * 100 + torch.arange(60)[None, :, None]
    data = TrainingData(
        shapes=[InputShapes(num_numeric=1, cardinalities=(2,))] * 2,
        tensors=table(ids.float(), ids % 2),
        target=ids.float() * 10,
        networks=[NetworkRows(fold=f, train=np.array(train), validation=np.array([0])) for f, train in networks],
        weight=ids[..., 0].float() + 1,
    )
    return Rows(data, CPU)


@pytest.fixture(params=[_Shuffled, lambda seeds: _Sorted(seeds, CPU)], ids=["of the processor", "of a GPU"])
def orders(request):
    """Both ways to shuffle; that of a GPU runs anywhere."""
    return request.param


def epoch(rows, shuffled, steps):
    return rows.epoch(shuffled.draw(rows.lengths), steps)


@pytest.mark.parametrize("most", [1, 16_000_000])
def test_every_row_is_read_once_whatever_the_chunks(monkeypatch, orders, most):
    """5 rows in three steps next to 3 rows in the same three steps."""
    monkeypatch.setattr(batches, "_CHUNK_NUMBERS", {"cpu": most})
    rows = rows_of((0, range(10, 15)), (1, range(50, 53)))
    found = list(epoch(rows, orders([1, 2]), 3))
    assert [batch.rows for batch in found] == [2, 3, 3]
    for k, expected in enumerate(([10, 11, 12, 13, 14], [150, 151, 152])):
        read = np.concatenate([b.inputs["numeric"][k, b.share[k, :, 0] > 0, 0] for b in found])
        assert sorted(read) == expected
    for batch in found:
        assert batch.inputs["numeric"].is_contiguous()
        present = batch.share[..., 0] > 0
        torch.testing.assert_close(batch.target, batch.inputs["numeric"] * 10)
        torch.testing.assert_close(batch.inputs["category"][..., 0], batch.inputs["numeric"][..., 0].int() % 2)
        weight = (batch.inputs["numeric"][..., 0] + 1) * present
        torch.testing.assert_close(batch.share[..., 0], weight / weight.sum(1, keepdim=True))


def test_every_epoch_and_every_network_has_its_own_order(orders):
    rows, own = rows_of((0, range(60)), (0, range(60))), orders([1, 2])
    first, again = (torch.cat([b.inputs["numeric"] for b in epoch(rows, own, 4)], dim=1)[..., 0] for _ in range(2))
    assert not torch.equal(first, again)
    assert not torch.equal(first[0], first[1])


def test_an_order_does_not_depend_on_the_other_networks(orders):
    together = list(epoch(rows_of((0, range(40)), (1, range(60))), orders([1, 2]), 3))
    alone = list(epoch(rows_of((0, range(40))), orders([1]), 3))
    for a, b in zip(together, alone, strict=True):
        present = a.share[0, :, 0] > 0
        torch.testing.assert_close(a.inputs["numeric"][0][present], b.inputs["numeric"][0][b.share[0, :, 0] > 0])


def test_an_order_goes_on_where_it_stood_and_networks_that_left_do_not_disturb(orders):
    own = orders([1, 2])
    own.draw([40, 60])
    kept = own.state()
    following = own.draw([40, 60])
    assert sorted(following[1].tolist()) == list(range(60))
    assert sorted(following[0, :40].tolist()) == list(range(40))
    again = orders([1, 2])
    again.restore(kept)
    assert torch.equal(again.draw([40, 60]), following)
    again.restore(kept)
    again.select(np.array([1]))
    assert torch.equal(again.draw([60])[0], following[1])
