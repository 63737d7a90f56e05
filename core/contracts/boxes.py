"""Boxes in pictures, as predictions and targets hold them: slots of a picture, each with class, score and four ends.

A prediction has FOUND slots, the surest first, a target KNOWN; ends are left, top, right and bottom as shares of the
picture. A slot without a box has score 0 in a prediction, and class -1 in a target. Plain numpy, imported when used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.contracts.task import Detection, Task
from core.errors import UserError

if TYPE_CHECKING:
    import numpy as np

FOUND, KNOWN = 48, 32
ALIKE = 0.5  # the intersection over union from which a box is the same thing (Everingham et al., 2010)
_OF_FOUND = ("class", "score", "left", "top", "right", "bottom")
_OF_KNOWN = ("class", "left", "top", "right", "bottom")


def output_names() -> tuple[str, ...]:
    """The outputs of a task of boxes, in order."""
    return tuple(f"box{slot:02d}_{name}" for slot in range(FOUND) for name in _OF_FOUND)


def target_names() -> tuple[str, ...]:
    """The target columns of a task of boxes, in order."""
    return tuple(f"box{slot:02d}_{name}" for slot in range(KNOWN) for name in _OF_KNOWN)


def detection_of(task: Task) -> Detection:
    """What the task looks for; raises UserError where it does not say."""
    if task.detection is None:
        raise UserError("Boxes are of classes, in a grid of places; the task has no `detection`. Declare it.")
    return task.detection


@dataclass(frozen=True, slots=True)
class Found:
    """The boxes of predictions (..., O): kind (..., S) the class, score (..., S), ends (..., S, 4)."""

    kind: np.ndarray
    score: np.ndarray
    ends: np.ndarray

    @classmethod
    def of(cls, prediction: np.ndarray) -> Found:
        slots = prediction.reshape(*prediction.shape[:-1], -1, len(_OF_FOUND))
        return cls(slots[..., 0].round().astype(int), slots[..., 1], slots[..., 2:])


@dataclass(frozen=True, slots=True)
class Known:
    """The boxes of targets (..., T): kind (..., G) the class, -1 where there is none; ends (..., G, 4)."""

    kind: np.ndarray
    ends: np.ndarray

    @classmethod
    def of(cls, target: np.ndarray) -> Known:
        slots = target.reshape(*target.shape[:-1], -1, len(_OF_KNOWN))
        return cls(slots[..., 0].round().astype(int), slots[..., 1:])

    def counts(self, classes: int) -> np.ndarray:
        """How many there are of each class, (..., C)."""
        import numpy as np

        return np.stack([(self.kind == one).sum(-1) for one in range(classes)], axis=-1)


def counts(prediction: np.ndarray, classes: int, score: float | np.ndarray) -> np.ndarray:
    """How many boxes of each class reach a score, (..., C). score: one, or (C,) one a class."""
    import numpy as np

    found, least = Found.of(prediction), np.broadcast_to(score, (classes,))
    return np.stack(
        [((found.kind == one) & (found.score >= least[one]) & (found.score > 0)).sum(-1) for one in range(classes)],
        axis=-1,
    )


def overlap(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Intersection over union of boxes (..., S, 4) and (..., G, 4): (..., S, G)."""
    import numpy as np

    a, b = one[..., :, None, :], other[..., None, :, :]
    shared = np.clip(np.minimum(a[..., 2:], b[..., 2:]) - np.maximum(a[..., :2], b[..., :2]), 0, None).prod(-1)
    union = _area(a) + _area(b) - shared
    found: np.ndarray = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    return found


def _area(ends: np.ndarray) -> np.ndarray:
    import numpy as np

    area: np.ndarray = np.clip(ends[..., 2:] - ends[..., :2], 0, None).prod(-1)
    return area


def matched(prediction_NO: np.ndarray, target_NT: np.ndarray) -> np.ndarray:
    """Which known box each found one is, (N, S), -1 for a false alarm: the surest found box takes the known one of its
    class that it overlaps most, of those left, by half of their union or more."""
    import numpy as np

    found, known = Found.of(prediction_NO), Known.of(target_NT)
    alike = overlap(found.ends, known.ends)
    alike[(found.kind[:, :, None] != known.kind[:, None, :]) | (found.score <= 0)[:, :, None]] = 0.0
    chosen, rows = np.full(found.kind.shape, -1), np.arange(len(prediction_NO))
    for slot in range(found.kind.shape[1]):
        best = alike[:, slot].argmax(1)
        is_it = alike[rows, slot, best] >= ALIKE
        chosen[is_it, slot] = best[is_it]
        alike[rows[is_it], :, best[is_it]] = 0.0
    return chosen


def packed(pictures: Sequence[tuple[np.ndarray, np.ndarray, np.ndarray]]) -> np.ndarray:
    """Boxes of some pictures as predictions (N, O), the surest of each. Of each: kind (n,), score (n,), ends (n, 4)."""
    import numpy as np

    slots = np.zeros((len(pictures), FOUND, len(_OF_FOUND)))
    for row, (kind, score, ends) in enumerate(pictures):
        order = np.argsort(-score, kind="stable")[:FOUND]
        slots[row, : len(order)] = np.c_[kind[order], score[order], ends[order]]
    return slots.reshape(len(pictures), -1)


def targets(pictures: Sequence[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """Known boxes of some pictures as targets (N, T). Of each: kind (n,), ends (n, 4). Raises UserError where a picture
    has more than a target holds."""
    import numpy as np

    slots = np.zeros((len(pictures), KNOWN, len(_OF_KNOWN)))
    slots[:, :, 0] = -1
    for row, (kind, ends) in enumerate(pictures):
        if len(kind) > KNOWN:
            raise UserError(
                "A picture has at most {most} known boxes; one has {boxes}. Cut such pictures in parts.",
                most=KNOWN,
                boxes=len(kind),
            )
        slots[row, : len(kind)] = np.c_[kind, ends]
    return slots.reshape(len(pictures), -1)


def without_repeats(
    kind: np.ndarray, score: np.ndarray, ends: np.ndarray, most: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The boxes of a picture, the surest first, without those that overlap a surer one of their class by more than so
    much: non-maximum suppression."""
    import numpy as np

    order = np.argsort(-score, kind="stable")
    kind, score, ends = kind[order], score[order], ends[order]
    alike, kept = overlap(ends, ends), np.ones(len(kind), dtype=bool)
    for place in range(len(kind)):
        if kept[place]:
            kept[place + 1 :] &= ~((alike[place, place + 1 :] > most) & (kind[place + 1 :] == kind[place]))
    return kind[kept], score[kept], ends[kept]
