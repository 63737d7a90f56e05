"""The report of a run: what a page, the command line and a hand-out read. Gathers; computes nothing new."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.contracts import Examples, Plan, Task, UseCase
from core.evaluation import compare
from core.evaluation.compare import BaselineResult, Comparison
from core.training.ensemble import Ensemble
from core.training.loop import Trained

if TYPE_CHECKING:
    import pandas as pd

REPORT_SCHEMA = 1


def as_kept(values: np.ndarray) -> np.ndarray:
    """Predictions as a run's files keep them, in 32 bits: everything that a report says is counted with these, so that
    whoever reads the files counts the same."""
    return values.astype(np.float32).astype(np.float64)


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldOutPredictions:
    """As kept: test (M, N, O) of the M members, in the order of the test set, and validation (V, O) by networks that
    had not seen the row. Each network's own validation predictions."""

    test: np.ndarray
    test_rows: np.ndarray
    validation: np.ndarray
    validation_rows: np.ndarray
    by_network: tuple[tuple[int, int, np.ndarray, np.ndarray], ...]

    @classmethod
    def of(cls, ensemble: Ensemble, examples: Examples, plan: Plan) -> HeldOutPredictions:
        """Predict every fold's validation and test rows with that fold's networks alone."""
        outputs = None
        tests: dict[str, list[np.ndarray]] = {}
        by_network = []
        for f, fold in enumerate(plan.folds):
            networks = [k for k, of in enumerate(ensemble.fold_of) if of == f]
            tests.setdefault(fold.test_name, []).append(ensemble.predict(examples.features.iloc[fold.test], networks))
            predicted = ensemble.predict(examples.features.iloc[fold.validation], networks)
            by_network += [(f, m, fold.validation, p) for m, p in enumerate(predicted)]
            outputs = predicted.shape[2]
        total = np.zeros((len(examples), outputs or 1))
        count = np.zeros((len(examples), 1))
        for _, _, rows, predicted in by_network:
            total[rows] += predicted
            count[rows] += 1
        rows = compare.validation_rows(plan)
        return cls(
            test=as_kept(np.concatenate([np.concatenate(parts) for parts in tests.values()], axis=1)),
            test_rows=np.concatenate([folds[0].test for folds in compare.test_groups(plan).values()]),
            validation=as_kept(total[rows] / count[rows]),
            validation_rows=rows,
            by_network=tuple(by_network),
        )

    def frame(self, task: Task, baselines: Sequence[BaselineResult]) -> pd.DataFrame:
        """All predictions as one table: row, part, source, member, and the task's outputs."""
        import pandas as pd

        parts = [_rows(self.test_rows, "test", "network", m, p, task) for m, p in enumerate(self.test)]
        parts.append(_rows(self.validation_rows, "validation", "network", -1, self.validation, task))
        for b in baselines:
            parts.append(_rows(self.test_rows, "test", b.name, -1, b.test, task))
            parts.append(_rows(self.validation_rows, "validation", b.name, -1, b.validation, task))
        return pd.concat(parts, ignore_index=True)

    def rows(self, examples: Examples) -> pd.DataFrame:
        """Target and info of the same rows: row, part, target.*, info.*."""
        import pandas as pd

        parts = [
            pd.concat(
                [
                    pd.DataFrame({"row": ids, "part": part}),
                    examples.target.iloc[ids].add_prefix("target.").reset_index(drop=True),
                    examples.info.iloc[ids].add_prefix("info.").reset_index(drop=True),
                ],
                axis=1,
            )
            for part, ids in (("test", self.test_rows), ("validation", self.validation_rows))
        ]
        return pd.concat(parts, ignore_index=True)


def _rows(rows: np.ndarray, part: str, source: str, member: int, values: np.ndarray, task: Task) -> pd.DataFrame:
    import pandas as pd

    outputs = {name: values[:, i].astype(np.float32) for i, name in enumerate(task.outputs)}
    return pd.DataFrame({"row": rows.astype(np.int32), "part": part, "source": source, "member": member, **outputs})


def build(
    use_case: UseCase,
    examples: Examples,
    plan: Plan,
    settings: Mapping[str, Any],
    trained: Trained,
    comparison: Comparison,
    value: dict[str, Any] | None,
) -> dict[str, Any]:
    """The report as JSON-able values; the store adds run, state and date."""
    headline = comparison.metrics[use_case.task.headline]
    return {
        "schema": REPORT_SCHEMA,
        "use_case": use_case.name,
        "headline": {
            "metric": use_case.task.headline,
            **headline["mean"],
            "members": len(headline["each"]),
            "of": "mean of the members",
            "ensemble": headline["ensemble"],
        },
        "metrics": comparison.metrics,
        "baselines": comparison.baselines,
        "value": value,
        "rows": _row_counts(examples, plan),
        "plan": plan.sentence,
        "unit": plan.unit,
        "settings": dict(settings),
        "train_s": trained.train_s,
        "samples_per_s": trained.samples_per_s,
        "epochs_run": trained.epochs_run,
        "best_epoch": trained.best_epoch,
    }


def _row_counts(examples: Examples, plan: Plan) -> dict[str, int]:
    tests = np.concatenate([folds[0].test for folds in compare.test_groups(plan).values()])
    return {
        "all": len(examples),
        "folds": len(plan.folds),
        "train": round(float(np.mean([len(f.train) for f in plan.folds]))),
        "validation": round(float(np.mean([len(f.validation) for f in plan.folds]))),
        "test": len(np.unique(tests)),
    }
