"""How a column, or an array beside the table, is put on a scale: fitted on training rows, then applied. Plain numpy."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from scipy.special import ndtri

from core.contracts import InputKind
from core.errors import UserError

NUM_QUANTILES = 200
_QUANTILE_CLIP = 3.0  # standard deviations; the ends of a quantile transform are infinite without one
_STANDARD_CLIP = 8.0
_PRIOR_ROWS = 20.0  # a category's rate is drawn towards the mean as if it had so many average rows more
_SUMMED_ROWS = 1024


def spread(values: np.ndarray) -> tuple[float, float]:
    """Centre and scale; 1 of a constant."""
    return float(values.mean()), float(values.std()) if np.ptp(values) > 0 else 1.0


def fit_array(kind: InputKind, values: np.ndarray) -> np.ndarray:
    """Centre and scale, (2, channels) of a series, else (2, 1): an image has one scale for all its pixels. Summed some
    rows at a time, so that large arrays are never copied whole."""
    axis = (0, 1) if kind is InputKind.SERIES else None

    def total(of: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        parts = range(0, len(values), _SUMMED_ROWS)
        each = (of(values[a : a + _SUMMED_ROWS].astype(np.float64)) for a in parts)
        return np.atleast_1d(sum(np.nansum(part, axis=axis) for part in each))

    known = np.maximum(total(lambda x: ~np.isnan(x)), 1)
    centre = total(lambda x: x) / known
    spread = np.sqrt(total(lambda x: (x - centre) ** 2) / known)
    least = 1e-12 * np.maximum(np.abs(centre), 1)  # of a constant, rounding makes it tiny, not 0
    return np.stack([centre, np.where(spread > least, spread, 1.0)])


def fit_image(method: str, values: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """One scale for all pixels: each with its own would blow up the noise of an edge that is nearly always empty."""
    incomplete = next((name for name, of_pixel in values.items() if np.isnan(of_pixel).any()), None)
    if incomplete is not None:
        raise UserError(
            "An image has all its pixels; {incomplete!r} is missing in some rows. Fill it or drop the rows.",
            incomplete=incomplete,
        )
    return dict.fromkeys(values, fit_column(method, np.concatenate(list(values.values()))))


def numbers_of(features: pd.DataFrame, name: str) -> np.ndarray:
    return features[name].to_numpy(dtype=np.float64, na_value=np.nan)


def fit_column(method: str, values: np.ndarray) -> np.ndarray:
    present = values[~np.isnan(values)]
    if len(present) == 0:
        return np.array([0.0, 0.0, 1.0])
    if method == "quantile":
        return np.quantile(present, np.linspace(0, 1, min(NUM_QUANTILES, max(2, len(present)))))
    seen = _squash(present) if method == "log" else present
    deviation = seen.std() if seen.min() < seen.max() else 1.0  # of a constant, rounding makes it tiny, not 0
    return np.array([np.median(seen), seen.mean(), deviation])


def transform_column(method: str, values: np.ndarray, fitted: np.ndarray) -> np.ndarray:
    if method == "quantile":
        return _to_normal(values, fitted)
    seen = _squash(values) if method == "log" else values
    median, mean, deviation = fitted
    standardised = (np.where(np.isnan(seen), median, seen) - mean) / deviation
    return np.clip(standardised, -_STANDARD_CLIP, _STANDARD_CLIP)


def _squash(values: np.ndarray) -> np.ndarray:
    """log(1 + |x|) with the sign of x: small differences between small numbers stay visible, large ones shrink."""
    return np.sign(values) * np.log1p(np.abs(values))


def _to_normal(values: np.ndarray, quantiles: np.ndarray) -> np.ndarray:
    """Quantile transform to a standard normal; ties get the middle of their ranks, as in scikit-learn, and so do
    ties at the ends, which scikit-learn sends to its clip."""
    levels = np.linspace(0, 1, len(quantiles))
    upward = np.interp(values, quantiles, levels)
    downward = -np.interp(-values, -quantiles[::-1], -levels[::-1])
    normal = np.clip(ndtri((upward + downward) / 2), -_QUANTILE_CLIP, _QUANTILE_CLIP)
    return np.where(np.isnan(values), 0.0, normal)


def rates_of(codes: np.ndarray, target: np.ndarray, count: int) -> np.ndarray:
    """The mean target of each code, in standard deviations of the target; (count,)."""
    rows, total = np.bincount(codes, minlength=count), np.bincount(codes, target, count)
    spread = target.std() if np.ptp(target) > 0 else 1.0
    return (total - rows * target.mean()) / (rows + _PRIOR_ROWS) / spread


def codes_of(values: pd.Series, known: tuple[str, ...]) -> np.ndarray:
    names, each = pd.factorize(values)  # few names, many rows; -1 where missing: a category may be called "nan"
    index = {code: i + 1 for i, code in enumerate(known)}
    of_name = np.array([*(index.get(str(name), 0) for name in each), 0], np.int64)
    return of_name[names]
