"""How predictions on held-out rows lie, as a few numbers an epoch: what a picture of a training shows move."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

BINS = 28
_FAR = 3.5  # log-odds from the usual ones, and spreads of the target: what lies beyond is in the last bin
_LEAST_CHANCE = 1e-6


@dataclass(frozen=True, kw_only=True, slots=True)
class Spread:
    """heaps: from predictions (n, O) and targets (n, T), both as networks learn them, shares of the rows in each bin:
    one heap (1, BINS), or those without the outcome and those with it (2, BINS). title, low, high: what is drawn, and
    the ends of its axis, as message ids."""

    heaps: Callable[[np.ndarray, np.ndarray], np.ndarray]
    title: str
    low: str
    high: str


def _by_outcome(predicted: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Log-odds beside those of the usual share, apart for rows in which it did not happen and in which it did."""
    import numpy as np

    chance = np.clip(predicted[:, 0], _LEAST_CHANCE, 1 - _LEAST_CHANCE)
    usual = np.clip(target[:, 0].mean(), _LEAST_CHANCE, 1 - _LEAST_CHANCE)
    above = np.log(chance / (1 - chance)) - np.log(usual / (1 - usual))
    happened = target[:, 0] > 0
    return np.stack([_shares(above[~happened]), _shares(above[happened])])


def _beside_what_belongs(predicted: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Log-odds of anomaly scores beside the usual one of what belongs, apart for what belongs and for strays."""
    import numpy as np

    score = np.clip(predicted[:, 0], _LEAST_CHANCE, 1 - _LEAST_CHANCE)
    odds, stray = np.log(score / (1 - score)), target[:, 0] > 0
    above = 2 * (odds - np.median(odds[~stray])) if (~stray).any() else odds
    return np.stack([_shares(above[~stray]), _shares(above[stray])])


def _errors(predicted: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The middle forecast minus what was, in spreads of what was."""
    error = predicted[:, predicted.shape[1] // 2] - target[:, 0]
    return _shares(error / max(float(target[:, 0].std()), 1e-9) * _FAR / 2)[None]


def _chance_of_the_right_one(predicted: np.ndarray, target: np.ndarray) -> np.ndarray:
    """What was given to the class that it was, from none to all."""
    import numpy as np

    right = predicted[np.arange(len(predicted)), target[:, 0].astype(int)]
    return _shares((2 * right - 1) * _FAR)[None]


def _shares(values: np.ndarray) -> np.ndarray:
    """Shares of the values in bins from -_FAR to _FAR; zeros where there are none. One that is no number is in none."""
    import numpy as np

    place = ((np.clip(np.nan_to_num(values, nan=np.inf), -_FAR, _FAR) + _FAR) / (2 * _FAR) * BINS).astype(int)
    counts = np.bincount(np.minimum(place, BINS - 1)[np.isfinite(values)], minlength=BINS)
    return np.asarray(counts / max(len(values), 1))


BY_OUTCOME = Spread(
    heaps=_by_outcome,
    title="Held-out rows: from one heap into two",
    low="less likely than usual",
    high="more likely than usual",
)
ERRORS = Spread(heaps=_errors, title="Held-out rows: how far off", low="forecast too low", high="too high")
RIGHT = Spread(
    heaps=_chance_of_the_right_one,
    title="Held-out rows: chance given to what it was",
    low="none",
    high="certain",
)
BY_ANOMALY = Spread(
    heaps=_beside_what_belongs,
    title="Held-out rows: from one heap into two",
    low="as usual",
    high="stranger",
)
