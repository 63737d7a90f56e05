"""Logistic regression on weighed words and characters (scikit-learn)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from core.contracts import Column, Examples, Task
from core.evaluation.baselines._by_form import FitsForms
from core.evaluation.baselines._texts import texts_of, weighed
from core.kinds import form_of
from core.kinds.forms import Chances, Form


@dataclass(frozen=True, kw_only=True, slots=True)
class TextLogistic(FitsForms):
    """What texts were sorted by before networks, and are still: each word and run of characters has a weight for each
    class."""

    name: str = "text_logistic"
    title: str = "Logistic regression on words and characters"
    forms: ClassVar[tuple[type[Form], ...]] = (Chances,)
    candidates: tuple[Mapping[str, Any], ...] = (
        {"C": 1.0, "words": 1, "characters": 0},
        {"C": 10.0, "words": 2, "characters": 0},
        {"C": 10.0, "words": 2, "characters": 5},
        {"C": 30.0, "words": 2, "characters": 5},
        {"C": 30.0, "words": 3, "characters": 4},
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

        form, read = form_of(task, Chances), weighed(texts_of(examples), train, candidate)
        model = LogisticRegression(C=candidate["C"], max_iter=300, tol=1e-3)
        model.fit(read[train], form.classes(examples, train))
        return [form.prediction(task, model.predict_proba(read[r]), model.classes_) for r in rows]


BASELINE = TextLogistic()
