"""Cox's partial likelihood within a batch; the prediction is a log-risk. Target columns: time, event."""

from __future__ import annotations

import torch
from torch import Tensor

from core.contracts import Task
from core.training.losses import gradient_by_autograd


class Cox:
    """-log of the chance that the one who had the event was the one, among those still at risk (Cox, 1972; Breslow)."""

    name = "cox"
    scale_target = False
    has_classes = False

    def num_outputs(self, task: Task) -> int:
        return 1

    def start(self, target_NT: Tensor, task: Task) -> Tensor:
        return torch.zeros(1)

    def loss(self, raw_KBO: Tensor, target_KBT: Tensor, weight_KB: Tensor, task: Task) -> Tensor:
        time, event = target_KBT[..., 0], target_KBT[..., 1]
        minus_time, order = (-time).masked_fill(weight_KB == 0, torch.inf).sort(dim=1)
        risk, event = raw_KBO[..., 0].gather(1, order), event.gather(1, order)
        present = weight_KB.gather(1, order)
        at_risk = torch.logcumsumexp(risk.masked_fill(present == 0, -1e30), dim=1)
        last_of_ties = torch.searchsorted(minus_time, minus_time, right=True) - 1
        at_risk = at_risk.gather(1, last_of_ties)
        observed = event * present
        return ((at_risk - risk) * observed).sum(1) / observed.sum(1).clamp_min(1e-12)

    def predict(self, raw_KBO: Tensor) -> Tensor:
        return raw_KBO

    def written(self) -> list[str]:
        return ["each = raw"]

    def gradient(self, raw_KBO: Tensor, target_KBT: Tensor, share_KB1: Tensor, task: Task) -> Tensor:
        return gradient_by_autograd(self, raw_KBO, target_KBT, share_KB1, task)


LOSS = Cox()
