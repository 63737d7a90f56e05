"""Each pixel drawn by itself from what that pixel is in training pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.evaluation.baselines._drawn_pictures import DrawsPictures


@dataclass(frozen=True, kw_only=True, slots=True)
class IndependentPixels(DrawsPictures):
    """As if no pixel knew of its neighbour: the least that a method has to beat."""

    name: str = "independent_pixels"
    title: str = "Every pixel by itself"
    candidates: tuple[Mapping[str, Any], ...] = ({},)

    def drawn(
        self, pixels_NP: np.ndarray, count: int, candidate: Mapping[str, Any], rng: np.random.Generator
    ) -> np.ndarray:
        """Of each pixel that of a training picture of its own."""
        which = rng.integers(0, len(pixels_NP), (count, pixels_NP.shape[1]))
        return np.take_along_axis(pixels_NP, which, axis=0)


BASELINE = IndependentPixels()
