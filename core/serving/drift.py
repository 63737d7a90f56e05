"""How far the rows that a service is asked about have moved from those that its networks learned from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from core.contracts import Column, ColumnKind, UseCase
from core.contracts.going_live import LARGE, MODERATE, PREDICTION

_BINS, _MOST_NAMES = 10, 20
_LEAST_ROWS = 100  # below, chance alone moves the index by as much as a shift would
_SMALLEST = 1e-4  # a share of nothing has no logarithm


@dataclass(slots=True)
class Counts:
    """Of one feature: the share of training rows in each bin, (B,), and how many asked rows have fallen there, (B,).
    The last bin is of missing values, the one before it of what no training row held. edges: between bins of a
    number; names: of a category's bins."""

    learned: np.ndarray
    edges: np.ndarray | None = None
    names: tuple[str, ...] = ()
    asked: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self.asked = np.zeros(len(self.learned), dtype=np.int64)

    @classmethod
    def of(cls, values: pd.Series, *, is_name: bool) -> Counts:
        """Of training values: names, the rarest together, or numbers in tenths."""
        present = values.dropna()
        if is_name:
            names = tuple(str(name) for name in present.astype(str).value_counts().index[:_MOST_NAMES])
            found = cls(np.zeros(len(names) + 2), names=names)
        else:
            numbers = present.to_numpy(dtype=float)
            inner = np.unique(np.quantile(numbers, np.linspace(0, 1, _BINS + 1))) if len(numbers) else np.zeros(2)
            found = cls(np.zeros(len(inner) + 1), edges=inner)
        found.learned = found.places(values) / max(1, len(values))
        return found

    def places(self, values: pd.Series) -> np.ndarray:
        """How many of some values fall into each bin, (B,)."""
        bins, missing = len(self.learned), values.isna().to_numpy()
        present = values[~missing]
        if self.edges is None:
            known = {name: place for place, name in enumerate(self.names)}
            where = np.array([known.get(str(value), bins - 2) for value in present], dtype=np.int64)
        else:
            numbers = present.to_numpy(dtype=float)
            inside = (numbers >= self.edges[0]) & (numbers <= self.edges[-1])
            between = np.searchsorted(self.edges[1:-1], numbers, side="right")
            where = np.where(inside, between, bins - 2)
        counted = np.bincount(where, minlength=bins)
        counted[-1] += int(missing.sum())
        return counted

    def add(self, values: pd.Series) -> None:
        """Count what was asked."""
        self.asked += self.places(values)

    def told(self) -> dict[str, Any]:
        """Shares of missing values and of those never seen, the population stability index, and what it is called."""
        rows = int(self.asked.sum())
        shares = self.asked / max(1, rows)
        index = None if rows < _LEAST_ROWS else stability_index(self.learned, shares)
        return {
            "missing": round(float(shares[-1]), 4),
            "missing_in_training": round(float(self.learned[-1]), 4),
            "never_seen": round(float(shares[-2]), 4),
            "stability_index": None if index is None else round(index, 4),
            "shift": _called(index),
        }


def stability_index(before: np.ndarray, now: np.ndarray) -> float:
    """The population stability index of two distributions over the same bins, (B,) shares each: the sum of the
    differences times the logarithm of the ratios. 0 where they are the same."""
    a, b = np.maximum(before, _SMALLEST), np.maximum(now, _SMALLEST)
    return float(((b - a) * np.log(b / a)).sum())


def _called(index: float | None) -> str:
    if index is None:
        return "too few rows"
    return "none" if index < MODERATE else "moderate" if index < LARGE else "large"


class Drift:
    """Counters of one service, from its start. Not for several threads."""

    def __init__(self, use_case: UseCase, training: pd.DataFrame, predicted: np.ndarray) -> None:
        """training: the features of the rows that networks learned from; predicted: what they say of held-out rows,
        (N,)."""
        self.columns: tuple[Column, ...] = use_case.columns
        self.counts: Mapping[str, Counts] = {
            c.name: Counts.of(training[c.name], is_name=c.kind is ColumnKind.CATEGORY) for c in self.columns
        } | {PREDICTION: Counts.of(pd.Series(predicted), is_name=False)}
        self.rows = 0

    def add(self, table: pd.DataFrame, predicted: np.ndarray) -> None:
        """Count rows (N, columns) and what was said of them, (N,)."""
        self.rows += len(table)
        for name, counts in self.counts.items():
            counts.add(pd.Series(predicted) if name == PREDICTION else table[name])

    def told(self) -> dict[str, Any]:
        """What has moved, the most first."""
        each = [{"name": name, **counts.told()} for name, counts in self.counts.items() if name != PREDICTION]
        each.sort(key=lambda one: -(one["stability_index"] or 0.0))
        return {
            "rows": self.rows,
            "least_rows": _LEAST_ROWS,
            "features": each,
            PREDICTION: self.counts[PREDICTION].told(),
            "moderate_from": MODERATE,
            "large_from": LARGE,
        }
