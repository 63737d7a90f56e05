"""Binary cross-entropy on one logit per row; the prediction is a probability."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from core.contracts import Task
from core.training.losses import weighted_mean


class BinaryCrossEntropy:
    """-y log p - (1 - y) log(1 - p), computed from the logit so that it never overflows."""

    name = "binary_cross_entropy"
    scale_target = False
    has_classes = True

    def num_outputs(self, task: Task) -> int:
        return 1

    def start(self, target_NT: Tensor, task: Task) -> Tensor:
        rate = target_NT[:, :1].mean(0).clamp(1e-4, 1 - 1e-4)
        return torch.logit(rate)

    def loss(self, raw_KBO: Tensor, target_KBT: Tensor, weight_KB: Tensor, task: Task) -> Tensor:
        each = functional.binary_cross_entropy_with_logits(raw_KBO[..., 0], target_KBT[..., 0], reduction="none")
        return weighted_mean(each, weight_KB)

    def predict(self, raw_KBO: Tensor) -> Tensor:
        return torch.sigmoid(raw_KBO)

    def written(self) -> list[str]:
        return ["each = torch.sigmoid(raw)"]

    def gradient(self, raw_KBO: Tensor, target_KBT: Tensor, share_KB1: Tensor, task: Task) -> Tensor:
        return torch.sigmoid(raw_KBO).sub_(target_KBT[..., :1]).mul_(share_KB1)


LOSS = BinaryCrossEntropy()
