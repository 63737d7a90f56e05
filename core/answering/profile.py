"""The profile of a data set: its rows and parts, each column's range, a sample, and the outcome by each column."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from core.answering.answers import records
from core.checks import examples_check
from core.contracts import Column, ColumnKind, Examples, Kind, Plan, Task, UseCase
from core.contracts.answers import BoxesProfile, ColumnProfile, DataProfile, OutcomeGroup
from core.contracts.boxes import Known, detection_of
from core.kinds import kind_of

_SAMPLE_ROWS = 40
_BINS = 24
_MOST_CATEGORIES = 30
_MOST_GROUPS = 6
_QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)
_Z = 1.959964  # of a 95% interval
_SMALL = 0.05  # a share of rows below which a range joins another
_RARE = 0.01  # a share of rows below which missing values are no group of their own


def data_profile(use_case: UseCase, examples: Examples) -> DataProfile:
    """Rows, parts of the plan, a sample that shows every outcome, and for each column its range, share missing,
    histogram and the outcome by it. The outcome is that of the first fold's training rows: what is tested stays
    unseen."""
    plan = examples_check.plan_made(use_case, examples)
    first = plan.folds[0]
    target = examples.target.iloc[:, 0].to_numpy(dtype=float)
    told = _Outcome(use_case.task, examples, first.train)
    found: DataProfile = {
        "rows": len(examples),
        "units": int(pd.Series(examples.unit).nunique()),
        "unit": plan.unit,
        "plan": plan.sentence,
        "parts": [
            {"name": name, "rows": len(ids), "target_mean": float(target[ids].mean())}
            for name, ids in (("train", first.train), ("validation", first.validation), ("test", first.test))
        ],
        "num_folds": len(plan.folds),
        "columns": [_profile(c, examples.features[c.name], told) for c in use_case.columns],
        "sample": records(use_case, examples, _sampled(use_case.task, target, plan)),
    }
    if kind_of(use_case.task).boxes is not None:
        found["boxes"] = _boxes(use_case.task, examples, first.train)
        found["watched"] = records(use_case, examples, [int(first.validation[0])])[0]
    if kind_of(use_case.task).has_outcome:
        found["outcome"] = told.of(np.arange(len(first.train)))
    return found


def _sampled(task: Task, target: np.ndarray, plan: Plan) -> list[int]:
    """Rows that show every class equally often, or the target from low to high; in the order of the table."""
    rng = np.random.default_rng(0)
    shuffled = rng.permutation(len(target))
    if task.kind in (Kind.BINARY, Kind.MULTICLASS):
        classes = np.unique(target)
        each = -(-_SAMPLE_ROWS // len(classes))
        chosen = np.concatenate([shuffled[target[shuffled] == one][:each] for one in classes])
    else:
        by_size = shuffled[np.argsort(target[shuffled], kind="stable")]
        chosen = by_size[
            np.unique(np.linspace(0, len(by_size) - 1, min(_SAMPLE_ROWS, len(by_size))).round().astype(int))
        ]
    return [int(row) for row in np.sort(chosen)]


def _boxes(task: Task, examples: Examples, train: np.ndarray) -> BoxesProfile:
    known = Known.of(examples.target.iloc[train].to_numpy(dtype=float))
    size = (known.ends[..., 2:] - known.ends[..., :2]).mean(-1)
    sizes = [size[known.kind == kind] for kind in range(len(detection_of(task).classes))]
    edges = np.linspace(0, max((float(own.max(initial=0)) for own in sizes), default=1.0) or 1.0, _BINS + 1)
    shares = [np.histogram(own, edges)[0] / max(1, len(own)) for own in sizes]
    return {
        "pictures": len(train),
        "counts": [len(own) for own in sizes],
        "edges": [round(float(edge), 4) for edge in edges],
        "sizes": [[round(float(share), 4) for share in own] for own in shares],
    }


class _Outcome:
    """What happened in the training rows, by any group of them. Intervals count units, not rows: rows of one household
    tell less than as many households."""

    def __init__(self, task: Task, examples: Examples, train: np.ndarray) -> None:
        self.task, self.train = task, train
        self.target = examples.target.iloc[train].to_numpy(dtype=float)
        self.unit = pd.factorize(np.asarray(examples.unit)[train])[0]
        first = self.target[:, 0]
        if task.kind == Kind.MULTICLASS:
            self.scores = np.eye(len(task.outputs))[first.astype(int)]
        elif task.kind == Kind.BINARY:
            self.scores = first[:, None]
        else:
            self.scores = pd.Series(first).rank(pct=True).to_numpy()[:, None]

    def of(self, places: np.ndarray) -> OutcomeGroup:
        """The outcome of some of the training rows, by their places in them."""
        target, units = self.target[places], len(np.unique(self.unit[places]))
        found: OutcomeGroup = {"rows": len(places), "units": units}
        if self.task.kind == Kind.BINARY:
            share = float(target[:, 0].mean())
            low, high = _wilson(share, units)
            return {**found, "share": share, "low": low, "high": high}
        if self.task.kind == Kind.MULTICLASS:
            return {**found, "shares": self.scores[places].mean(0).tolist()}
        if self.task.kind == Kind.SURVIVAL and target.shape[1] > 1:
            events, time = float(target[:, 1].sum()), float(target[:, 0].sum())
            spread = _Z * np.sqrt(max(events, 1.0))
            return {
                **found,
                "rate": events / time,
                "low": max(events - spread, 0.0) / time,
                "high": (events + spread) / time,
            }
        return {**found, "quantiles": np.quantile(target[:, 0], _QUANTILES).tolist()}

    def strength(self, groups: Sequence[np.ndarray]) -> float:
        """The share of the outcome's variance that lies between the groups, less what chance would give; of an amount,
        of its ranks."""
        rows = sum(len(g) for g in groups)
        middle = self.scores[np.concatenate(groups)].mean(0)
        total = float(((self.scores[np.concatenate(groups)] - middle) ** 2).sum())
        within = float(sum(((self.scores[g] - self.scores[g].mean(0)) ** 2).sum() for g in groups))
        if total <= 0 or rows <= len(groups):
            return 0.0
        chance = (len(groups) - 1) * within / (rows - len(groups))
        return max(0.0, (total - within - chance) / total)


def _wilson(share: float, count: int) -> tuple[float, float]:
    """The 95% interval of a share of `count` (Wilson 1927)."""
    middle = (share + _Z**2 / (2 * count)) / (1 + _Z**2 / count)
    spread = _Z * np.sqrt(share * (1 - share) / count + _Z**2 / (4 * count**2)) / (1 + _Z**2 / count)
    return float(max(0.0, middle - spread)), float(min(1.0, middle + spread))


def _profile(column: Column, values: pd.Series, outcome: _Outcome) -> ColumnProfile:
    found: ColumnProfile = {"name": column.name, "missing": float(values.isna().mean())}
    found["missing_rows"] = int(values.isna().sum())
    groups = _grouped(column, values.iloc[outcome.train])
    if len(groups) > 1:
        found["strength"] = outcome.strength([places for _, places in groups])
        found["groups"] = [{**outcome.of(places), **name} for name, places in groups]
    if column.kind is ColumnKind.CATEGORY:
        named = values.fillna("(missing)").astype(str).value_counts()
        found["categories"] = {str(k): int(v) for k, v in named.head(_MOST_CATEGORIES).items()}
        return found
    present: np.ndarray = values.dropna().to_numpy(dtype=float)
    if len(present) == 0:
        return {**found, "low": 0.0, "high": 0.0, "median": 0.0, "whole": False, "counts": [], "edges": []}
    low, high = np.quantile(present, [0.01, 0.99])
    if high <= low:
        low, high = float(present.min()), float(present.max())
    counts, edges = np.histogram(np.clip(present, low, high), bins=_BINS)
    found |= {
        "low": float(low),
        "high": float(high),
        "median": float(np.median(present)),
        "whole": bool((present == np.round(present)).all()),
        "counts": counts.tolist(),
        "edges": edges.tolist(),
    }
    if outcome.task.kind == Kind.BINARY:
        of_rows = np.clip(values.iloc[outcome.train].to_numpy(dtype=float), low, high)
        happened = outcome.target[:, 0] > 0
        found["split"] = [
            np.histogram(of_rows[rows & ~np.isnan(of_rows)], bins=edges)[0].tolist() for rows in (~happened, happened)
        ]
    return found


def _grouped(column: Column, values: pd.Series) -> list[tuple[Any, np.ndarray]]:
    """A few groups of rows by a column, each with its name or its range: the most frequent categories, the values of a
    number that has few, else ranges of about as many rows each; rows without a value where they are not rare."""
    missing = values.isna().to_numpy()
    found: list[tuple[Any, np.ndarray]] = []
    if column.kind is ColumnKind.CATEGORY:
        named = values.astype(str).to_numpy()
        counted = pd.Series(named[~missing]).value_counts()
        most = list(counted.index[: _MOST_GROUPS if len(counted) <= _MOST_GROUPS else _MOST_GROUPS - 1])
        found = [({"name": str(name)}, np.flatnonzero((named == name) & ~missing)) for name in most]
        rest = np.flatnonzero(~missing & ~np.isin(named, most))
        if len(rest):
            found.append(({"others": len(counted) - len(most)}, rest))
    else:
        numbers = values.to_numpy(dtype=float)
        different = np.unique(numbers[~missing])
        if 0 < len(different) <= _MOST_GROUPS:
            found = [({"from": float(v), "to": float(v)}, np.flatnonzero(numbers == v)) for v in different]
        elif len(different):
            found = _ranges(numbers, missing)
    if missing.mean() >= _RARE:
        found.append(({"missing": True}, np.flatnonzero(missing)))
    return [(name, places) for name, places in found if len(places)]


def _ranges(numbers: np.ndarray, missing: np.ndarray) -> list[tuple[Any, np.ndarray]]:
    """Ranges between quantiles; each ends with values that some row has. Where one value is frequent, ranges beside it
    could be small: those join the range below."""
    present = np.sort(numbers[~missing])
    ends = np.unique(np.quantile(present, np.linspace(0, 1, _MOST_GROUPS + 1), method="nearest"))
    for end in ends[1:-1]:
        above = ends[ends > end][0]
        if np.searchsorted(present, above, "right") - np.searchsorted(present, end, "right") < len(present) * _SMALL:
            ends = ends[ends != end]
    found: list[tuple[Any, np.ndarray]] = []
    for i, (low, high) in enumerate(pairwise(ends)):
        inside = (numbers >= low if i == 0 else numbers > low) & (numbers <= high)
        places = np.flatnonzero(inside)
        if len(places):
            own = numbers[places]
            found.append(({"from": float(own.min()), "to": float(own.max())}, places))
    return found
