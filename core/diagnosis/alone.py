"""What each column tells of the outcome by itself, on validation rows: one that tells nearly all may be a leak."""

from __future__ import annotations

import numpy as np

from core.contracts import Column, ColumnKind, Examples, Fold, Plan, UseCase
from core.contracts.events import ColumnsAlone
from core.kinds import Alone, ColumnCodes, kind_of
from core.kinds.targets import multiples

_BINS = 20
_MOST_FOLDS, _MOST_TRAIN = 3, 20_000
_TOLD = 6  # or more of many columns: one in so many may be suspected together, beside the best of the rest
_LONGEST_LABEL = 100


def told_alone(use_case: UseCase, examples: Examples, plan: Plan) -> ColumnsAlone:
    """For the event of a training: the columns that tell most alone, the best first, each with the share of pairs of
    validation rows that it puts in the right order (of two classes: its ROC AUC); and how many columns there are. A
    column predicts by the mean outcome of training rows with its category, or of its twentieth. Nothing for images and
    texts, whose columns mean something together only."""
    task = use_case.task
    alone = kind_of(task).alone
    if use_case.image or use_case.text or alone is None:
        return {}
    target = multiples(task, examples)
    chosen = np.unique(np.linspace(0, len(plan.folds) - 1, _MOST_FOLDS).astype(int))
    scores = [_in_fold(use_case, alone, examples, target, plan.folds[int(f)]) for f in chosen]
    mean = np.nanmean(np.stack(scores), axis=0) if np.isfinite(scores).any(axis=0).all() else np.zeros(0)
    order = np.argsort(-mean, kind="stable")[: max(_TOLD, len(use_case.columns) // _TOLD + 1)]
    return {
        "alone": [
            {"column": use_case.columns[int(i)].label[:_LONGEST_LABEL], "score": round(float(mean[i]), 4)}
            for i in order
        ],
        "num_columns": len(use_case.columns),
    }


def _in_fold(use_case: UseCase, alone: Alone, examples: Examples, target_NT: np.ndarray, fold: Fold) -> np.ndarray:
    """The score of every column, (F,)."""
    train, rows = _some(fold.train, _MOST_TRAIN), _some(fold.validation, alone.most_rows)
    found = np.empty(len(use_case.columns))
    for place, column in enumerate(use_case.columns):
        of_train, of_rows = _codes(column, examples, train, rows)
        codes = ColumnCodes(train_codes=of_train, train_target=target_NT[train], codes=of_rows, target=target_NT[rows])
        found[place] = alone.score(use_case.task, codes)
    return found


def _some(rows: np.ndarray, most: int) -> np.ndarray:
    return rows if len(rows) <= most else np.random.default_rng(0).choice(rows, most, replace=False)


def _codes(column: Column, examples: Examples, train: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A small whole number for each row: its category, or its bin by training quantiles; 0 is missing or unknown."""
    values = examples.features[column.name]
    known, asked = values.iloc[train], values.iloc[rows]
    if column.kind is ColumnKind.CATEGORY:
        index = {value: code + 1 for code, value in enumerate(known.dropna().unique())}
        return tuple(part.map(index).fillna(0).to_numpy(dtype=np.int64) for part in (known, asked))  # type: ignore[return-value]
    numbers, others = (part.to_numpy(dtype=np.float64, na_value=np.nan) for part in (known, asked))
    present = numbers[~np.isnan(numbers)]
    edges = np.unique(np.quantile(present, np.linspace(0, 1, _BINS + 1)[1:-1])) if len(present) else np.zeros(1)

    def binned(part: np.ndarray) -> np.ndarray:
        return np.where(np.isnan(part), 0, np.searchsorted(edges, part, side="right") + 1)

    return binned(numbers), binned(others)
