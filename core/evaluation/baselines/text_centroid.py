"""The nearest centre of a class, by weighed words and characters (scikit-learn's features)."""

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
class TextCentroid(FitsForms):
    """Nothing is learned but means (Rocchio, 1971): a text is of the class whose mean it is most like. Chances are its
    cosines with all of them through a softmax, the sharper the higher `sharpness`."""

    name: str = "text_centroid"
    title: str = "Nearest centre of an intent"
    forms: ClassVar[tuple[type[Form], ...]] = (Chances,)
    candidates: tuple[Mapping[str, Any], ...] = (
        {"words": 1, "characters": 0, "sharpness": 20.0},
        *({"words": 2, "characters": characters, "sharpness": by} for characters in (0, 5) for by in (20.0, 40.0)),
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
        from scipy.sparse import csr_matrix
        from scipy.special import softmax
        from sklearn.preprocessing import normalize

        form, read = form_of(task, Chances), weighed(texts_of(examples), train, candidate)
        known, place = np.unique(form.classes(examples, train), return_inverse=True)
        of_class = csr_matrix((np.ones(len(train), np.float32), (place, np.arange(len(train)))))
        centres = normalize((of_class @ read[train]).toarray())
        chances = [softmax(candidate["sharpness"] * (read[r] @ centres.T), axis=1) for r in rows]
        return [form.prediction(task, found, known) for found in chances]


BASELINE = TextCentroid()
