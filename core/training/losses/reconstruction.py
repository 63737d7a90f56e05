"""What comes back wrongly: models that draw their input again give it themselves, row by row.

Raw scores are (K, B, 2): what training makes small, and the error that a row is judged by. Rows with a stray's target
count for nothing, so that validation too asks only how what belongs comes back.
"""

from __future__ import annotations

import torch
from torch import Tensor

from core.contracts import Task
from core.training.losses import weighted_mean


class Reconstruction:
    """The mean of the first raw score over rows that belong; the prediction is e / (1 + e) of the second."""

    name = "reconstruction"
    scale_target = False
    has_classes = False

    def num_outputs(self, task: Task) -> int:
        return 2

    def start(self, target_NT: Tensor, task: Task) -> Tensor:
        """Of an even grey picture: errors are in variances of all pixels."""
        return torch.ones(2, dtype=target_NT.dtype)

    def loss(self, raw_KBO: Tensor, target_KBT: Tensor, weight_KB: Tensor, task: Task) -> Tensor:
        return weighted_mean(raw_KBO[..., 0], weight_KB * (target_KBT[..., 0] <= 0))

    def predict(self, raw_KBO: Tensor) -> Tensor:
        error = raw_KBO[..., 1:].clamp_min(0)
        return torch.where(error.isinf(), 1.0, error / (1 + error))

    def written(self) -> list[str]:
        return ["error = raw[..., -1:].clamp_min(0)", "each = torch.where(error.isinf(), 1.0, error / (1 + error))"]

    def gradient(self, raw_KBO: Tensor, target_KBT: Tensor, share_KB1: Tensor, task: Task) -> Tensor:
        own = share_KB1 * (target_KBT[..., :1] <= 0)
        counted = own / own.sum(1, keepdim=True).clamp_min(1e-12)
        return torch.cat([counted, torch.zeros_like(counted)], dim=-1)


LOSS = Reconstruction()
