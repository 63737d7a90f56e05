"""Money that is a sum over rows: what value models share that price each row by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.contracts.value import EarnsByRow

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


class SumOfRows:
    """Gives `amount` to a value model that has `earned`."""

    __slots__ = ()

    def amount(
        self: EarnsByRow,
        target: np.ndarray,
        prediction: np.ndarray,
        info: pd.DataFrame,
        decision: float,
        assumed: Mapping[str, float],
        weight: np.ndarray | None = None,
    ) -> np.ndarray:
        """Money per year (R,) of the decision on these rows, each standing for as much of a year as any other."""
        each = self.earned(target, prediction[None], info, decision, assumed)[0]
        total: np.ndarray = each.sum(keepdims=True) if weight is None else weight @ each
        return total
