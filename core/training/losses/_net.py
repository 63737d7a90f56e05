"""What weights earn after costs, in a batch. Target columns: each asset's return, then path and place in time."""

from __future__ import annotations

import torch
from torch import Tensor

from core.contracts import Task
from core.errors import UserError


def net_returns(raw_KBO: Tensor, target_KBT: Tensor, weight_KB: Tensor, task: Task) -> tuple[Tensor, Tensor]:
    """Net return of each row and how much it counts, (K, B) each, path by path in the order of time. A path begins in
    cash; until the next period its weights drift with what the assets earn."""
    if task.allocation is None:
        raise UserError("Weights become money over time; the task has no `allocation`. Give core.contracts.Allocation.")
    if not task.allocation.cost:
        return (raw_KBO.softmax(-1) * target_KBT[..., :-2]).sum(-1), weight_KB
    order = target_KBT[..., -1].masked_fill(weight_KB == 0, torch.inf).argsort(dim=1)
    across = order[..., None]
    raw = raw_KBO.gather(1, across.expand_as(raw_KBO))
    target, counts = target_KBT.gather(1, across.expand_as(target_KBT)), weight_KB.gather(1, order)
    held, earned, path = raw.softmax(-1), target[..., :-2], target[..., -2]
    grown = held * (1 + earned)
    drifted = (grown / grown.sum(-1, keepdim=True))[:, :-1] * (path[:, 1:] == path[:, :-1])[..., None]
    before = torch.cat([torch.zeros_like(held[:, :1]), drifted], 1)
    return (held * earned).sum(-1) - task.allocation.cost * (held - before).abs().sum(-1), counts
