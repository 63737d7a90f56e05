"""What labels of several kinds have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


def is_0_or_1(numbers: np.ndarray) -> np.ndarray:
    """Which of the numbers (N,) are."""
    return (numbers == 0) | (numbers == 1)
