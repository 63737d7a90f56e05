"""The report of a run: what a page, the command line and a hand-out read, put together here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from core.contracts import Examples, Plan, Report, StoredReport, Task, UseCase
from core.contracts.report import (
    BaselineScore,
    BaselineSummary,
    ColumnImportance,
    EstimateReport,
    NotFitted,
    RowCounts,
    ShapeReport,
    Summary,
    UsageReport,
    ValueReport,
    ValueSummary,
)
from core.estimating.energy import NOT_AVAILABLE
from core.evaluation import plan_rows
from core.evaluation.best import best_baseline
from core.evaluation.compare import Comparison
from core.evaluation.fitting import BaselineResult
from core.formatting.as_json import without_nan
from core.pipeline.read import Reader
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
    had not seen the row."""

    test: np.ndarray
    test_rows: np.ndarray
    validation: np.ndarray
    validation_rows: np.ndarray

    @classmethod
    def of(cls, ensemble: Ensemble, examples: Examples, plan: Plan) -> HeldOutPredictions:
        """Predict every fold's validation and test rows with that fold's networks alone."""
        return cls.read(Reader.of(ensemble, examples), plan)

    @classmethod
    def read(cls, reader: Reader, plan: Plan) -> HeldOutPredictions:
        """The same of what has been read already."""
        folds = plan.folds
        said = reader.predict(range(len(folds)), [np.concatenate([fold.test, fold.validation]) for fold in folds])
        tests: dict[str, list[np.ndarray]] = {}
        total, count = np.zeros((len(reader.examples), said[0].shape[2])), np.zeros((len(reader.examples), 1))
        for fold, predicted in zip(folds, said, strict=True):
            tests.setdefault(fold.test_name, []).append(predicted[:, : len(fold.test)])
            for validated in predicted[:, len(fold.test) :]:
                total[fold.validation] += validated
                count[fold.validation] += 1
        rows = plan_rows.validation_rows(plan)
        return cls(
            test=as_kept(np.concatenate([np.concatenate(parts) for parts in tests.values()], axis=1)),
            test_rows=np.concatenate([folds[0].test for folds in plan_rows.test_groups(plan).values()]),
            validation=as_kept(total[rows] / count[rows]),
            validation_rows=rows,
        )

    def frame(self, task: Task, baselines: Sequence[BaselineResult]) -> pd.DataFrame:
        """All predictions as one table: row, part, source, member, and the task's outputs."""
        import pandas as pd

        parts = [("test", "network", m, p) for m, p in enumerate(self.test)]
        parts.append(("validation", "network", -1, self.validation))
        for b in baselines:
            parts += [("test", b.name, -1, b.test), ("validation", b.name, -1, b.validation)]
        part, source, member, values = zip(*parts, strict=True)
        place = np.repeat(np.arange(len(parts)), [len(each) for each in values])
        rows = {"test": self.test_rows, "validation": self.validation_rows}
        columns: dict[str, Any] = {
            "row": np.concatenate([rows[each] for each in part]).astype(np.int32),
            "part": pd.array(part, dtype="str").take(place),
            "source": pd.array(source, dtype="str").take(place),
            "member": np.array(member)[place],
        }
        outputs = enumerate(task.outputs)
        return pd.DataFrame(
            columns | {name: np.concatenate([of[:, o] for of in values]).astype(np.float32) for o, name in outputs}
        )

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


def build(
    use_case: UseCase,
    examples: Examples,
    plan: Plan,
    settings: Mapping[str, Any],
    trained: Trained,
    comparison: Comparison,
    value: ValueReport | None,
    *,
    device: str,
    shape: ShapeReport,
    validation_score: float,
    importance: Sequence[ColumnImportance],
) -> Report:
    """What was measured of one training, with None for what is not finite. validation_score: of the ensemble, in the
    headline metric."""
    headline = comparison.metrics[use_case.task.headline]
    report: Report = {
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
        "device": device,
        "stopped": trained.stopped,
        "time_limit_s": trained.time_limit_s,
        "shape": shape,
        "validation_score": validation_score,
        "importance": list(importance),
    }
    return cast(Report, without_nan(report))


def with_usage(report: Report, used: UsageReport, *, shared_by: int, not_fitted: Sequence[NotFitted]) -> Report:
    """The report with what the run has used, once it is over. shared_by: how many settings were trained together."""
    return {**report, **used, "shared_by": shared_by, "not_fitted": list(not_fitted)}


def with_estimate(report: Report, expected: EstimateReport | None) -> Report:
    """The report with what was expected of the run, and what came true."""
    memory, energy = report.get("memory", {}), report.get("energy", {})
    peaks = [p for p in (memory.get("training_bytes"), memory.get("rest_bytes")) if p is not None]
    estimate: EstimateReport = {**expected} if expected else {}
    estimate["time_s"] = {**estimate.get("time_s", {}), "actual": report["train_s"]}
    estimate["epochs"] = {**estimate.get("epochs", {}), "actual": report["epochs_run"]}
    estimate["memory_bytes"] = {**estimate.get("memory_bytes", {}), "actual": max(peaks, default=None)}
    estimate["energy_j"] = {**(estimate.get("energy_j") or {}), "actual": energy.get("joules")}
    estimate["energy"] = energy.get("label", NOT_AVAILABLE)
    return {**report, "estimate": estimate}


def with_value(report: StoredReport, value: ValueReport) -> StoredReport:
    """The report with its money counted again."""
    return {**report, "value": value}


def summary(report: Report, run_s: float | None = None) -> Summary:
    """What a list of runs shows, so that it need not open reports. run_s: from start to end."""
    best, value, headline = best_baseline(report), report["value"], report["headline"]["metric"]
    found: Summary = {
        "headline": report["headline"],
        "validation_score": report.get("validation_score"),
        "best_baseline": best
        and {
            "name": best["name"],
            "title": best["title"],
            "value": best["value"],
            "ensemble_minus_this": best["metrics"][headline]["ensemble_minus_this"],
        },
        "baselines": [_baseline(b["name"], b["title"], b["metrics"][headline]) for b in report["baselines"]],
        "value": value and summary_of_value(value),
        "train_s": report["train_s"],
        "device": report["device"],
    }
    if run_s is not None:
        found["run_s"] = run_s
    return found


def _baseline(name: str, title: str, score: BaselineScore) -> BaselineSummary:
    found: BaselineSummary = {
        "name": name,
        "title": title,
        "mean": score["mean"],
        "low": score["low"],
        "high": score["high"],
        "ensemble_minus_this": score["ensemble_minus_this"],
    }
    if told := score.get("undefined"):
        found["undefined"] = told
    return found


def summary_of_value(value: ValueReport) -> ValueSummary:
    """The money section without its assumptions."""
    return cast(ValueSummary, {name: each for name, each in value.items() if name != "assumptions"})


def _row_counts(examples: Examples, plan: Plan) -> RowCounts:
    tests = np.concatenate([folds[0].test for folds in plan_rows.test_groups(plan).values()])
    return {
        "all": len(examples),
        "folds": len(plan.folds),
        "train": round(float(np.mean([len(f.train) for f in plan.folds]))),
        "validation": round(float(np.mean([len(f.validation) for f in plan.folds]))),
        "test": len(np.unique(tests)),
    }
