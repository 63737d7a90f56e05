"""Inverse volatility: an asset gets the less money, the more its return has swung in training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from core.contracts import Column, Examples, Task
from core.evaluation.baselines._by_form import FitsForms
from core.kinds.forms import Form, Weights


@dataclass(frozen=True, kw_only=True, slots=True)
class InverseVolatility(FitsForms):
    """Risk is spread, and how assets move together is left out."""

    name: str = "inverse_volatility"
    title: str = "Inverse volatility"
    forms: ClassVar[tuple[type[Form], ...]] = (Weights,)
    candidates: tuple[Mapping[str, Any], ...] = ({},)

    def fit_predict(
        self,
        task: Task,
        columns: Sequence[Column],
        examples: Examples,
        train: np.ndarray,
        rows: Sequence[np.ndarray],
        candidate: Mapping[str, Any],
        seed: int,
    ) -> list[np.ndarray]:
        """Weights (N, A), 1 in sum, the same for each row."""
        spread = examples.target.to_numpy(dtype=np.float64)[train].std(axis=0)
        share = 1 / np.maximum(spread, 1e-12)
        return [np.tile(share / share.sum(), (len(r), 1)) for r in rows]


BASELINE = InverseVolatility()
