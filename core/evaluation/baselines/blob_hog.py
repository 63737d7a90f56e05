"""Blobs found by their brightness, told apart by their edges and colour: logistic regression on oriented gradients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.contracts import Column, Examples, Task
from core.contracts.boxes import ALIKE, detection_of, overlap, packed, without_repeats
from core.evaluation.baselines import _cells
from core.evaluation.baselines._pictures import oriented_gradients
from core.kinds import with_form
from core.kinds.boxes_form import Boxes

_CELL = 6  # pixels of a crop
_MOST = 30  # blobs of a picture and field
_LEAST = 0.01  # of an answer
_ALIKE = 0.45
_WIDER = (0.8, 1.0, 1.25)  # than the usual size: each blob is tried as small, usual and large
_CANDIDATES = ({"C": 0.01, "scales": 1.0}, {"C": 0.1, "scales": 1.0})


@dataclass(frozen=True, slots=True)
class BlobHog:
    """Conforms to protocols.Baseline. Blobs of each class's usual size are looked for in what takes green light
    and what is bluer; of each a box of that size is cut out; one that overlaps a known box by half is an example of
    its class, any other of none."""

    name: str = "blob_hog"
    title: str = "Blobs, told apart by their edges"
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
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        pictures, classes = _cells.colour_pictures(examples), len(detection_of(task).classes)
        known = _cells.known_boxes(task, examples, train)
        usual = [np.median(size, axis=0) for size in _cells.sizes(task, known) if len(size)]
        seen, labels = [], []
        for place, row in enumerate(train):
            ends = _proposed(pictures[row], usual, candidate["scales"])
            truth = known.ends[place][known.kind[place] >= 0]
            ends = np.r_[ends, truth]
            if not len(ends):
                continue
            alike = overlap(ends, truth)
            kind = known.kind[place][known.kind[place] >= 0]
            seen.append(_described(pictures[row], ends).astype(np.float32))
            if not len(truth):
                labels.append(np.full(len(ends), classes))
                continue
            best = alike.argmax(1)
            labels.append(np.where(alike[np.arange(len(ends)), best] >= ALIKE, kind[best], classes))
        model = make_pipeline(
            StandardScaler(), LogisticRegression(C=candidate["C"], max_iter=100, tol=0.01, random_state=seed)
        )
        model.fit(np.concatenate(seen), np.concatenate(labels))
        return [
            packed([_found(pictures[row], usual, candidate["scales"], model, classes) for row in group])
            for group in rows
        ]


def _proposed(picture: np.ndarray, usual: Sequence[np.ndarray], scales: float) -> np.ndarray:
    """Boxes (n, 4) in pixels around blobs; a blob has the radius of a Gaussian's scale times the root of two."""
    found = []
    for size in usual:
        sigma = float(size.mean()) / 2 / np.sqrt(2) * scales
        for field in (_cells.darkness(picture), _cells.stain(picture)):
            at = _cells.blobs(field, [sigma * factor for factor in _WIDER], _LEAST, _MOST)
            half = size / 2 * (at[:, 2:] / sigma)
            found.append(np.c_[at[:, :2] - half, at[:, :2] + half])
    height, width = picture.shape[:2]
    ends = np.clip(np.concatenate(found), 0, (width, height, width, height))
    is_whole = (ends[:, 2:] - ends[:, :2]).min(1) > 2
    kept: np.ndarray = ends[is_whole]
    return kept


def _described(picture: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Edges, colours of sixteen zones and size of each box, (n, numbers)."""
    cut = _cells.crops(picture, ends)
    zones = cut.reshape(len(cut), 4, cut.shape[1] // 4, 4, cut.shape[2] // 4, 3).mean((2, 4))
    size = np.log(np.maximum(ends[:, 2:] - ends[:, :2], 1.0))
    return np.c_[oriented_gradients(cut * 255, _CELL), zones.reshape(len(cut), -1), size]


def _found(
    picture: np.ndarray, usual: Sequence[np.ndarray], scales: float, model: Any, classes: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    ends = _proposed(picture, usual, scales)
    if not len(ends):
        return np.zeros(0, dtype=int), np.zeros(0), np.zeros((0, 4))
    chance = np.zeros((len(ends), classes + 1))
    chance[:, model.classes_] = model.predict_proba(_described(picture, ends))
    kind, score = chance[:, :classes].argmax(1), chance[:, :classes].max(1)
    kind, score, ends = without_repeats(kind, score, ends, _ALIKE)
    return kind, score, _cells.shares(ends, picture)


BASELINE = BlobHog()
