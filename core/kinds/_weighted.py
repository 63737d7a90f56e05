"""Weights of rows in many draws at once, and averages by them. Plain numpy, imported when computed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.contracts import HeldOutRows

if TYPE_CHECKING:
    import numpy as np


def ones(rows: HeldOutRows) -> np.ndarray:
    """The rows' weights (R, N); where they have none, every row once, (1, N)."""
    import numpy as np

    return np.ones((1, len(rows))) if rows.weight is None else rows.weight


def average(values: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """The mean of values (N,) by weights (R, N): (R,)."""
    return weight @ values / weight.sum(1)
