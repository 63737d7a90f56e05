"""Thresholds of colour, touching cells parted in the middle, and nothing learned but the usual sizes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.contracts import Column, Examples, Task
from core.contracts.boxes import packed, without_repeats
from core.evaluation.baselines import _cells
from core.kinds import with_form
from core.kinds.boxes_form import Boxes

_ALIKE = 0.45
_CANDIDATES = tuple(
    {"dark": dark, "stain": stain, "apart": apart}
    for dark in (0.8, 0.6)
    for stain in (0.7, 0.5, 0.35)
    for apart in (9, 6, 13)
)


@dataclass(frozen=True, slots=True)
class ColourThreshold:
    """What takes green light is a cell; touching ones are parted where they are as far from one's middle as from the
    other's. What is bluer is stained: large parts of it are one class, small ones another, by the sizes that training
    shows. A box is the surer, the nearer its size is to the usual one of its class. Conforms to protocols.Baseline."""

    name: str = "colour_threshold"
    title: str = "Colour threshold"
    candidates: tuple[Mapping[str, Any], ...] = _CANDIDATES

    @property
    def kinds(self) -> tuple[str, ...]:
        """Those whose predictions are boxes."""
        return with_form(Boxes)

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
        """Boxes (N, O) for each group of rows."""
        pictures = _cells.colour_pictures(examples)
        known = _cells.known_boxes(task, examples, train)
        usual = [_Usual.of(size) for size in _cells.sizes(task, known)]
        return [packed([_found(pictures[row], usual, candidate) for row in group]) for group in rows]


@dataclass(frozen=True, slots=True)
class _Usual:
    """The usual size of a class: the logarithm of the square root of a box's area, its mean and spread."""

    mean: float
    spread: float

    @classmethod
    def of(cls, size: np.ndarray) -> _Usual:
        if not len(size):
            return cls(0.0, 1.0)
        logs = np.log(np.sqrt(size.prod(1)))
        return cls(float(logs.mean()), float(logs.std()) + 0.05)

    def score(self, ends: np.ndarray) -> np.ndarray:
        side = np.log(np.sqrt((ends[:, 2:] - ends[:, :2]).prod(1)))
        score: np.ndarray = np.exp(-(((side - self.mean) / self.spread) ** 2) / 8)
        return score


def _found(
    picture: np.ndarray, usual: Sequence[_Usual], candidate: Mapping[str, Any]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The first class is the commonest, and is parted; a stained part is of the class that its size is most like."""
    stain, dark = _cells.stain(picture), _cells.darkness(picture)
    is_stained = stain > _cells.otsu(stain) * candidate["stain"]
    stained = _cells.ends_of(_cells.regions(is_stained)[1])
    is_dark = (dark > _cells.otsu(dark[~is_stained]) * candidate["dark"]) & ~is_stained
    plain = _cells.ends_of(_cells.parted(is_dark, candidate["apart"]))
    of_stained = np.stack([one.score(stained) for one in usual[1:]]) if len(usual) > 1 else np.zeros((1, len(stained)))
    kind = np.r_[np.zeros(len(plain), dtype=int), 1 + of_stained.argmax(0) if len(usual) > 1 else of_stained.argmax(0)]
    score = np.r_[usual[0].score(plain), of_stained.max(0)]
    kind, score, ends = without_repeats(kind, score, np.r_[plain, stained], _ALIKE)
    return kind, np.clip(score, 1e-3, 1.0), _cells.shares(ends, picture)


BASELINE = ColourThreshold()
