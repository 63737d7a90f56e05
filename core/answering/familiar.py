"""How far rows lie from those learned from: their nearest one, and their oddest field. Knows no network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.answering.senses import Sense
from core.contracts import ArrayInput, ColumnKind, InputKind, UseCase

if TYPE_CHECKING:
    import pandas as pd

_NEIGHBOURS = 3000  # of the learned rows, among which the nearest is looked for
_MOST_NAMES = 20
_BLOCKS = 8  # along each side of a picture
_RAREST = 0.01  # a number's place among all: an extreme one is no news, one that lies far beyond them is
_SEED = 0


@dataclass(frozen=True, slots=True)
class _Numbers:
    """One number of each row, as the learned ones had it: sorted, the share without it, and its middle and width."""

    learned: np.ndarray
    missing: float
    middle: float
    width: float

    @classmethod
    def of(cls, values: np.ndarray) -> _Numbers:
        present = np.sort(values[np.isfinite(values)])
        if not len(present):
            return cls(present, 1.0, 0.0, 1.0)
        low, middle, high = np.quantile(present, [0.05, 0.5, 0.95])
        width = (high - low) / 3.29 or float(present.std()) or 1.0  # of a normal curve: a standard deviation
        return cls(present, 1 - len(present) / len(values), float(middle), float(width))

    def placed(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Two coordinates (N, 2) of values (N,), and how rare each is, (N,): what is far out counts by its logarithm,
        so that one number alone does not hide all others."""
        absent, count = ~np.isfinite(values), len(self.learned) + 1
        there = np.where(absent, self.middle, values)
        at = np.arcsinh((there - self.middle) / self.width)
        if len(self.learned):
            below = np.searchsorted(self.learned, there, side="right") / count
            above = 1 - np.searchsorted(self.learned, there, side="left") / count
            outside = np.maximum(self.learned[0] - there, there - self.learned[-1]) / self.width
            odd = -np.log(np.clip(np.minimum(below, above), _RAREST, 1)) + 2 * np.log1p(np.maximum(outside, 0.0))
        else:
            odd = np.full(len(values), np.log(count))
        odd = np.where(absent, -np.log(max(self.missing, 1 / (count + 1))), odd)
        gap = (absent - self.missing) / np.sqrt(self.missing * (1 - self.missing) + 0.01)
        return np.stack([at, gap], axis=1), odd


@dataclass(frozen=True, slots=True)
class _Names:
    """A name of each row: the share of learned rows that had each, the commonest first."""

    shares: Mapping[str, float]
    rows: int

    @classmethod
    def of(cls, values: pd.Series) -> _Names:
        shares = values.astype(str).where(values.notna(), "").value_counts(normalize=True)
        return cls({str(name): float(share) for name, share in shares.items()}, len(values))

    def placed(self, values: pd.Series) -> tuple[np.ndarray, np.ndarray]:
        """A coordinate for each of the commonest names, and how rare each is, (N,)."""
        names, rare = values.astype(str).where(values.notna(), "").to_numpy(), 1 / (self.rows + 1)
        share = np.array([self.shares.get(name, 0.0) for name in names])
        common = list(self.shares)[:_MOST_NAMES]
        at = np.stack([names == name for name in common], axis=1).astype(float)
        return at, -np.log(np.maximum(share, rare))


@dataclass(frozen=True, kw_only=True, slots=True)
class Familiar:
    """Rows that were learned from. numbers, names: of each field; near (n, D): some of the rows by their coordinates,
    each coordinate counting as the spread of all."""

    use_case: UseCase
    numbers: Mapping[str, _Numbers]
    names: Mapping[str, _Names]
    near: np.ndarray

    @classmethod
    def of(cls, use_case: UseCase, features: pd.DataFrame, arrays: Mapping[str, np.ndarray]) -> Familiar:
        """Of learned rows: features (n, F) and arrays (n, ...)."""
        numbers = {name: _Numbers.of(values) for name, values in _numbers(use_case, features, arrays).items()}
        names = {c.name: _Names.of(features[c.name]) for c in use_case.columns if c.kind is ColumnKind.CATEGORY}
        found = cls(use_case=use_case, numbers=numbers, names=names, near=np.zeros((0, 0)))
        some = np.random.default_rng(_SEED).permutation(len(features))[:_NEIGHBOURS]
        chosen = {name: values[some] for name, values in arrays.items()}
        near, _odd = found._placed(features.iloc[some], chosen)
        return cls(use_case=use_case, numbers=numbers, names=names, near=near)

    def strangeness(self, features: pd.DataFrame, arrays: Mapping[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """Of rows: the distance to the nearest of those learned from, and how rare their oddest field is, (N,) each."""
        at, odd = self._placed(features, arrays)
        squares = (at**2).sum(1)[:, None] - 2 * at @ self.near.T + (self.near**2).sum(1)
        return np.sqrt(np.maximum(squares.min(1), 0.0)), odd

    def _placed(self, features: pd.DataFrame, arrays: Mapping[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        numbers = _numbers(self.use_case, features, arrays)
        each = [self.numbers[name].placed(values) for name, values in numbers.items()]
        each += [known.placed(features[name]) for name, known in self.names.items()]
        odd = np.stack([odd for _at, odd in each], axis=1).max(1)
        return np.concatenate([at for at, _odd in each], axis=1), odd


def _numbers(use_case: UseCase, features: pd.DataFrame, arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Every number that tells what a row is like, (N,) each, by name: numeric fields, and of what stands beside the
    table some that describe it."""
    found = {
        c.name: features[c.name].to_numpy(dtype=float, na_value=np.nan)
        for c in use_case.columns
        if c.kind is not ColumnKind.CATEGORY
    }
    for array in use_case.arrays:
        if array.name in arrays:
            described = _described(array, arrays[array.name])
            found |= {f"{array.name}.{place}": described[:, place] for place in range(described.shape[1])}
    return found


def _described(array: ArrayInput, values: np.ndarray) -> np.ndarray:
    """What an array is like, (N, D): of a picture or a spectrogram how bright its blocks are and how uneven, of a sound
    its loudness too, of a series its level, spread and steps, of tokens how many there are of the commonest."""
    if array.kind is InputKind.IMAGE:
        return _blocks(values.astype(np.float32))
    if array.mel:
        loud = np.log(np.abs(values.astype(np.float32)).mean(1, keepdims=True) + 1)
        return np.concatenate([_blocks(Sense(array).compared(values).astype(np.float32)), loud], axis=1)
    if array.kind is InputKind.TOKENS:
        return np.stack([(values == code).sum(1) for code in range(min(_MOST_NAMES, len(array.vocabulary)) + 1)], 1)
    series = values.astype(float).reshape(len(values), values.shape[1], -1)
    steps = np.diff(series, axis=1)
    told = [np.nan_to_num(part) for part in (series[:, -1], series.mean(1), series.std(1), np.abs(steps).mean(1))]
    return np.concatenate(told, axis=1)


def _blocks(pictures: np.ndarray) -> np.ndarray:
    """Pictures (N, H, W, ...) as the mean of each block, how much neighbours differ there, and each channel's mean."""
    whole = pictures.reshape(*pictures.shape[:3], -1)
    grey = whole.mean(-1)
    rough = np.zeros_like(grey)
    rough[:, 1:, 1:] = np.abs(grey[:, 1:, 1:] - grey[:, :-1, 1:]) + np.abs(grey[:, 1:, 1:] - grey[:, 1:, :-1])
    rows, columns = (np.linspace(0, size, _BLOCKS + 1).astype(int)[:-1] for size in grey.shape[1:])

    def summed(values: np.ndarray) -> np.ndarray:
        found: np.ndarray = np.add.reduceat(np.add.reduceat(values, rows, axis=1), columns, axis=2)
        return found.reshape(len(values), -1)

    return np.concatenate([summed(grey), np.log1p(summed(rough)), whole.mean((1, 2))], axis=1)
