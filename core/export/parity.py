"""Whether what is taken away says the same as the run: the largest difference over held-out rows, and how many."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.export.subject import Subject
from core.training.ensemble import Ensemble
from core.training.losses import ShowsPictures, SpeaksAsOne

if TYPE_CHECKING:
    import pandas as pd

ROWS = 256


@dataclass(frozen=True, kw_only=True, slots=True)
class Parity:
    """Largest differences over `rows` held-out rows, as shares of a number where it is larger than 1. largest: to what
    our own networks say, each by itself; kept: of the mean to what the run's file keeps of these rows; None for boxes,
    of which one that was a hair surer stands elsewhere in the list, and for made pictures, which no file keeps."""

    rows: int
    networks: int
    largest: float
    kept: float | None

    def to_json(self) -> dict[str, float | int | None]:
        return asdict(self)


def parity(subject: Subject, rows: np.ndarray, each_KNO: np.ndarray) -> Parity:
    """Compare what each network was found to say of some tested rows."""
    features, arrays = subject.examples.features.iloc[rows], subject.examples.arrays_of(rows)
    own = own_words(subject.ensemble, features, arrays)
    has_mean = not isinstance(subject.ensemble.loss, SpeaksAsOne | ShowsPictures)
    return Parity(
        rows=len(rows),
        networks=len(subject.ensemble.fold_of),
        largest=_apart(each_KNO, own),
        kept=_apart(held_out_mean(subject, rows, each_KNO), subject.kept(rows)) if has_mean else None,
    )


def own_words(ensemble: Ensemble, features: pd.DataFrame, arrays: Mapping[str, np.ndarray]) -> np.ndarray:
    """What our own networks say of some rows, each by itself, (K, N, O); the pictures of those that make some."""
    if not isinstance(ensemble.loss, ShowsPictures):
        return ensemble.predict(features, arrays=arrays)
    import torch

    read = ensemble.inputs(features, None, arrays)
    place = [read.folds.index(fold) for fold in ensemble.fold_of]
    with torch.inference_mode():
        given = {name: tensor[place] for name, tensor in read.tensors.items()}
        raw = ensemble.model.forward(ensemble.params, given, ensemble.settings)
        found: np.ndarray = ensemble.loss.pictures(raw).double().numpy()
    return found


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
