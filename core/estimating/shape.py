"""How large a use case's training is: rows, folds, inputs. What an estimate needs to know of the data, and no more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from core.contracts import ColumnKind, Examples, Plan, Report, UseCase
from core.contracts.report import ShapeReport

if TYPE_CHECKING:
    import pandas as pd

_MOST = 10**10  # cells of a table that no machine here could hold
Inputs = tuple[int, tuple[int, ...]]  # numeric inputs without target encoding, and the codes of each category


@dataclass(frozen=True, kw_only=True, slots=True)
class Shape:
    """rows: of the whole table. Training, validation and test rows of the largest fold. num_numeric and cardinalities:
    of the widest fold, target encoding not counted. columns: of the feature table; targets: of the target table."""

    rows: int
    folds: int
    train: int
    validation: int
    test: int
    num_numeric: int
    cardinalities: tuple[int, ...]
    columns: int
    targets: int
    outputs: int

    def __post_init__(self) -> None:
        counts = [*(v for k, v in asdict(self).items() if k != "cardinalities"), *self.cardinalities]
        if not all(isinstance(c, int) and 0 <= c < _MOST for c in counts) or self.train < 1 or self.folds < 1:
            raise ValueError(f"A shape holds counts, with at least one fold and training row; this one holds {counts}.")

    def to_json(self) -> ShapeReport:
        """As report.json has it."""
        return {
            "rows": self.rows,
            "folds": self.folds,
            "train": self.train,
            "validation": self.validation,
            "test": self.test,
            "num_numeric": self.num_numeric,
            "cardinalities": list(self.cardinalities),
            "columns": self.columns,
            "targets": self.targets,
            "outputs": self.outputs,
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Shape:
        """The inverse of to_json; raises ValueError for anything else."""
        try:
            return cls(**{**raw, "cardinalities": tuple(raw["cardinalities"])})
        except (TypeError, KeyError) as error:
            raise ValueError(f"A shape has other parts: {error}") from error


def of(use_case: UseCase, examples: Examples, plan: Plan, inputs: Sequence[Inputs] | None = None) -> Shape:
    """The shape of a use case's examples on its plan. inputs: one for each fold, where preprocessing is fitted already;
    else they are counted in the training rows of the first fold."""
    found = inputs or [_inputs(use_case, examples.features.iloc[plan.folds[0].train])]
    return Shape(
        rows=len(examples),
        folds=len(plan.folds),
        train=max(len(f.train) for f in plan.folds),
        validation=max(len(f.validation) for f in plan.folds),
        test=max(len(f.test) for f in plan.folds),
        num_numeric=max(count for count, _ in found),
        cardinalities=tuple(max(sizes) for sizes in zip(*(sizes for _, sizes in found), strict=True)),
        columns=len(use_case.columns),
        targets=examples.target.shape[1],
        outputs=len(use_case.task.outputs),
    )


def of_recorded(use_case: UseCase, report: Report, preprocessing: Mapping[str, Any]) -> Shape:
    """The shape of a run from before reports held one: from its row counts and its preprocessing.json. Raises
    ValueError for files that say something else."""
    try:
        rows, folds = report["rows"], preprocessing["folds"]
        return Shape(
            rows=int(rows["all"]),
            folds=int(rows["folds"]),
            train=int(rows["train"]),
            validation=int(rows["validation"]),
            test=int(rows["test"]),
            num_numeric=max(len(f["numeric"]) + len(f["missing"]) for f in folds),
            cardinalities=tuple(
                max(sizes)
                for sizes in zip(*([len(c) + 1 for c in f["categories"].values()] for f in folds), strict=True)
            ),
            columns=len(use_case.columns),
            targets=len(use_case.task.target_columns),
            outputs=len(use_case.task.outputs),
        )
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"A run's files have other parts: {error}") from error


def _inputs(use_case: UseCase, train: pd.DataFrame) -> Inputs:
    numeric = [c.name for c in use_case.columns if c.kind is not ColumnKind.CATEGORY]
    missing = sum(bool(train[name].isna().any()) for name in numeric)
    categories = [c.name for c in use_case.columns if c.kind is ColumnKind.CATEGORY]
    return len(numeric) + missing, tuple(int(train[name].nunique()) + 1 for name in categories)
