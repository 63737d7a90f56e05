"""Minimum variance without short positions, from a covariance drawn towards a round one (scikit-learn, scipy)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from core.contracts import Column, Examples, Task
from core.evaluation.baselines._by_form import FitsForms
from core.kinds.forms import Form, Weights


@dataclass(frozen=True, kw_only=True, slots=True)
class MinimumVariance(FitsForms):
    """The weights whose return has swung least in training (Markowitz, 1952; Ledoit and Wolf, 2004)."""

    name: str = "minimum_variance"
    title: str = "Minimum variance"
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
        from sklearn.covariance import LedoitWolf

        known = examples.target.to_numpy(dtype=np.float64)[train]
        scale = max(float(known.std()), 1e-12)
        share = least_variance(LedoitWolf().fit(known / scale).covariance_)
        return [np.tile(share, (len(r), 1)) for r in rows]


def least_variance(covariance: np.ndarray) -> np.ndarray:
    """Weights (A,) of 0 or more, 1 in sum, with the least variance. Non-negative least squares with a row that wants
    the sum to be 1 finds them up to their size, because variance grows with its square."""
    from scipy.optimize import nnls

    root = np.linalg.cholesky(covariance + 1e-12 * np.trace(covariance) * np.eye(len(covariance))).T
    found, _ = nnls(np.vstack([root, np.ones(len(root))]), np.r_[np.zeros(len(root)), 1.0])
    return np.asarray(found / found.sum())


BASELINE = MinimumVariance()
