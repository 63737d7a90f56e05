"""The nearest training pictures vote, by the distance of their pixels (scikit-learn)."""

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

_UNCAST = 1.0  # votes, shared out by how frequent each class is


@dataclass(frozen=True, kw_only=True, slots=True)
class NearestPictures(FitsForms):
    """Nothing is learned: a new picture is what those look like that are most like it. The chance of a class is its
    share of the votes, with one vote more for what is frequent, so that none is impossible."""

    name: str = "nearest_pictures"
    title: str = "Nearest pictures"
    forms: ClassVar[tuple[type[Form], ...]] = (Chances,)
    candidates: tuple[Mapping[str, Any], ...] = (
        {"neighbours": 1, "distance": "euclidean"},
        *(
            {"neighbours": count, "distance": distance}
            for distance in ("euclidean", "cosine", "manhattan")
            for count in (3, 5, 9)
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
        from sklearn.neighbors import KNeighborsClassifier

        form = form_of(task, Chances)
        pixels = pictures_of(examples).reshape(len(examples), -1).astype(np.float32)
        count = min(int(candidate["neighbours"]), len(train))
        model = KNeighborsClassifier(count, metric=candidate["distance"], algorithm="brute")
        classes = form.classes(examples, train)
        model.fit(pixels[train], classes)
        frequent = np.bincount(classes)[model.classes_] / len(classes)
        found = [(model.predict_proba(pixels[r]) * count + _UNCAST * frequent) / (count + _UNCAST) for r in rows]
        return [form.prediction(task, chances, model.classes_) for chances in found]


BASELINE = NearestPictures()
