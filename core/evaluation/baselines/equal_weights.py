"""Equal weights: the same share of money in each asset, in every period. Hard to beat (DeMiguel et al., 2009)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from core.contracts import Column, Examples, Task
from core.evaluation.baselines._by_form import FitsForms
from core.kinds.forms import Form, Weights


@dataclass(frozen=True, kw_only=True, slots=True)
class EqualWeights(FitsForms):
    """Knows nothing, and spreads."""

    name: str = "equal_weights"
    title: str = "Equal weights"
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
        """Weights (N, A), 1 in sum, for each group of rows."""
        return [np.full((len(r), len(task.outputs)), 1 / len(task.outputs)) for r in rows]


BASELINE = EqualWeights()
