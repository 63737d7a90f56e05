"""Simple methods fitted on a plan: untuned, and tuned on validation."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from core.contracts import Column, Examples, Plan, Task
from core.errors import UserError
from core.evaluation.metrics import metric_named
from core.evaluation.plan_rows import held_out_rows, test_groups, validation_rows
from core.formatting.messages import message
from core.formatting.numbers import count
from core.protocols import Baseline

SEED = 0
_log = logging.getLogger(__name__)
_FAILED = message(
    "Its own computation failed on these rows. The network and the other methods are not touched by that."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class BaselineResult:
    """One baseline on one plan: test (N, O) in the order of the test set, validation (V, O) likewise."""

    name: str
    title: str
    tuned: bool
    settings: dict[str, Any]
    test: np.ndarray
    validation: np.ndarray
    fit_s: float


def run_baseline(
    baseline: Baseline, task: Task, columns: Sequence[Column], examples: Examples, plan: Plan
) -> list[BaselineResult]:
    """Untuned, and tuned on validation where there is something to tune; both refitted on train + validation."""
    candidates = baseline.candidates
    best, validated = _best_candidate(baseline, task, columns, examples, plan) if len(candidates) > 1 else (0, {})
    results = [_result(baseline, 0, False, task, columns, examples, plan, validated)]
    if len(candidates) == 1:
        return results
    if best:
        return [*results, _result(baseline, best, True, task, columns, examples, plan, validated)]
    name, title = f"{baseline.name}_tuned", f"{baseline.title}, tuned"
    return [*results, replace(results[0], name=name, title=title, tuned=True)]


def fitted_or_why(
    baseline: Baseline, task: Task, columns: Sequence[Column], examples: Examples, plan: Plan
) -> list[BaselineResult] | str:
    """What `run_baseline` gives, or why this method could not be fitted, in a sentence: a simple method that fails on
    its own is no reason to lose the training."""
    try:
        found = run_baseline(baseline, task, columns, examples, plan)
    except UserError as error:
        return str(error)
    except (MemoryError, OSError):
        raise
    except Exception:  # of a library: what it says is for its own users
        _log.warning("the baseline %s could not be fitted", baseline.name, exc_info=True)
        return _FAILED
    for result in found:
        wrong = ~np.isfinite(np.concatenate([result.test, result.validation])).all(axis=1)
        if wrong.any():
            return message(
                "{method} gave no number for {missing} of {rows} held-out rows.",
                method=message(result.title),
                missing=count(int(wrong.sum())),
                rows=count(len(wrong)),
            )
    return found


def _best_candidate(
    baseline: Baseline, task: Task, columns: Sequence[Column], examples: Examples, plan: Plan
) -> tuple[int, dict[int, np.ndarray]]:
    """The place of the candidate with the best headline on validation, and all validation predictions by place, where
    they are whole."""
    compared = _compared_on(task)
    validated = [_on_validation(baseline, c, compared, columns, examples, plan) for c in baseline.candidates]
    rows, metric = held_out_rows(task, examples).at(validation_rows(plan)), metric_named(task.headline)
    scores = [float(metric.compute(rows, v, compared)[0]) for v in validated]
    sign = 1 if metric.higher_is_better else -1
    best = int(
        np.argmax([sign * s if np.isfinite(s) else -np.inf for s in scores])
    )  # the first, where none has a score
    return best, dict(enumerate(validated)) if compared is task else {}


def _compared_on(task: Task) -> Task:
    """What candidates are compared on: where the headline reads the middle level alone, that level alone, because a
    method that fits a model a level would otherwise fit seven to be judged by one."""
    if not task.levels or not metric_named(task.headline).reads_middle:
        return task
    middle = len(task.outputs) // 2
    return replace(task, outputs=(task.outputs[middle],), levels=(task.levels[middle],))


def _result(
    baseline: Baseline,
    place: int,
    tuned: bool,
    task: Task,
    columns: Sequence[Column],
    examples: Examples,
    plan: Plan,
    validated: Mapping[int, np.ndarray],
) -> BaselineResult:
    candidate = baseline.candidates[place]
    began = time.perf_counter()
    test = _on_test(baseline, candidate, task, columns, examples, plan)
    return BaselineResult(
        name=f"{baseline.name}{'_tuned' if tuned else ''}",
        title=f"{baseline.title}{', tuned' if tuned else ''}",
        tuned=tuned,
        settings=dict(candidate),
        test=test,
        fit_s=round(time.perf_counter() - began, 3),
        validation=validated[place]
        if place in validated
        else _on_validation(baseline, candidate, task, columns, examples, plan),
    )


def _fit(
    baseline: Baseline,
    candidate: Any,
    task: Task,
    columns: Sequence[Column],
    examples: Examples,
    train: np.ndarray,
    rows: np.ndarray,
) -> np.ndarray:
    (predicted,) = baseline.fit_predict(task, columns, examples, train, [rows], candidate, SEED)
    return predicted


def _on_validation(
    baseline: Baseline, candidate: Any, task: Task, columns: Sequence[Column], examples: Examples, plan: Plan
) -> np.ndarray:
    """Predictions (V, O) of models that did not see the row; averaged where several folds validate on it."""
    total = np.zeros((len(examples), len(task.outputs)))
    count = np.zeros((len(examples), 1))
    for fold in plan.folds:
        total[fold.validation] += _fit(baseline, candidate, task, columns, examples, fold.train, fold.validation)
        count[fold.validation] += 1
    rows = validation_rows(plan)
    return total[rows] / count[rows]


def _on_test(
    baseline: Baseline, candidate: Any, task: Task, columns: Sequence[Column], examples: Examples, plan: Plan
) -> np.ndarray:
    parts = []
    for folds in test_groups(plan).values():
        known = np.unique(np.concatenate([np.concatenate([f.train, f.validation]) for f in folds]))
        parts.append(_fit(baseline, candidate, task, columns, examples, known, folds[0].test))
    return np.concatenate(parts)
