"""Carrying out baselines on a plan, and the comparison of a network with them."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
import pandas as pd

from core.contracts import Column, Examples, Fold, HeldOutRows, Metric, Plan, Task
from core.contracts.events import Against, VerdictEvent
from core.contracts.report import BaselineReport, BaselineScore, Difference, NetworkScore, Range
from core.errors import UserError
from core.evaluation import intervals
from core.evaluation.intervals import Resamples, TestSet
from core.evaluation.metrics import metric_named
from core.evaluation.resampled import Bootstrap
from core.formatting.as_json import without_nan
from core.formatting.messages import message
from core.formatting.numbers import count
from core.protocols import Baseline

SEED = 0
_ROUNDING = 1e-12
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """Scores of the network (members, ensemble) and the baselines on one test set, with paired differences."""

    metrics: dict[str, NetworkScore]
    baselines: list[BaselineReport]


@dataclass(frozen=True, kw_only=True, slots=True)
class NetworkDraws:
    """What a network reaches in one metric, the mean of its members and the ensemble, and the bootstrap of each (R,),
    under the same resamples."""

    mean: float
    ensemble: float
    mean_R: np.ndarray
    ensemble_R: np.ndarray


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """The test set under the draws, and by metric what each baseline reaches there, and in each draw (R,)."""

    bootstrap: Bootstrap
    reached: dict[str, list[tuple[float, np.ndarray]]]


def known_before(task: Task, test: TestSet, baselines: Sequence[BaselineResult], draws: Resamples) -> Known:
    """What a comparison can count before there is a network."""
    bootstrap = Bootstrap(task=task, test=test, draws=draws)
    return Known(bootstrap=bootstrap, reached=_reached([metric_named(n) for n in task.metrics], bootstrap, baselines))


def compare(
    task: Task,
    test: TestSet,
    prediction_MNO: np.ndarray,
    baselines: Sequence[BaselineResult],
    draws: Resamples,
    *,
    headline_known: Callable[[VerdictEvent], object] = lambda _: None,
    known: Known | None = None,
) -> Comparison:
    """Every metric with its interval; paired against every baseline on the same resamples. The headline is first, and
    told as soon as it is known. known: what the baselines reach on them, where it has been counted before."""
    bootstrap = Bootstrap(task=task, test=test, draws=draws) if known is None else known.bootstrap
    reached = {} if known is None else known.reached
    report: dict[str, NetworkScore] = {}
    scores: list[dict[str, BaselineScore]] = [{} for _ in baselines]
    for metrics in _in_turn(task):
        if known is None:
            reached |= _reached(metrics, bootstrap, baselines)
        for name, (score, of_baselines) in _scored(metrics, bootstrap, prediction_MNO, reached).items():
            report[name] = score
            for own, of_one in zip(scores, of_baselines, strict=True):
                own[name] = of_one
        if task.headline in (m.name for m in metrics):
            own_scores = [own[task.headline] for own in scores]
            headline_known(_verdict(task.headline, report[task.headline], baselines, own_scores))
    rows: list[BaselineReport] = [
        {
            "name": b.name,
            "title": b.title,
            "tuned": b.tuned,
            "settings": b.settings,
            "fit_s": b.fit_s,
            "metrics": {name: own[name] for name in task.metrics},
            "value": own[task.headline]["mean"],
        }
        for b, own in zip(baselines, scores, strict=True)
    ]
    return Comparison(metrics={name: report[name] for name in task.metrics}, baselines=rows)


def _verdict(
    metric: str, network: NetworkScore, baselines: Sequence[BaselineResult], scores: Sequence[BaselineScore]
) -> VerdictEvent:
    against: list[Against] = [
        {"name": b.name, "title": b.title, "tuned": b.tuned, "score": score}
        for b, score in zip(baselines, scores, strict=True)
    ]
    told: VerdictEvent = {"event": "verdict", "metric": metric, "network": network, "baselines": against}
    return cast(VerdictEvent, without_nan(told))


def _in_turn(task: Task) -> list[list[Metric]]:
    """The headline and what is counted from the same ranking, then the others."""
    headline, metrics = metric_named(task.headline), [metric_named(name) for name in task.metrics]
    first = [m for m in metrics if m.name == headline.name or (m.of_ranks and headline.of_ranks)]
    others = [m for m in metrics if m not in first]
    return [first, others] if others else [first]


def _reached(
    metrics: Sequence[Metric], bootstrap: Bootstrap, baselines: Sequence[BaselineResult]
) -> dict[str, list[tuple[float, np.ndarray]]]:
    """By metric, what each baseline reaches, and in each draw (R,)."""
    if not baselines:
        return {metric.name: [] for metric in metrics}
    drawn = bootstrap.of_each(metrics, [b.test for b in baselines])
    scores = {m.name: [float(bootstrap.test.score(m, bootstrap.task, b.test)[0]) for b in baselines] for m in metrics}
    return {m.name: list(zip(scores[m.name], each, strict=True)) for m, each in zip(metrics, drawn, strict=True)}


def _scored(
    metrics: Sequence[Metric],
    bootstrap: Bootstrap,
    prediction_MNO: np.ndarray,
    reached: Mapping[str, Sequence[tuple[float, np.ndarray]]],
) -> dict[str, tuple[NetworkScore, list[BaselineScore]]]:
    """By metric, the network's score and the baselines'."""
    task, test = bootstrap.task, bootstrap.test
    drawn_of_each = bootstrap.of_each(metrics, list(prediction_MNO))
    drawn_of_ensemble = bootstrap.of_ensemble(metrics, prediction_MNO)
    found = {}
    for metric, each_MR, ensemble_R in zip(metrics, drawn_of_each, drawn_of_ensemble, strict=True):
        each = [float(test.score(metric, task, p)[0]) for p in prediction_MNO]
        drawn = NetworkDraws(
            mean=float(np.mean(each)),
            ensemble=float(test.score(metric, task, prediction_MNO.mean(0))[0]),
            mean_R=bootstrap.mean(each_MR),
            ensemble_R=ensemble_R,
        )
        score: NetworkScore = {
            "mean": ranged(metric, drawn.mean, drawn.mean_R),
            "ensemble": ranged(metric, drawn.ensemble, drawn.ensemble_R),
            "each": [*each],
        }
        found[metric.name] = score, [against(metric, drawn, *of_one) for of_one in reached[metric.name]]
    return found


def against(metric: Metric, ours: NetworkDraws, score: float, drawn_R: np.ndarray) -> BaselineScore:
    """A baseline's score with its interval, and ours minus it, paired: drawn as ours."""
    return {
        **ranged(metric, score, drawn_R),
        "mean_minus_this": _difference(metric, ours.mean - score, _minus(ours.mean_R, drawn_R)),
        "ensemble_minus_this": _difference(metric, ours.ensemble - score, _minus(ours.ensemble_R, drawn_R)),
    }


def _minus(ours_R: np.ndarray, theirs_R: np.ndarray) -> np.ndarray:
    """Nought where only the order of the sums differs: they are counted at other times, in other company."""
    found = ours_R - theirs_R
    found[np.abs(found) <= _ROUNDING * np.abs(ours_R)] = 0.0
    return found


def _difference(metric: Metric, value: float, drawn: np.ndarray) -> Difference:
    paired = ranged(metric, value, drawn)
    return {**paired, "verdict": intervals.verdict(paired["low"], paired["high"], metric.higher_is_better)}


def ranged(metric: Metric, value: float, drawn: np.ndarray) -> Range:
    """A value with its interval, NaN where there is none; and then why."""
    low, high = intervals.interval(drawn) if np.isfinite(value) else (np.nan, np.nan)
    entry: Range = {"mean": value, "low": low, "high": high}
    if not np.isfinite([value, low, high]).all():
        entry["undefined"] = metric.undefined
    return entry
