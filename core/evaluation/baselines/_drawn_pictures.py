"""What simple methods share that draw pictures at random: pixels of training pictures, and how drawn ones are seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.contracts import Column, Examples, Task
from core.evaluation.baselines._pictures import pictures_of
from core.kinds import with_form
from core.kinds.pictures_form import MadePictures


@dataclass(frozen=True, kw_only=True, slots=True)
class DrawsPictures:
    """Conforms to protocols.Baseline once it says how it draws."""

    name: str
    title: str
    candidates: tuple[Mapping[str, Any], ...]

    @property
    def kinds(self) -> tuple[str, ...]:
        """Those whose predictions are made pictures."""
        return with_form(MadePictures)

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
        """How the fixed classifier sees as many drawn pictures as there are rows (N, O), for each group of rows."""
        import torch

        from core import judge

        drawn = self.pictures(examples, train, [len(r) for r in rows], candidate, seed)
        return [judge.judged(torch.from_numpy(x)).numpy().astype(np.float64) for x in drawn]

    def pictures(
        self, examples: Examples, train: np.ndarray, counts: Sequence[int], candidate: Mapping[str, Any], seed: int
    ) -> list[np.ndarray]:
        """So many pictures (n, H, W) from 0 to 1, of what the training pictures tell."""
        known = pictures_of(examples)[train, ..., 0]
        shape = known.shape[1:]
        pixels = known.reshape(len(known), -1).astype(np.float32) / 255
        drawn = self.drawn(pixels, sum(counts), candidate, np.random.default_rng(seed))
        whole = drawn.clip(0, 1).astype(np.float32).reshape(-1, *shape)
        return np.split(whole, np.cumsum(counts)[:-1])

    def drawn(
        self, pixels_NP: np.ndarray, count: int, candidate: Mapping[str, Any], rng: np.random.Generator
    ) -> np.ndarray:
        """Pixels (count, P), which may lie beyond 0 and 1."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Directions:
    """Pictures along the directions in which they differ most: middle (P,), axes (C, P), places (N, C)."""

    middle: np.ndarray
    axes: np.ndarray
    places: np.ndarray

    @classmethod
    def of(cls, pixels_NP: np.ndarray, count: int) -> Directions:
        """The first `count` principal components."""
        middle = pixels_NP.mean(0)
        centred = pixels_NP - middle
        _values, axes = np.linalg.eigh((centred.T @ centred).astype(np.float64))
        axes = axes[:, ::-1][:, :count].T.astype(np.float32)
        return cls(middle, axes, centred @ axes.T)

    def pixels(self, places_NC: np.ndarray) -> np.ndarray:
        """The pictures that lie there."""
        found: np.ndarray = self.middle + places_NC.astype(np.float32) @ self.axes
        return found
