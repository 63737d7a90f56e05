"""Checks of a plan, so that a leaking one never trains. Making plans is the use cases' business."""

from __future__ import annotations

import numpy as np

from core.contracts import Examples, Kind, Plan, Task, UseCase
from core.errors import UserError
from core.formatting.numbers import count, exact

_LEAST_TRAINING_ROWS = 10
_PARTS = ("training", "validation", "test")


def check(plan: Plan, examples: Examples) -> Plan:
    """Return the plan; raises UserError when rows repeat, units straddle, or time goes backward."""
    if plan.separation not in ("time", "unit"):
        raise UserError(f"A plan is separated by 'time' or by 'unit'; this one says {plan.separation!r}.")
    if not plan.folds:
        raise UserError("A plan has at least one fold; this one has none. Give it training, validation and test rows.")
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
        if not isinstance(rows, np.ndarray) or rows.ndim != 1 or (len(rows) and rows.dtype.kind not in "iu"):
            raise UserError(
                f"The {part} rows of a fold are an array of row numbers; those of fold {name!r} are not. Of a mask, "
                "take numpy.flatnonzero(mask)."
            )
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


def check_parts(use_case: UseCase, examples: Examples, plan: Plan) -> None:
    """What each part of each fold must hold to be learned from and judged; raises UserError with fold, part and what it
    lacks."""
    for fold in plan.folds:
        if len(fold.train) < _LEAST_TRAINING_ROWS:
            raise UserError(
                f"Nothing is learned from fewer than {_LEAST_TRAINING_ROWS} rows; fold {fold.name!r} trains on "
                f"{len(fold.train)}. Give it more rows, or take fewer folds."
            )
        for part, rows in zip(_PARTS, (fold.train, fold.validation, fold.test), strict=True):
            if part != "test" or plan.aggregation != "pooled":
                _answers(use_case.task, examples, rows, f"the {part} rows of fold {fold.name!r}", part == "training")
        if not use_case.text:
            _filled(use_case, examples, fold.train, fold.name)
    if plan.aggregation == "pooled":  # judged together, whatever each of them holds
        together = np.unique(np.concatenate([f.test for f in plan.folds]))
        name = f"fold {plan.folds[0].name!r}" if len(plan.folds) == 1 else "all folds"
        _answers(use_case.task, examples, together, f"the test rows of {name}", False)


def _answers(task: Task, examples: Examples, rows: np.ndarray, where: str, trains: bool) -> None:
    """Both classes, or an event."""

    def found(column: str) -> np.ndarray:
        return np.unique(examples.target[column].to_numpy(dtype=np.float64)[rows])

    where = f"{where} ({count(len(rows))})"
    advice = "Give the plan other rows there, or choose its parts so that all have both."
    if task.kind is Kind.BINARY and len(classes := found(task.target_columns[0])) < 2:
        lacks = {0.0: task.positive, 1.0: task.negative}[float(classes[0])]
        raise UserError(
            f"Both classes are in each part; {where} hold no {lacks!r}: "
            f"{task.target_columns[0]!r} is {exact(classes[0])} in all of them. {advice}"
        )
    if task.kind is Kind.MULTICLASS and trains and len(classes := found(task.target_columns[0])) < 2:
        only = task.outputs[int(classes[0])]
        raise UserError(f"At least two classes are learned from; {where} hold {only!r} alone. {advice}")
    if task.kind is Kind.SURVIVAL and len(task.target_columns) > 1 and 1.0 not in found(task.target_columns[1]):
        raise UserError(
            f"Somebody has had the event in each part; {where} hold none: {task.target_columns[1]!r} "
            f"is 0 in all of them. {advice}"
        )


def _filled(use_case: UseCase, examples: Examples, train: np.ndarray, fold: str) -> None:
    missing = examples.features[[c.name for c in use_case.columns]].isna()
    some = missing.columns[missing.any()]  # most columns miss nothing
    for name in some[missing[some].iloc[train].all()]:
        raise UserError(
            f"A column needs a value somewhere to learn from; the column {name!r} is empty in all {count(len(train))} "
            f"training rows of fold {fold!r}. Leave the column out, or give the fold rows that have it."
        )
