"""Gradient-boosted trees on histograms of oriented gradients of a picture (scikit-learn)."""

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
class HogBoosting(FitsForms):
    """What pictures were sorted by before networks: edges counted by direction, then trees."""

    name: str = "hog_boosting"
    title: str = "Gradient boosting on edges (HOG)"
    forms: ClassVar[tuple[type[Form], ...]] = (Chances,)
    candidates: tuple[Mapping[str, Any], ...] = (
        {"cell": 7},
        *(
            {"cell": cell, "max_iter": 150, "max_leaf_nodes": 8, "max_features": share}
            for cell, share in ((7, 0.2), (4, 0.1), (4, 0.3))
        ),
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
        from sklearn.ensemble import HistGradientBoostingClassifier

        form = form_of(task, Chances)
        edges = oriented_gradients(pictures_of(examples), candidate["cell"])
        trees = {name: value for name, value in candidate.items() if name != "cell"}
        model = HistGradientBoostingClassifier(random_state=seed, **trees)
        model.fit(edges[train], form.classes(examples, train))
        return [form.prediction(task, model.predict_proba(edges[r]), model.classes_) for r in rows]


BASELINE = HogBoosting()
