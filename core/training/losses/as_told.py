"""The loss of networks that say themselves what each row costs: those that make pictures. What is predicted is how the
fixed classifier (`core.judge`) sees the picture that a row's noise has become."""

from __future__ import annotations

import torch
from torch import Tensor

from core import judge
from core.contracts import Task
from core.training.losses import weighted_mean


class AsTold:
    """The mean of what rows cost. Raw scores (K, B, 1 + pixels): the cost, then the picture, from 0 to 1. The weights
    that are kept are those of the best headline on validation: a game between two halves has no lowest loss."""

    name = "as_told"
    scale_target = False
    has_classes = False
    keeps_by_score = True

    def num_outputs(self, task: Task) -> int:
        return 1 + judge.SIDE**2

    def start(self, target_NT: Tensor, task: Task) -> Tensor:
        """A grey picture, which costs nobody knows what."""
        grey = target_NT.new_full((self.num_outputs(task),), 0.5)
        grey[0] = torch.nan
        return grey

    def loss(self, raw_KBO: Tensor, target_KBT: Tensor, weight_KB: Tensor, task: Task) -> Tensor:
        return weighted_mean(raw_KBO[..., 0], weight_KB)

    def predict(self, raw_KBO: Tensor) -> Tensor:
        return judge.judged(self.pictures(raw_KBO))

    def pictures(self, raw_KBO: Tensor) -> Tensor:
        """What was made, (K, B, height, width)."""
        return raw_KBO[..., 1:].reshape(*raw_KBO.shape[:-1], judge.SIDE, judge.SIDE)

    def written(self) -> list[str]:
        pixels = judge.SIDE**2
        return [f"each = raw[..., -{pixels}:].unflatten(-1, ({judge.SIDE}, {judge.SIDE}))  # the pictures themselves"]

    def gradient(self, raw_KBO: Tensor, target_KBT: Tensor, share_KB1: Tensor, task: Task) -> Tensor:
        slope = torch.zeros_like(raw_KBO)
        slope[..., :1] = share_KB1
        return slope


LOSS = AsTold()
