"""Pinball loss on one output per quantile level; the prediction is sorted so that quantiles never cross."""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor

from core.contracts import Task
from core.training.losses import weighted_mean


class Pinball:
    """max(q e, (q - 1) e) with e = y - prediction, mean over levels (Koenker and Bassett, 1978)."""

    name = "pinball"
    scale_target = True
    has_classes = False

    def num_outputs(self, task: Task) -> int:
        return len(task.levels)

    def start(self, target_NT: Tensor, task: Task) -> Tensor:
        return torch.quantile(target_NT[:, 0], torch.tensor(task.levels, dtype=target_NT.dtype))

    def loss(self, raw_KBO: Tensor, target_KBT: Tensor, weight_KB: Tensor, task: Task) -> Tensor:
        level = _levels(task.levels, raw_KBO.device, raw_KBO.dtype)
        error = target_KBT[..., :1] - raw_KBO
        return weighted_mean(torch.maximum(level * error, (level - 1) * error).mean(-1), weight_KB)

    def predict(self, raw_KBO: Tensor) -> Tensor:
        return raw_KBO.sort(dim=-1).values

    def written(self) -> list[str]:
        return ["each = raw.sort(dim=-1).values  # quantiles never cross"]

    def gradient(self, raw_KBO: Tensor, target_KBT: Tensor, share_KB1: Tensor, task: Task) -> Tensor:
        level = _levels(task.levels, raw_KBO.device, raw_KBO.dtype)
        error = target_KBT[..., :1] - raw_KBO
        slope = ((error < 0) + 0.5 * (error == 0) - level) / len(task.levels)
        return slope.mul_(share_KB1)


@lru_cache(maxsize=32)
def _levels(levels: tuple[float, ...], device: torch.device, dtype: torch.dtype) -> Tensor:
    """Brought to the device once: a step that is recorded there must ask the processor for nothing."""
    with torch.inference_mode(False):  # whoever asks first: autograd may ask next
        return torch.tensor(levels, device=device, dtype=dtype)


LOSS = Pinball()
