"""What each column tells of the outcome by itself, on validation rows: one that tells nearly all may be a leak."""

from __future__ import annotations

import numpy as np

from core.contracts import Column, ColumnKind, Examples, Fold, Kind, Plan, Task, UseCase
from core.contracts.events import ColumnsAlone
from core.evaluation.metrics import concordance, roc_auc
from core.kinds.targets import multiples

_BINS = 20
_MOST_FOLDS, _MOST_TRAIN, _MOST_RANKED, _MOST_PAIRED = 3, 20_000, 10_000, 400  # rows; pairs are counted one by one
_PRIOR_ROWS = 10.0
_TOLD = 6  # or more of many columns: one in so many may be suspected together, beside the best of the rest
_LONGEST_LABEL = 100


def told_alone(use_case: UseCase, examples: Examples, plan: Plan) -> ColumnsAlone:
    """For the event of a training: the columns that tell most alone, the best first, each with the share of pairs of
    validation rows that it puts in the right order (of two classes: its ROC AUC); and how many columns there are. A
    column predicts by the mean outcome of training rows with its category, or of its twentieth. Nothing for images and
    texts, whose columns mean something together only."""
    task = use_case.task
    if use_case.image or use_case.text or task.kind not in _KINDS:
        return {}
    target = multiples(task, examples)
    chosen = np.unique(np.linspace(0, len(plan.folds) - 1, _MOST_FOLDS).astype(int))
    scores = [_in_fold(use_case, examples, target, plan.folds[int(f)]) for f in chosen]
    mean = np.nanmean(np.stack(scores), axis=0) if np.isfinite(scores).any(axis=0).all() else np.zeros(0)
    order = np.argsort(-mean, kind="stable")[: max(_TOLD, len(use_case.columns) // _TOLD + 1)]
    return {
        "alone": [
            {"column": use_case.columns[int(i)].label[:_LONGEST_LABEL], "score": round(float(mean[i]), 4)}
            for i in order
        ],
        "num_columns": len(use_case.columns),
    }


_KINDS = (Kind.BINARY, Kind.MULTICLASS, Kind.QUANTILE, Kind.SURVIVAL)


def _in_fold(use_case: UseCase, examples: Examples, target_NT: np.ndarray, fold: Fold) -> np.ndarray:
    """The score of every column, (F,)."""
    task = use_case.task
    train = _some(fold.train, _MOST_TRAIN)
    rows = _some(fold.validation, _MOST_PAIRED if task.kind in (Kind.QUANTILE, Kind.SURVIVAL) else _MOST_RANKED)
    found = np.empty(len(use_case.columns))
    for place, column in enumerate(use_case.columns):
        of_train, of_rows = _codes(column, examples, train, rows)
        found[place] = _score(task, of_train, target_NT[train], of_rows, target_NT[rows])
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


def _score(
    task: Task, train_codes: np.ndarray, train_NT: np.ndarray, codes: np.ndarray, target_NT: np.ndarray
) -> float:
    count = int(max(train_codes.max(), codes.max())) + 1
    rows = np.bincount(train_codes, minlength=count)

    def mean(outcome: np.ndarray) -> np.ndarray:
        prior = _PRIOR_ROWS * outcome.mean()
        return np.asarray((np.bincount(train_codes, outcome, count) + prior) / (rows + _PRIOR_ROWS))

    if task.kind is Kind.SURVIVAL:
        risks = mean(train_NT[:, 1]) / mean(train_NT[:, 0]), -mean(train_NT[:, 0])  # events a unit of time; short times
        return max(float(concordance(target_NT, risk[codes][:, None], None, task)[0]) for risk in risks)
    if task.kind is Kind.QUANTILE:
        ranks = np.argsort(np.argsort(train_NT[:, 0])).astype(np.float64)
        first = np.stack([-target_NT[:, 0], np.ones(len(target_NT))], axis=1)  # the larger one has "the event" first
        return float(concordance(first, mean(ranks)[codes][:, None], None, task)[0])
    classes = np.unique(train_NT[:, 0])[1 if task.kind is Kind.BINARY else 0 :]
    each = []
    for one in classes:
        of_class = (target_NT[:, :1] == one).astype(np.float64)
        predicted = mean((train_NT[:, 0] == one).astype(np.float64))[codes][:, None]
        each.append((of_class.mean(), float(roc_auc(of_class, predicted, None, task)[0])))
    share, auc = np.array(each).T
    known = np.isfinite(auc)
    return float(np.average(auc[known], weights=share[known])) if known.any() else float("nan")
