"""Held-out rows in the order of a score, as ranking metrics see them, under many draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, kw_only=True, slots=True)
class Ranks:
    """The positive rows, or their distinct scores, best first, each (D, R) for R draws: own weight; weight of the
    positives above and with them; weight of the negatives above them, and of those above and with them. negatives (R,):
    of all. Whole weights are counted exactly."""

    own: np.ndarray
    positives_with: np.ndarray
    negatives_above: np.ndarray
    negatives_with: np.ndarray
    negatives: np.ndarray
