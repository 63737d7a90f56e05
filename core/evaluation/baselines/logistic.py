"""Logistic regression on standardised numbers, missing flags and one-hot categories (scikit-learn)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.contracts import Column, Examples, Kind, Task
from core.evaluation.baselines._linear import pipeline


@dataclass(frozen=True, kw_only=True, slots=True)
class Logistic:
    """The strongest thing that fits on a page."""

    name: str = "logistic"
    title: str = "Logistic regression"
    kinds: tuple[str, ...] = (Kind.BINARY, Kind.MULTICLASS)
    candidates: tuple[Mapping[str, Any], ...] = (
        {"C": 1.0, "numbers": "standard"},
        *({"C": c, "numbers": n} for n in ("standard", "log") for c in (0.003, 0.01, 0.03, 0.1)),
    )

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
        """Probabilities (N, 1), or of every class (N, O), for each feature table; 0 for a class not in training."""
        from sklearn.linear_model import LogisticRegression

        model = pipeline(columns, candidate["numbers"], LogisticRegression(C=candidate["C"], max_iter=2000))
        model.fit(examples.features.iloc[train], examples.target.iloc[train, 0].astype(int))
        found = [model.predict_proba(examples.features.iloc[r]) for r in rows]
        if task.kind is Kind.BINARY:
            return [p[:, 1:] for p in found]
        predicted = [np.zeros((len(p), len(task.outputs))) for p in found]
        for whole, p in zip(predicted, found, strict=True):
            whole[:, model.classes_] = p
        return predicted


BASELINE = Logistic()
