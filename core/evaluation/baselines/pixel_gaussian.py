"""Pictures from one normal distribution along the directions in which training pictures differ most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.evaluation.baselines._drawn_pictures import Directions, DrawsPictures


@dataclass(frozen=True, kw_only=True, slots=True)
class PixelGaussian(DrawsPictures):
    """A principal component analysis, and a normal distribution as wide as the training pictures lie along it."""

    name: str = "pixel_gaussian"
    title: str = "One bell curve over pictures"
    candidates: tuple[Mapping[str, Any], ...] = tuple({"components": c} for c in (64, 8, 16, 32, 128))

    def drawn(
        self, pixels_NP: np.ndarray, count: int, candidate: Mapping[str, Any], rng: np.random.Generator
    ) -> np.ndarray:
        """Drawn along each direction by itself."""
        found = Directions.of(pixels_NP, int(candidate["components"]))
        return found.pixels(rng.standard_normal((count, len(found.axes))) * found.places.std(0))


BASELINE = PixelGaussian()
