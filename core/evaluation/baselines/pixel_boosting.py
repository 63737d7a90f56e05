"""Gradient-boosted trees on the brightness of a picture's zones (scikit-learn)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from core.contracts import Column, Examples, Task
from core.evaluation.baselines._by_form import FitsForms
from core.evaluation.baselines._pictures import pictures_of, zones
from core.kinds import form_of
from core.kinds.forms import Chances, Form


@dataclass(frozen=True, kw_only=True, slots=True)
class PixelBoosting(FitsForms):
    """Trees that ask how bright a few spots are. Zones of some pixels, for one pixel tells them little; of ten classes
    every round is ten trees."""

    name: str = "pixel_boosting"
    title: str = "Gradient boosting on brightness"
    forms: ClassVar[tuple[type[Form], ...]] = (Chances,)
    candidates: tuple[Mapping[str, Any], ...] = (
        {"parts": 7, "max_iter": 60},
        *(
            {"parts": 14, "max_iter": 80, "max_leaf_nodes": 16, "max_features": 0.3, "learning_rate": rate}
            for rate in (0.1, 0.2)
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
        brightness = zones(pictures_of(examples), candidate["parts"])
        trees = {name: value for name, value in candidate.items() if name != "parts"}
        model = HistGradientBoostingClassifier(random_state=seed, **trees)
        model.fit(brightness[train], form.classes(examples, train))
        return [form.prediction(task, model.predict_proba(brightness[r]), model.classes_) for r in rows]


BASELINE = PixelBoosting()
