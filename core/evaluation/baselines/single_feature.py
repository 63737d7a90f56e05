"""The one number that decides best: each bin of a single feature says what its training rows did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from core.contracts import Column, ColumnKind, Examples, Task
from core.evaluation.baselines._by_form import FitsForms
from core.kinds import form_of
from core.kinds.forms import Chances, Form

_BINS = 20
_PRIOR_ROWS = 10.0


@dataclass(frozen=True, kw_only=True, slots=True)
class SingleFeature(FitsForms):
    """What a manager with one column of a spreadsheet would do. Which column: the one that fits its training rows best
    (log loss); so that there is nothing to tune."""

    name: str = "single_feature"
    title: str = "Best single feature"
    forms: ClassVar[tuple[type[Form], ...]] = (Chances,)
    candidates: tuple[Mapping[str, Any], ...] = ({},)

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
        """Chances (N, O) for each group of rows."""
        form = form_of(task, Chances)
        found, place = np.unique(form.classes(examples, train), return_inverse=True)
        best, said = np.inf, [np.empty((0, len(found)))]
        for column in columns:
            codes = _codes(column, examples, train)
            rate = _rates(codes[train], place, len(found), codes.max() + 1)
            loss = -np.mean(np.log(rate[codes[train], place]))
            if loss < best:
                best, said = loss, [rate[codes[r]] for r in rows]
        return [form.prediction(task, chances, found) for chances in said]


def _codes(column: Column, examples: Examples, train: np.ndarray) -> np.ndarray:
    """A small whole number for every row: its category or its bin by training quantiles; 0 is missing or unknown."""
    values = examples.features[column.name]
    if column.kind is ColumnKind.CATEGORY:
        known = sorted(str(v) for v in values.iloc[train].dropna().unique())
        index = {name: i + 1 for i, name in enumerate(known)}
        return np.array([index.get(str(v), 0) for v in values], dtype=np.int64)
    numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
    present = numbers[train][~np.isnan(numbers[train])]
    edges = np.unique(np.quantile(present, np.linspace(0, 1, _BINS + 1)[1:-1])) if len(present) else np.zeros(1)
    return np.where(np.isnan(numbers), 0, np.searchsorted(edges, numbers, side="right") + 1)


def _rates(codes: np.ndarray, place: np.ndarray, classes: int, count: int) -> np.ndarray:
    """The share (count, classes) of each class in the training rows of every code, drawn towards the share of all where
    rows are few."""
    rows = np.bincount(codes, minlength=count) + _PRIOR_ROWS
    of_class = [(place == c).astype(np.float64) for c in range(classes)]
    hits = [np.bincount(codes, own, count) + _PRIOR_ROWS * own.mean() for own in of_class]
    return np.clip(np.stack(hits, axis=1) / rows[:, None], 1e-6, 1 - 1e-6)


BASELINE = SingleFeature()
