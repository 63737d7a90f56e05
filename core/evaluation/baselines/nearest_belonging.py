"""How far a picture lies from the most alike of those that belong (scikit-learn)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from core.contracts import Column, Examples, Task
from core.evaluation.baselines._anomalies import FitsOneClass, belonging, pixels, score, smoothed

_FLOOR = 0.01  # of a pixel's variance


@dataclass(frozen=True, slots=True)
class NearestBelonging(FitsOneClass):
    """Nothing is learned: the squared distance to the nearest pictures, in mean. side:
    pixels are means over neighbourhoods so wide. weighed: each pixel's over its
    variance, so that a bright spot where all others are black counts most."""

    name: str = "nearest_belonging"
    title: str = "Nearest pictures that belong"
    candidates: tuple[Mapping[str, Any], ...] = tuple(
        {"neighbours": count, "side": side, "weighed": weighed}
        for weighed, side, count in product((False, True), (1, 3, 5), (1, 3))
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
        from sklearn.neighbors import NearestNeighbors

        every = smoothed(pixels(examples), examples, int(candidate["side"]))
        known = belonging(examples, train)
        if candidate["weighed"]:
            every = every / np.sqrt(every[known].var(0) + _FLOOR)
        count = min(int(candidate["neighbours"]), len(known))
        model = NearestNeighbors(n_neighbors=count, algorithm="brute").fit(every[known])
        usual = float((every[known] - every[known].mean(0)).var(0).sum())
        return [score((model.kneighbors(every[own])[0] ** 2).mean(1), usual) for own in rows]


BASELINE = NearestBelonging()
