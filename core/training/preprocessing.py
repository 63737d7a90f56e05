"""From feature tables to numbers, fitted on training rows only. Plain numpy; saved as JSON and arrays, never pickle."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtri

from core.contracts import Column, ColumnKind, Image, TableInputs
from core.errors import UserError
from core.kinds.targets import size_of

NUM_QUANTILES = 200
_QUANTILE_CLIP = 3.0  # standard deviations; the ends of a quantile transform are infinite without one
_STANDARD_CLIP = 8.0
_PRIOR_ROWS = 20.0  # a category's rate is drawn towards the mean as if it had so many average rows more


@dataclass(frozen=True, kw_only=True, slots=True)
class Preprocessing:
    """Fitted on one fold. numeric: transformed, the median where missing, and one 0/1 column for each feature that was
    missing in training. category: codes from 1, 0 for missing or never seen.

    fitted: per numeric feature its quantiles, or median, mean and standard deviation. rates: per category feature the
    standardised mean target of each code's training rows, drawn towards the mean of all where rows are few; empty
    unless asked for. target_center, target_scale: of the first target column, which may be a multiple of the feature
    `relative_to`; further columns are as they are. image: its pixels have one scale, and none may be missing. text: its
    tokens have one vocabulary.
    """

    method: str
    numeric: tuple[str, ...]
    missing: tuple[str, ...]
    categories: dict[str, tuple[str, ...]]
    fitted: dict[str, np.ndarray]
    rates: dict[str, np.ndarray]
    target_center: float
    target_scale: float
    relative_to: str = ""
    image: Image | None = None
    text: bool = False

    @property
    def inputs(self) -> TableInputs:
        return TableInputs(
            num_numeric=len(self.numeric) + len(self.missing) + len(self.rates),
            cardinalities=tuple(len(codes) + 1 for codes in self.categories.values()),
            image=self.image,
        )

    def transform(self, features: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        """Numeric (N, F) float32 and category codes (N, C) int64 of a feature table."""
        parts = [_transform(self.method, _numbers(features, n), self.fitted[n]) for n in self.numeric]
        parts += [np.isnan(_numbers(features, n)).astype(np.float32) for n in self.missing]
        codes = [_codes(features[n], known) for n, known in self.categories.items()]
        parts += [rate[c] for rate, c in zip(self.rates.values(), codes, strict=False)]
        rows = len(features)
        numeric = np.stack(parts, axis=1) if parts else np.zeros((rows, 0))
        category = np.stack(codes, axis=1) if codes else np.zeros((rows, 0))
        return numeric.astype(np.float32), category.astype(np.int64)

    def places(self, column: str) -> tuple[list[int], list[int]]:
        """Which of the numeric inputs and of the categories come from one column."""
        categories = list(self.categories)
        numeric = [*self.numeric, *self.missing, *self.rates]
        return (
            [place for place, name in enumerate(numeric) if name == column],
            [place for place, name in enumerate(categories) if name == column],
        )

    def training_rates(self, category_NC: np.ndarray, target_NT: np.ndarray) -> np.ndarray:
        """What the rates of training rows are in training, (N, C): of a row's code, from other rows than its own fifth,
        or the network would read its own answer (Micci-Barreca, 2001; cross-fitted as in scikit-learn)."""
        fifth = np.random.default_rng(0).permutation(len(target_NT)) % 5
        out = np.empty((len(target_NT), len(self.rates)))
        for c, whole in enumerate(self.rates.values()):
            for part in range(5):
                others, own = fifth != part, fifth == part
                rate = _rates(category_NC[others, c], target_NT[others, 0], len(whole))
                out[own, c] = rate[category_NC[own, c]]
        return out

    def scale(self, target_NT: np.ndarray) -> np.ndarray:
        """A target (N, T), already a multiple, as the network learns it."""
        scaled = target_NT.copy()
        scaled[:, 0] = (scaled[:, 0] - self.target_center) / self.target_scale
        return scaled

    def size(self, features: pd.DataFrame) -> np.ndarray | None:
        """What each row's prediction is a multiple of, (N,); None where predictions are in units already."""
        return size_of(self.relative_to, features) if self.relative_to else None

    def unscale(self, values: np.ndarray, size: np.ndarray | None = None) -> np.ndarray:
        """Predictions (N, O) in the target's units."""
        if self.target_center == 0 and self.target_scale == 1 and size is None:
            return values
        multiple = values * self.target_scale + self.target_center
        return multiple if size is None else multiple * size[:, None]

    def to_json(self) -> str:
        """Everything but the fitted numbers."""
        return json.dumps(
            {
                "method": self.method,
                "numeric": self.numeric,
                "missing": self.missing,
                "categories": dict.fromkeys(self.categories) if self.text else self.categories,
                "target_center": self.target_center,
                "target_scale": self.target_scale,
                "relative_to": self.relative_to,
                "image": None if self.image is None else asdict(self.image),
                "vocabulary": next(iter(self.categories.values())) if self.text else None,
            }
        )

    def arrays(self) -> dict[str, np.ndarray]:
        """The fitted numbers, for safetensors."""
        rates = {f"rate.{name}": values for name, values in self.rates.items()}
        return {name: np.ascontiguousarray(values, dtype=np.float64) for name, values in (self.fitted | rates).items()}

    @classmethod
    def load(cls, text: str, arrays: dict[str, np.ndarray]) -> Preprocessing:
        """The inverse of to_json and arrays."""
        raw: dict[str, Any] = json.loads(text)
        image, vocabulary = raw.get("image"), raw.get("vocabulary")  # neither stood in older files
        return cls(
            method=raw["method"],
            numeric=tuple(raw["numeric"]),
            missing=tuple(raw["missing"]),
            categories={
                name: tuple(codes if vocabulary is None else vocabulary) for name, codes in raw["categories"].items()
            },
            fitted={name: np.asarray(arrays[name]) for name in raw["numeric"]},
            rates={n: np.asarray(arrays[f"rate.{n}"]) for n in raw["categories"] if f"rate.{n}" in arrays},
            target_center=float(raw["target_center"]),
            target_scale=float(raw["target_scale"]),
            relative_to=str(raw["relative_to"]),
            image=None if image is None else Image(**image),
            text=vocabulary is not None,
        )


def fit(
    columns: Sequence[Column],
    train_features: pd.DataFrame,
    train_target: np.ndarray,
    *,
    method: str,
    scale_target: bool,
    relative_to: str = "",
    target_encoding: bool = False,
    image: Image | None = None,
    text: bool = False,
) -> Preprocessing:
    """Fit on the training rows of one fold: features (N, F), target (N, T), already multiples where it is relative.
    method: log, standard or quantile. target_encoding: whether categories also enter as rates. image, text: what the
    columns are together. Raises UserError for an image with a missing pixel, and for a text with rates."""
    numeric = tuple(c.name for c in columns if c.kind is not ColumnKind.CATEGORY)
    values = {name: _numbers(train_features, name) for name in numeric}
    fitted = _fit_image(method, values) if image else {name: _fit(method, values[name]) for name in numeric}
    if text and target_encoding:
        raise UserError("A text's tokens enter as embeddings alone; target_encoding is on. Set it to off.")
    learned = train_target[:, 0]
    varies = scale_target and np.ptp(learned) > 0
    categories = {
        c.name: tuple(sorted(str(v) for v in train_features[c.name].dropna().unique()))
        for c in columns
        if c.kind is ColumnKind.CATEGORY
    }
    if text:
        vocabulary = tuple(sorted({code for codes in categories.values() for code in codes}))
        categories = dict.fromkeys(categories, vocabulary)
    return Preprocessing(
        method=method,
        numeric=numeric,
        missing=tuple(name for name in numeric if np.isnan(values[name]).any()),
        categories=categories,
        fitted=fitted,
        rates={
            name: _rates(_codes(train_features[name], known), learned, len(known) + 1)
            for name, known in categories.items()
            if target_encoding
        },
        target_center=float(learned.mean()) if scale_target else 0.0,
        target_scale=float(learned.std()) if varies else 1.0,
        relative_to=relative_to,
        image=image,
        text=text,
    )


def _fit_image(method: str, values: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """One scale for all pixels: each with its own would blow up the noise of an edge that is nearly always empty."""
    incomplete = next((name for name, of_pixel in values.items() if np.isnan(of_pixel).any()), None)
    if incomplete is not None:
        raise UserError(
            "An image has all its pixels; {incomplete!r} is missing in some rows. Fill it or drop the rows.",
            incomplete=incomplete,
        )
    return dict.fromkeys(values, _fit(method, np.concatenate(list(values.values()))))


def _numbers(features: pd.DataFrame, name: str) -> np.ndarray:
    return features[name].to_numpy(dtype=np.float64, na_value=np.nan)


def _fit(method: str, values: np.ndarray) -> np.ndarray:
    present = values[~np.isnan(values)]
    if len(present) == 0:
        return np.array([0.0, 0.0, 1.0])
    if method == "quantile":
        return np.quantile(present, np.linspace(0, 1, min(NUM_QUANTILES, max(2, len(present)))))
    seen = _squash(present) if method == "log" else present
    deviation = seen.std() if seen.min() < seen.max() else 1.0  # of a constant, rounding makes it tiny, not 0
    return np.array([np.median(seen), seen.mean(), deviation])


def _transform(method: str, values: np.ndarray, fitted: np.ndarray) -> np.ndarray:
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


def _rates(codes: np.ndarray, target: np.ndarray, count: int) -> np.ndarray:
    """The mean target of each code, in standard deviations of the target; (count,)."""
    rows, total = np.bincount(codes, minlength=count), np.bincount(codes, target, count)
    spread = target.std() if np.ptp(target) > 0 else 1.0
    return (total - rows * target.mean()) / (rows + _PRIOR_ROWS) / spread


def _codes(values: pd.Series, known: tuple[str, ...]) -> np.ndarray:
    names, each = pd.factorize(values)  # few names, many rows; -1 where missing: a category may be called "nan"
    index = {code: i + 1 for i, code in enumerate(known)}
    of_name = np.array([*(index.get(str(name), 0) for name in each), 0], np.int64)
    return of_name[names]
