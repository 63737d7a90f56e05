"""Logistic regression on mel-frequency cepstral coefficients (scikit-learn)."""

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


@dataclass(frozen=True, kw_only=True, slots=True)
class MfccLogistic(FitsForms):
    """What speech was recognised by before networks: the shape of the spectrum in each part of the word, and how much
    it changes."""

    name: str = "mfcc_logistic"
    title: str = "Logistic regression on MFCC"
    forms: ClassVar[tuple[type[Form], ...]] = (Chances,)
    candidates: tuple[Mapping[str, Any], ...] = (
        {"C": 1.0, "coefficients": 12, "parts": 5},
        *(
            {"C": c, "coefficients": 12, "parts": parts}
            for c, parts in ((0.003, 5), (0.01, 5), (0.03, 5), (0.1, 5), (0.01, 8), (0.03, 8))
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
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        form = form_of(task, Chances)
        found = cepstra(spectrograms_of(examples), candidate["coefficients"])
        read = np.concatenate([parts_of(found, candidate["parts"]).reshape(len(found), -1), found.std(1)], axis=1)
        model = make_pipeline(StandardScaler(), LogisticRegression(C=candidate["C"], max_iter=300))
        model.fit(read[train], form.classes(examples, train))
        return [form.prediction(task, model.predict_proba(read[r]), model.classes_) for r in rows]


BASELINE = MfccLogistic()
