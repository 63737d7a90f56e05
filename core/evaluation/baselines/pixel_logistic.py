"""Logistic regression on the pixels of a picture (scikit-learn)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from core.contracts import Column, Examples, Task
from core.evaluation.baselines._by_form import FitsForms
from core.evaluation.baselines._pictures import pictures_of
from core.kinds import form_of
from core.kinds.forms import Chances, Form


@dataclass(frozen=True, kw_only=True, slots=True)
class PixelLogistic(FitsForms):
    """Each pixel has a weight, and the answer is their sum."""

    name: str = "pixel_logistic"
    title: str = "Logistic regression on pixels"
    forms: ClassVar[tuple[type[Form], ...]] = (Chances,)
    candidates: tuple[Mapping[str, Any], ...] = tuple({"C": c} for c in (1.0, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2))

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
        pixels = pictures_of(examples).reshape(len(examples), -1).astype(np.float64)
        model = make_pipeline(StandardScaler(), LogisticRegression(C=candidate["C"], max_iter=300))
        model.fit(pixels[train], form.classes(examples, train))
        return [form.prediction(task, model.predict_proba(pixels[r]), model.classes_) for r in rows]


BASELINE = PixelLogistic()
