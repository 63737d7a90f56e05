"""ListNet: cross-entropy between what a group's rows deserve and their scores. Target columns: relevance, group."""

from __future__ import annotations

import torch
from torch import Tensor

from core.contracts import Task
from core.training.losses import gradient_by_autograd


class ListNet:
    """-sum softmax(relevance) log softmax(score) within a group, mean over groups (Cao et al., 2007: the top one)."""

    name = "list_net"
    scale_target = False
    has_classes = False

    def num_outputs(self, task: Task) -> int:
        return 1

    def start(self, target_NT: Tensor, task: Task) -> Tensor:
        return torch.zeros(1)

    def loss(self, raw_KBO: Tensor, target_KBT: Tensor, weight_KB: Tensor, task: Task) -> Tensor:
        """A group counts as much as its rows do on average; one without a row that counts is left out."""
        group, order = target_KBT[..., -1].masked_fill(weight_KB == 0, torch.inf).sort(dim=1)
        starts = torch.cat([torch.zeros_like(group[:, :1]), (group[:, 1:] != group[:, :-1]).to(group.dtype)], 1)
        place = starts.cumsum(1).long()  # of its group among those of the batch
        score, relevance, weight = (t.gather(1, order) for t in (raw_KBO[..., 0], target_KBT[..., 0], weight_KB))
        each = -_log_softmax(relevance, place).exp() * _log_softmax(score, place)
        lost, rows, weighed = (_sums(t, place) for t in (each, torch.ones_like(weight), weight))
        counts = weighed / rows.clamp_min(1)
        return (lost * counts).sum(1) / counts.sum(1).clamp_min(1e-12)

    def predict(self, raw_KBO: Tensor) -> Tensor:
        return raw_KBO

    def written(self) -> list[str]:
        return ["each = raw"]

    def gradient(self, raw_KBO: Tensor, target_KBT: Tensor, share_KB1: Tensor, task: Task) -> Tensor:
        return gradient_by_autograd(self, raw_KBO, target_KBT, share_KB1, task)


def _sums(values_KB: Tensor, place_KB: Tensor) -> Tensor:
    """The sum over each place, (K, B): as many places as there could be."""
    return torch.zeros_like(values_KB).scatter_add(1, place_KB, values_KB)


def _log_softmax(values_KB: Tensor, place_KB: Tensor) -> Tensor:
    """log softmax among the values of the same place."""
    least = torch.full_like(values_KB, -torch.inf)
    highest = least.scatter_reduce(1, place_KB, values_KB.detach(), "amax").gather(1, place_KB)
    shifted = values_KB - highest
    return shifted - _sums(shifted.exp(), place_KB).gather(1, place_KB).log()


LOSS = ListNet()
