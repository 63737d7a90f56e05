"""Checks of a plan, so that a leaking one never trains."""

from __future__ import annotations

import numpy as np

from core.contracts import Examples, Fold, Plan, Task, UseCase
from core.errors import UserError
from core.formatting.messages import message
from core.formatting.numbers import count
from core.kinds import Part, kind_of

_LEAST_TRAINING_ROWS = 10
_PARTS = ("training", "validation", "test")


def check(plan: Plan, examples: Examples) -> Plan:
    """Return the plan; raises UserError when rows repeat, units straddle, or time goes backward."""
    if plan.separation not in ("time", "unit"):
        raise UserError(
            "A plan is separated by 'time' or by 'unit'; this one says {separation!r}.", separation=plan.separation
        )
    if not plan.folds:
        raise UserError("A plan has at least one fold; this one has none. Give it training, validation and test rows.")
    sizes: dict[str, int] = {}
    tests: dict[str, np.ndarray] = {}
    for fold in plan.folds:
        _disjoint(fold.name, len(examples), fold.train, fold.validation, fold.test)
        _in_order(plan, examples, fold.name, np.concatenate([fold.train, fold.validation]), fold.test)
        sizes[fold.test_name] = sizes.get(fold.test_name, 0) + 1
        if not np.array_equal(tests.setdefault(fold.test_name, fold.test), fold.test):
            raise UserError(
                "Folds of one test set test the same rows; those of {test_name!r} differ.", test_name=fold.test_name
            )
    if len(set(sizes.values())) > 1:
        raise UserError("Every test set needs the same number of folds; they have {sizes}.", sizes=sizes)
    return plan


def _disjoint(name: str, num_rows: int, train: np.ndarray, validation: np.ndarray, test: np.ndarray) -> None:
    for part, rows in (("training", train), ("validation", validation), ("test", test)):
        if not isinstance(rows, np.ndarray) or rows.ndim != 1 or (len(rows) and rows.dtype.kind not in "iu"):
            raise UserError(
                "The {part} rows of a fold are an array of row numbers; those of fold {name!r} are not. Of "
                "a mask, take numpy.flatnonzero(mask).",
                part=message(part),
                name=name,
            )
        if len(rows) == 0:
            raise UserError("Every fold needs {part} rows; fold {name!r} has none.", part=message(part), name=name)
    together = np.concatenate([train, validation, test])
    if together.min() < 0 or together.max() >= num_rows:
        raise UserError("Rows are numbered 0 to {last}; fold {name!r} goes beyond.", last=num_rows - 1, name=name)
    if len(np.unique(together)) != len(together):
        raise UserError("A row belongs to one part of a fold; fold {name!r} uses some rows twice.", name=name)


def _in_order(plan: Plan, examples: Examples, name: str, known: np.ndarray, test: np.ndarray) -> None:
    if plan.separation == "time":
        if examples.time is None:
            raise UserError("A plan by time needs examples with a time; fold {name!r} has none.", name=name)
        last, first = examples.time[known].max(), examples.time[test].min()
        if last >= first:
            raise UserError(
                "Time goes forward: fold {name!r} trains up to {last} and tests from {first}.",
                name=name,
                last=last,
                first=first,
            )
    elif np.isin(examples.unit[test], examples.unit[known]).any():
        raise UserError(
            "No {unit} may straddle training and test; fold {name!r} has some that do.", unit=plan.unit, name=name
        )


def check_parts(use_case: UseCase, examples: Examples, plan: Plan) -> None:
    """What each part of each fold must hold to be learned from and judged; raises UserError with fold, part and what it
    lacks."""
    for fold in plan.folds:
        if len(fold.train) < _LEAST_TRAINING_ROWS:
            raise UserError(
                "Nothing is learned from fewer than {least} rows; fold {fold!r} trains on "
                "{train}. Give it more rows, or take fewer folds.",
                least=_LEAST_TRAINING_ROWS,
                fold=fold.name,
                train=len(fold.train),
            )
        for part, rows in zip(_PARTS, (fold.train, fold.validation, fold.test), strict=True):
            if part != "test" or plan.aggregation != "pooled":
                _answers(
                    use_case.task,
                    examples,
                    rows,
                    message("the {part} rows of fold {fold!r}", part=message(part), fold=fold.name),
                    part == "training",
                )
        if use_case.task.group:
            _groups_whole(use_case.task.group, examples, fold)
        if not use_case.text:
            _filled(use_case, examples, fold.train, fold.name)
    if plan.aggregation == "pooled":  # judged together, whatever each of them holds
        together = np.unique(np.concatenate([f.test for f in plan.folds]))
        where = message("the test rows of all folds")
        if len(plan.folds) == 1:
            where = message("the {part} rows of fold {fold!r}", part=message("test"), fold=plan.folds[0].name)
        _answers(use_case.task, examples, together, where, False)


def _answers(task: Task, examples: Examples, rows: np.ndarray, where: str, trains: bool) -> None:
    """What the task's kind needs there."""

    def found(column: str) -> np.ndarray:
        return np.unique(examples.target[column].to_numpy(dtype=np.float64)[rows])

    advice = message("Give the plan other rows there, or choose its parts so that all have both.")
    where = message("{where} ({count})", where=where, count=count(len(rows)))
    kind_of(task).check_part(task, Part(where=where, trains=trains, found=found, advice=advice))


def _groups_whole(name: str, examples: Examples, fold: Fold) -> None:
    """No part of a fold cuts a group: half of one is ranked more easily, and the other half tells of it."""
    import pandas as pd

    group = pd.factorize(examples.info[name])[0]
    found = np.concatenate([np.unique(group[rows]) for rows in (fold.train, fold.validation, fold.test)])
    if len(np.unique(found)) < len(found):
        raise UserError(
            "A group is in one part of a fold, whole; fold {fold!r} has rows of one {group!r} in two. Split whole "
            "groups.",
            fold=fold.name,
            group=name,
        )


def _filled(use_case: UseCase, examples: Examples, train: np.ndarray, fold: str) -> None:
    missing = examples.features[[c.name for c in use_case.columns]].isna()
    some = missing.columns[missing.any()]  # most columns miss nothing
    for name in some[missing[some].iloc[train].all()]:
        raise UserError(
            "A column needs a value somewhere to learn from; the column {name!r} is empty in all {train} "
            "training rows of fold {fold!r}. Leave the column out, or give the fold rows that have it.",
            name=name,
            train=count(len(train)),
            fold=fold,
        )
