"""Cross-entropy on one raw score a class; the prediction is a probability for each. Refuses unknown class numbers."""

from __future__ import annotations

import torch
from torch import Tensor

from core.contracts import Task
from core.errors import UserError
from core.training.losses import weighted_mean

_LEAST_SHARE = 1e-4


class CrossEntropy:
    """-log softmax(raw)[y]: the target is the number of the class, in the order of the task's outputs."""

    name = "cross_entropy"
    scale_target = False
    has_classes = True

    def num_outputs(self, task: Task) -> int:
        return len(task.outputs)

    def start(self, target_NT: Tensor, task: Task) -> Tensor:
        """Raises UserError where a target is not the number of one of the task's outputs."""
        classes = len(task.outputs)
        number = target_NT[:, 0]
        wrong = number[(number < 0) | (number >= classes) | (number != number.floor())]
        if len(wrong):
            raise UserError(
                "Cross-entropy takes the number of a class, 0 to {classes}; a target is {wrong:g}. Number "
                "the classes in the order of the task's outputs.",
                classes=classes - 1,
                wrong=wrong[0].item(),
            )
        share = torch.bincount(number.long(), minlength=classes).to(target_NT.dtype) / len(number)
        return share.clamp_min(_LEAST_SHARE).log()

    def loss(self, raw_KBO: Tensor, target_KBT: Tensor, weight_KB: Tensor, task: Task) -> Tensor:
        chosen = raw_KBO.log_softmax(-1).gather(-1, target_KBT[..., :1].long())
        return weighted_mean(-chosen[..., 0], weight_KB)

    def predict(self, raw_KBO: Tensor) -> Tensor:
        return raw_KBO.softmax(-1)

    def written(self) -> list[str]:
        return ["each = raw.softmax(-1)"]

    def gradient(self, raw_KBO: Tensor, target_KBT: Tensor, share_KB1: Tensor, task: Task) -> Tensor:
        return (raw_KBO.softmax(-1) * share_KB1).scatter_add_(-1, target_KBT[..., :1].long(), -share_KB1)


LOSS = CrossEntropy()
