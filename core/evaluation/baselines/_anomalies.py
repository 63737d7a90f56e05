"""What simple methods share that learn one kind of picture alone: its rows, pixels from 0 to 1, scores from 0 to 1."""

from __future__ import annotations

import numpy as np

from core.contracts import Examples
from core.evaluation.baselines._pictures import pictures_of
from core.kinds import with_form
from core.kinds.anomaly_form import AnomalyScore

_LEAST = 1e-12


class FitsOneClass:
    """A simple method for every kind whose predictions are anomaly scores."""

    __slots__ = ()

    @property
    def kinds(self) -> tuple[str, ...]:
        """The names of those kinds."""
        return with_form(AnomalyScore)


def pixels(examples: Examples) -> np.ndarray:
    """The pictures, (N, numbers) in 32 bits; bytes from 0 to 1."""
    found = pictures_of(examples)
    most = 255.0 if found.dtype == np.uint8 else 1.0
    flat: np.ndarray = found.reshape(len(found), -1).astype(np.float32) / np.float32(most)
    return flat


def smoothed(flat: np.ndarray, examples: Examples, side: int) -> np.ndarray:
    """Pictures (n, numbers), or errors of them, as means over neighbourhoods of so many pixels; black outside."""
    from scipy.ndimage import uniform_filter

    if side == 1:
        return flat
    whole = flat.reshape(len(flat), *pictures_of(examples).shape[1:])
    means: np.ndarray = uniform_filter(whole, (0, side, side, 0), mode="constant").reshape(flat.shape)
    return means


def belonging(examples: Examples, rows: np.ndarray) -> np.ndarray:
    """Those of some rows that belong: validation rows hold strays, of which nothing may be learned."""
    chosen: np.ndarray = rows[examples.target.iloc[rows, 0].to_numpy() == 0]
    return chosen


def score(error: np.ndarray, usual: float) -> np.ndarray:
    """Errors (n,) from 0 up as anomaly scores (n, 1): a half where one is as large as is usual."""
    found: np.ndarray = (error / (error + max(usual, _LEAST)))[:, None].astype(np.float64)
    return found
