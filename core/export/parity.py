"""Whether what is taken away says the same as the run: the largest difference over held-out rows, and how many."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from core.export.subject import Subject
from core.training.losses import SpeaksAsOne

ROWS = 256


@dataclass(frozen=True, kw_only=True, slots=True)
class Parity:
    """Largest differences over `rows` held-out rows, as shares of a number where it is larger than 1. largest: to what
    our own networks say, each by itself; kept: of the mean to what the run's file keeps of these rows; None for boxes,
    of which one that was a hair surer stands elsewhere in the list."""

    rows: int
    networks: int
    largest: float
    kept: float | None

    def to_json(self) -> dict[str, float | int | None]:
        return asdict(self)


def parity(subject: Subject, rows: np.ndarray, each_KNO: np.ndarray) -> Parity:
    """Compare what each network was found to say of some tested rows."""
    features = subject.examples.features.iloc[rows]
    own = subject.ensemble.predict(features, arrays=subject.examples.arrays_of(rows))
    has_mean = not isinstance(subject.ensemble.loss, SpeaksAsOne)
    return Parity(
        rows=len(rows),
        networks=len(subject.ensemble.fold_of),
        largest=_apart(each_KNO, own),
        kept=_apart(held_out_mean(subject, rows, each_KNO), subject.kept(rows)) if has_mean else None,
    )


def held_out_mean(subject: Subject, rows: np.ndarray, each_KNO: np.ndarray) -> np.ndarray:
    """The mean of the networks that had not learned from each row, (N, O)."""
    found = np.empty(each_KNO.shape[1:])
    folds = subject.plan.folds
    voices = subject.ensemble.voices()
    for test in {fold.test_name for fold in folds}:
        same = [fold for fold in folds if fold.test_name == test]
        own = [k for k, fold in enumerate(voices) if folds[fold].test_name == test]
        here = np.isin(rows, same[0].test)
        found[here] = each_KNO[own][:, here].mean(0)
    return found


def _apart(found: np.ndarray, own: np.ndarray) -> float:
    return float((np.abs(found - own) / np.maximum(1.0, np.abs(own))).max())
