"""Log growth of money spread over assets, negated; the prediction is a weight for each asset, 1 in sum."""

from __future__ import annotations

import torch
from torch import Tensor

from core.contracts import Task
from core.training.losses import gradient_by_autograd, weighted_mean
from core.training.losses._net import net_returns

_LEAST = 1e-6  # of the money is left, whatever the costs


class LogGrowth:
    """-log(1 + net return), of a year (Kelly, 1956)."""

    name = "log_growth"
    scale_target = False
    has_classes = False

    def num_outputs(self, task: Task) -> int:
        return len(task.outputs)

    def start(self, target_NT: Tensor, task: Task) -> Tensor:
        return torch.zeros(len(task.outputs))  # the same weight for all

    def loss(self, raw_KBO: Tensor, target_KBT: Tensor, weight_KB: Tensor, task: Task) -> Tensor:
        net, counts = net_returns(raw_KBO, target_KBT, weight_KB, task)
        assert task.allocation is not None
        return -task.allocation.periods * weighted_mean((1 + net).clamp_min(_LEAST).log(), counts)

    def predict(self, raw_KBO: Tensor) -> Tensor:
        return raw_KBO.softmax(-1)

    def written(self) -> list[str]:
        return ["each = raw.softmax(-1)"]

    def gradient(self, raw_KBO: Tensor, target_KBT: Tensor, share_KB1: Tensor, task: Task) -> Tensor:
        return gradient_by_autograd(self, raw_KBO, target_KBT, share_KB1, task)


LOSS = LogGrowth()
