"""Squared error of every target column, each in standard deviations; the prediction is the column itself."""

from __future__ import annotations

from torch import Tensor

from core.contracts import Task
from core.training.losses import weighted_mean


class SquaredError:
    """(y - prediction)^2, mean over columns."""

    name = "squared_error"
    scale_target = False
    has_classes = False

    def num_outputs(self, task: Task) -> int:
        return len(task.outputs)

    def start(self, target_NT: Tensor, task: Task) -> Tensor:
        return target_NT.mean(0)

    def loss(self, raw_KBO: Tensor, target_KBT: Tensor, weight_KB: Tensor, task: Task) -> Tensor:
        return weighted_mean((raw_KBO - target_KBT).square().mean(-1), weight_KB)

    def predict(self, raw_KBO: Tensor) -> Tensor:
        return raw_KBO

    def written(self) -> list[str]:
        return ["each = raw"]

    def gradient(self, raw_KBO: Tensor, target_KBT: Tensor, share_KB1: Tensor, task: Task) -> Tensor:
        return (raw_KBO - target_KBT) * (2 / target_KBT.shape[-1]) * share_KB1


LOSS = SquaredError()
