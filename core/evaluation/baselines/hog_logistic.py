"""Logistic regression on histograms of oriented gradients of a picture (scikit-learn)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from core.contracts import Column, Examples, Task
from core.evaluation.baselines._by_form import FitsForms
from core.evaluation.baselines._pictures import oriented_gradients, pictures_of
from core.kinds import form_of
from core.kinds.forms import Chances, Form


@dataclass(frozen=True, kw_only=True, slots=True)
class HogLogistic(FitsForms):
    """Edges counted by direction, each count with a weight: what cameras found faces and walkers by before networks."""

    name: str = "hog_logistic"
    title: str = "Logistic regression on edges (HOG)"
    forms: ClassVar[tuple[type[Form], ...]] = (Chances,)
    candidates: tuple[Mapping[str, Any], ...] = (
        {"cell": 7, "C": 1.0},
        *({"cell": cell, "C": c} for cell in (7, 4) for c in (1e-3, 3e-3, 1e-2, 3e-2)),
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
        """Chances (N, O) for each group of rows."""
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        form = form_of(task, Chances)
        edges = oriented_gradients(pictures_of(examples), candidate["cell"])
        model = make_pipeline(StandardScaler(), LogisticRegression(C=candidate["C"], max_iter=500))
        model.fit(edges[train], form.classes(examples, train))
        return [form.prediction(task, model.predict_proba(edges[r]), model.classes_) for r in rows]


BASELINE = HogLogistic()
