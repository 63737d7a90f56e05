"""Checks of a plan, so that a leaking one never trains. Making plans is the use cases' business."""

from __future__ import annotations

import numpy as np

from core.contracts import Examples, Plan
from core.errors import UserError


def check(plan: Plan, examples: Examples) -> Plan:
    """Return the plan; raises UserError when rows repeat, units straddle, or time goes backward."""
    if plan.separation not in ("time", "unit"):
        raise UserError(f"A plan is separated by 'time' or by 'unit'; this one says {plan.separation!r}.")
    sizes: dict[str, int] = {}
    tests: dict[str, np.ndarray] = {}
    for fold in plan.folds:
        _disjoint(fold.name, len(examples), fold.train, fold.validation, fold.test)
        _in_order(plan, examples, fold.name, np.concatenate([fold.train, fold.validation]), fold.test)
        sizes[fold.test_name] = sizes.get(fold.test_name, 0) + 1
        if not np.array_equal(tests.setdefault(fold.test_name, fold.test), fold.test):
            raise UserError(f"Folds of one test set test the same rows; those of {fold.test_name!r} differ.")
    if len(set(sizes.values())) > 1:
        raise UserError(f"Every test set needs the same number of folds; they have {sizes}.")
    return plan


def _disjoint(name: str, num_rows: int, train: np.ndarray, validation: np.ndarray, test: np.ndarray) -> None:
    for part, rows in (("training", train), ("validation", validation), ("test", test)):
        if len(rows) == 0:
            raise UserError(f"Every fold needs {part} rows; fold {name!r} has none.")
    together = np.concatenate([train, validation, test])
    if together.min() < 0 or together.max() >= num_rows:
        raise UserError(f"Rows are numbered 0 to {num_rows - 1}; fold {name!r} goes beyond.")
    if len(np.unique(together)) != len(together):
        raise UserError(f"A row belongs to one part of a fold; fold {name!r} uses some rows twice.")


def _in_order(plan: Plan, examples: Examples, name: str, known: np.ndarray, test: np.ndarray) -> None:
    if plan.separation == "time":
        if examples.time is None:
            raise UserError(f"A plan by time needs examples with a time; fold {name!r} has none.")
        last, first = examples.time[known].max(), examples.time[test].min()
        if last >= first:
            raise UserError(f"Time goes forward: fold {name!r} trains up to {last} and tests from {first}.")
    elif np.isin(examples.unit[test], examples.unit[known]).any():
        raise UserError(f"No {plan.unit} may straddle training and test; fold {name!r} has some that do.")
