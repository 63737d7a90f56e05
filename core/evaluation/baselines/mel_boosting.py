"""Gradient-boosted trees on the levels of mel bands (scikit-learn)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from core.contracts import Column, Examples, Task
from core.evaluation.baselines._by_form import FitsForms
from core.evaluation.baselines._sounds import cepstra, parts_of, spectrograms_of
from core.kinds import form_of
from core.kinds.forms import Chances, Form

_COEFFICIENTS = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class MelBoosting(FitsForms):
    """How loud each band is in each part of the word, and the shape of its spectrum, then trees."""

    name: str = "mel_boosting"
    title: str = "Gradient boosting on mel bands"
    forms: ClassVar[tuple[type[Form], ...]] = (Chances,)
    candidates: tuple[Mapping[str, Any], ...] = (
        {"max_iter": 40, "max_leaf_nodes": 8, "max_features": 0.1, "learning_rate": 0.2},
        {"max_iter": 40, "max_leaf_nodes": 4, "max_features": 0.1, "learning_rate": 0.3},
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
        levels = spectrograms_of(examples)
        bands, shape = parts_of(levels, 5)[:, :, ::2], parts_of(cepstra(levels, _COEFFICIENTS), 5)
        read = np.concatenate([bands.reshape(len(levels), -1), shape.reshape(len(levels), -1)], axis=1)
        model = HistGradientBoostingClassifier(random_state=seed, **candidate)
        model.fit(read[train], form.classes(examples, train))
        return [form.prediction(task, model.predict_proba(read[r]), model.classes_) for r in rows]


BASELINE = MelBoosting()
