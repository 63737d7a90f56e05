"""Mean-variance utility of weights over assets, negated; the prediction is a weight for each asset, 1 in sum."""

from __future__ import annotations

import torch
from torch import Tensor

from core.contracts import Task
from core.training.losses import gradient_by_autograd, weighted_mean
from core.training.losses._net import net_returns


class MeanVariance:
    """-(mean - risk aversion / 2 x variance) of a year's net returns (Markowitz, 1952), over the rows of a batch."""

    name = "mean_variance"
    scale_target = False
    has_classes = False

    def num_outputs(self, task: Task) -> int:
        return len(task.outputs)

    def start(self, target_NT: Tensor, task: Task) -> Tensor:
        return torch.zeros(len(task.outputs))  # the same weight for all

    def loss(self, raw_KBO: Tensor, target_KBT: Tensor, weight_KB: Tensor, task: Task) -> Tensor:
        net, counts = net_returns(raw_KBO, target_KBT, weight_KB, task)
        mean = weighted_mean(net, counts)
        variance = weighted_mean((net - mean[:, None]).square(), counts)
        assert task.allocation is not None
        return task.allocation.periods * (task.allocation.risk_aversion / 2 * variance - mean)

    def predict(self, raw_KBO: Tensor) -> Tensor:
        return raw_KBO.softmax(-1)

    def written(self) -> list[str]:
        return ["each = raw.softmax(-1)"]

    def gradient(self, raw_KBO: Tensor, target_KBT: Tensor, share_KB1: Tensor, task: Task) -> Tensor:
        return gradient_by_autograd(self, raw_KBO, target_KBT, share_KB1, task)


LOSS = MeanVariance()
