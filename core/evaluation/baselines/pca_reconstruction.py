"""How wrongly a picture comes back from the principal components of the kind that belongs (scikit-learn)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from core.contracts import Column, Examples, Task
from core.evaluation.baselines._anomalies import FitsOneClass, belonging, pixels, score, smoothed

_FLOOR = 0.001  # of a place's usual squared error: one that is black in every training picture has none


@dataclass(frozen=True, slots=True)
class PcaReconstruction(FitsOneClass):
    """An autoencoder without a bend (Pearson, 1901). side: errors are means over neighbourhoods of so many pixels.
    weighed: each place's squared error over what it usually is; place: also how far the picture's components lie from
    the usual ones (Mahalanobis)."""

    name: str = "pca_reconstruction"
    title: str = "Principal components"
    candidates: tuple[Mapping[str, Any], ...] = (
        {"components": 20, "side": 1, "weighed": False, "place": False},
        *(
            {"components": count, "side": side, "weighed": True, "place": place}
            for count, side, place in product((5, 10, 20, 40), (1, 3, 5, 7), (False, True))
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
        """Anomaly scores (n, 1) for each group of rows."""
        from sklearn.decomposition import PCA

        every = pixels(examples)
        learned = every[belonging(examples, train)]
        count = min(int(candidate["components"]), max(1, len(learned) // 2), learned.shape[1])
        model = PCA(count, random_state=seed).fit(learned)
        side = int(candidate["side"])

        def off_by(pictures: np.ndarray) -> np.ndarray:
            return smoothed(pictures - model.inverse_transform(model.transform(pictures)), examples, side)

        usually = (off_by(learned) ** 2).mean(0) + _FLOOR if candidate["weighed"] else np.ones(learned.shape[1])

        def errors(pictures: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            inside = model.transform(pictures)
            off = (off_by(pictures) ** 2 / usually).mean(1)
            return off, (inside**2 / np.maximum(model.explained_variance_, 1e-12)).mean(1)

        usual, far = (float(each.mean()) for each in errors(learned))
        found = []
        for own in rows:
            off, place = errors(every[own])
            found.append(score(off / usual + (place / far if candidate["place"] else 0.0), 1.0))
        return found


BASELINE = PcaReconstruction()
