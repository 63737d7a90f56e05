"""Which rows a plan tests and validates on, and what is known of them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.contracts import Examples, Fold, HeldOutRows, Plan, Task
from core.evaluation.intervals import TestSet


def test_groups(plan: Plan) -> dict[str, list[Fold]]:
    """Folds by the rows that they test."""
    groups: dict[str, list[Fold]] = {}
    for fold in plan.folds:
        groups.setdefault(fold.test_name, []).append(fold)
    return groups


def test_set(task: Task, plan: Plan, examples: Examples) -> tuple[TestSet, np.ndarray]:
    """The test rows of a plan as one set, and their row ids (N,)."""
    rows = [folds[0].test for folds in test_groups(plan).values()]
    ids = np.concatenate(rows)
    ends = np.cumsum([len(r) for r in rows])
    parts = [np.arange(end - len(r), end) for end, r in zip(ends, rows, strict=True)]
    pooled = (np.arange(len(ids)),)
    unit = pd.factorize(pd.Series(np.asarray(examples.unit)[ids]))[0]
    aggregated = pooled if plan.aggregation == "pooled" else tuple(parts)
    return TestSet(rows=held_out_rows(task, examples).at(ids), unit=unit, parts=aggregated), ids


def held_out_rows(task: Task, examples: Examples) -> HeldOutRows:
    """All examples as metrics see them."""
    group = None if not task.group else pd.factorize(examples.info[task.group])[0]
    return HeldOutRows(
        target=examples.target.to_numpy(dtype=np.float64),
        group=group,
        time=None if examples.time is None else np.asarray(examples.time),
        table=examples.info,
    )


def validation_rows(plan: Plan) -> np.ndarray:
    """Row ids (V,) that some fold validates on, each once, ascending."""
    return np.unique(np.concatenate([f.validation for f in plan.folds]))
