"""Pictures from many normal distributions, one for each heap of like training pictures (scikit-learn's k-means)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.evaluation.baselines._drawn_pictures import Directions, DrawsPictures

_LEAST_ROWS = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class PixelMixture(DrawsPictures):
    """A mixture of normal distributions is a strong simple maker of pictures (Richardson and Weiss, 2018): here each
    heap of k-means, in principal components, gets the mean and the covariance of its own pictures."""

    name: str = "pixel_mixture"
    title: str = "Many bell curves over pictures"
    candidates: tuple[Mapping[str, Any], ...] = tuple(
        {"heaps": h, "components": c} for h, c in ((30, 32), (10, 32), (100, 32), (100, 64), (300, 32))
    )

    def drawn(
        self, pixels_NP: np.ndarray, count: int, candidate: Mapping[str, Any], rng: np.random.Generator
    ) -> np.ndarray:
        """A heap by its size, then a place in it."""
        from sklearn.cluster import MiniBatchKMeans

        found = Directions.of(pixels_NP, int(candidate["components"]))
        heaps = min(int(candidate["heaps"]), len(pixels_NP) // _LEAST_ROWS)
        label = MiniBatchKMeans(heaps, n_init=1, random_state=int(rng.integers(2**31))).fit_predict(found.places)
        sizes = np.bincount(label, minlength=heaps)
        chosen = rng.choice(heaps, count, p=sizes / sizes.sum())
        places = np.empty((count, found.places.shape[1]))
        for heap in np.unique(chosen):
            own, wanted = found.places[label == heap].astype(np.float64), chosen == heap
            spread = np.cov(own.T) if len(own) > _LEAST_ROWS else np.zeros((own.shape[1],) * 2)
            values, axes = np.linalg.eigh(np.atleast_2d(spread))
            width = np.sqrt(np.maximum(values, 0))
            drawn = rng.standard_normal((int(wanted.sum()), own.shape[1]))
            places[wanted] = own.mean(0) + (drawn * width) @ axes.T
        return found.pixels(places)


BASELINE = PixelMixture()
