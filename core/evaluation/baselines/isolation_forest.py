"""How few random cuts set a picture apart from those that belong (scikit-learn)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from core.contracts import Column, Examples, Task
from core.evaluation.baselines._anomalies import FitsOneClass, belonging, pixels, smoothed


@dataclass(frozen=True, slots=True)
class IsolationForestOfPictures(FitsOneClass):
    """Trees that cut at random places of random pixels: what stands alone after few cuts is strange (Liu et al.,
    2008). The score is the paper's own. side: pixels are means over neighbourhoods so wide."""

    name: str = "isolation_forest"
    title: str = "Isolation forest"
    candidates: tuple[Mapping[str, Any], ...] = tuple(
        {"trees": 200, "pictures": count, "side": side} for side, count in product((1, 3, 5), (256, 700))
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
        from sklearn.ensemble import IsolationForest

        every = smoothed(pixels(examples), examples, int(candidate["side"]))
        learned = every[belonging(examples, train)]
        model = IsolationForest(
            n_estimators=int(candidate["trees"]),
            max_samples=min(int(candidate["pictures"]), len(learned)),
            random_state=seed,
        ).fit(learned)
        return [-model.score_samples(every[own])[:, None] for own in rows]


BASELINE = IsolationForestOfPictures()
