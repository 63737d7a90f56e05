"""Weights over assets along a path through time: what each period earns after the costs of trading. Plain numpy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.contracts import HeldOutRows, Task
from core.errors import UserError

if TYPE_CHECKING:
    import numpy as np

    from core.contracts import Allocation


def allocation_of(task: Task) -> Allocation:
    """The task's own; raises UserError where it has none."""
    if task.allocation is None:
        raise UserError(
            "Weights become money over time; the task has no `allocation`. Give core.contracts.Allocation(when=...), "
            "the info column of each row's moment."
        )
    return task.allocation


def path_order(path: np.ndarray, when: np.ndarray) -> np.ndarray:
    """The places (N,) of rows path by path, each in the order of time."""
    import numpy as np

    return np.lexsort((np.arange(len(path)), np.unique(when, return_inverse=True)[1], path))


def traded(weight_NA: np.ndarray, earned_NA: np.ndarray, path: np.ndarray, order: np.ndarray) -> np.ndarray:
    """What is bought and sold before each row's period, (N,), as a share of all money: a path begins in cash, and until
    the next period the weights drift with what each asset has earned."""
    import numpy as np

    weight, grown = weight_NA[order], weight_NA[order] * (1 + earned_NA[order])
    held = np.zeros_like(weight)
    held[1:] = (grown / grown.sum(1, keepdims=True))[:-1]
    begins = np.r_[True, path[order][1:] != path[order][:-1]]
    held[begins] = 0
    found = np.empty(len(weight))
    found[order] = np.abs(weight - held).sum(1)
    return found


def net_returns(rows: HeldOutRows, weight_NA: np.ndarray, task: Task) -> np.ndarray:
    """What each row's period earns, (N,), as a share of all money, costs paid. rows.target: what each asset earns."""
    import numpy as np

    asked = allocation_of(task)
    gross: np.ndarray = (weight_NA * rows.target).sum(1)
    if not asked.cost:
        return gross
    path = np.asarray(rows.group)
    order = path_order(path, rows.column(asked.when))
    return gross - asked.cost * traded(weight_NA, rows.target, path, order)
