"""Logistic regression on standardised numbers, missing flags and one-hot categories (scikit-learn)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from core.contracts import Column, Examples, Task
from core.evaluation.baselines._by_form import FitsForms
from core.evaluation.baselines._linear import pipeline
from core.kinds import form_of
from core.kinds.forms import Chances, Form


@dataclass(frozen=True, kw_only=True, slots=True)
class Logistic(FitsForms):
    """The strongest thing that fits on a page."""

    name: str = "logistic"
    title: str = "Logistic regression"
    forms: ClassVar[tuple[type[Form], ...]] = (Chances,)
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
        """Chances (N, O) for each group of rows."""
        from sklearn.linear_model import LogisticRegression

        form = form_of(task, Chances)
        model = pipeline(columns, candidate["numbers"], LogisticRegression(C=candidate["C"], max_iter=2000))
        model.fit(examples.features.iloc[train], form.classes(examples, train))
        found = [model.predict_proba(examples.features.iloc[r]) for r in rows]
        return [form.prediction(task, chances, model.classes_) for chances in found]


BASELINE = Logistic()
