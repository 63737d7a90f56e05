"""The comparison of a network with simple methods on the same test rows, under the same draws."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

import numpy as np

from core.contracts import Metric, Task
from core.contracts.events import Against, VerdictEvent
from core.contracts.report import BaselineReport, BaselineScore, Difference, NetworkScore, Range
from core.evaluation import intervals
from core.evaluation.fitting import BaselineResult
from core.evaluation.intervals import Resamples, TestSet
from core.evaluation.metrics import metric_named
from core.evaluation.resampled import Bootstrap
from core.formatting.as_json import without_nan

_ROUNDING = 1e-12


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
    """What needs no network: the test set under the draws, and by metric what each baseline reaches there, and in each
    draw (R,), counted when it is asked for."""

    bootstrap: Bootstrap
    baselines: Sequence[BaselineResult]
    _reached: dict[str, list[tuple[float, np.ndarray]]] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, task: Task, test: TestSet, baselines: Sequence[BaselineResult], draws: Resamples) -> Known:
        """Nothing is counted yet."""
        return cls(bootstrap=Bootstrap(task=task, test=test, draws=draws), baselines=baselines)

    def reached(self, metrics: Sequence[Metric]) -> Mapping[str, list[tuple[float, np.ndarray]]]:
        """At least these metrics, each counted once."""
        if missing := [metric for metric in metrics if metric.name not in self._reached]:
            self._reached.update(_reached(missing, self.bootstrap, self.baselines))
        return self._reached

    def count(self, task: Task) -> None:
        """Every metric, in the company in which a comparison asks for it: in another one the last bits are others."""
        for metrics in _in_turn(task):
            self.reached(metrics)


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
    told as soon as it is known. known: what has been counted of the baselines before."""
    known = known or Known.of(task, test, baselines, draws)
    report: dict[str, NetworkScore] = {}
    scores: list[dict[str, BaselineScore]] = [{} for _ in baselines]
    for metrics in _in_turn(task):
        scored = _scored(metrics, known.bootstrap, prediction_MNO, known.reached(metrics))
        for name, (score, of_baselines) in scored.items():
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
