"""What the answers that are not refused earn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.contracts import ValueModel
from core.contracts.value import EarnsByRow

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


def kept_amount(
    model: ValueModel,
    rows: tuple[np.ndarray, np.ndarray, pd.DataFrame],
    decision: float,
    assumed: Mapping[str, float],
    answered: np.ndarray,
) -> tuple[float, float] | None:
    """Money per year of the answered rows, and of all of them: rows are target (N, T), prediction (N, O) and info, and
    stand for the whole year; answered (N,). None where no row is priced by itself."""
    if not isinstance(model, EarnsByRow):
        return None
    target, prediction, info = rows
    each = model.earned(target, prediction[None], info, decision, assumed)[0]
    return float(each[answered].sum()), float(each.sum())
