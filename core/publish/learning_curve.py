"""Measuring what labels bring: each method trained with every number of them that a use case names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from core.checks import examples_check
from core.contracts import Examples, Report, UseCase
from core.contracts.learning_curve import CurveLine, CurvePoint, LearningCurve
from core.errors import UserError
from core.evaluation.baselines import BASELINES
from core.evaluation.metrics import metric_named
from core.evaluation.plan_rows import held_out_rows
from core.protocols import Baseline
from core.publish.record import presets_of, settings_for
from core.value.threshold import assumed_values

Train = Callable[[UseCase, Mapping[str, Any]], Report]
_SEED = 0


def measured(use_case: UseCase, examples: Examples, train: Train) -> Iterator[LearningCurve]:
    """The curve after every number of labels, from the fewest on, so that what was measured stays when somebody stops.
    train: settings to the report of their run. Raises UserError for a use case without a curve."""
    labels = use_case.labels
    if labels is None or not labels.curve:
        raise UserError("{name} declares no numbers of labels to be measured. Name one that does.", name=use_case.name)
    presets, lines = {p.name: p for p in presets_of(use_case)}, dict[str, CurveLine]()
    alone = replace(use_case, baselines=())
    for count in labels.curve:
        rows = 0
        for name, title in labels.compared.items():
            report = train(alone, {**settings_for(use_case, presets[name]), "labels": count})
            rows, score = report["rows"]["test"], report["metrics"][use_case.task.headline]["ensemble"]
            point: CurvePoint = {
                "labels": count,
                "amount": report["value"]["amount"] if report["value"] else None,
                "mean": score["mean"],
                "low": score["low"],
                "high": score["high"],
            }
            role = "other" if "network" in {line["role"] for key, line in lines.items() if key != name} else "network"
            _line(lines, name, title, role)["points"].append(point)
        for baseline in (BASELINES.get(name) for name in use_case.baselines):
            own = _simple(baseline, use_case.with_variant({"labels": count}), examples)
            _line(lines, baseline.name, baseline.title, "simple")["points"].append(own)
        headline = metric_named(use_case.task.headline)
        yield {"use_case": use_case.name, "headline": headline.name, "rows": rows, "lines": list(lines.values())}


def _simple(baseline: Baseline, use_case: UseCase, examples: Examples) -> CurvePoint:
    """A simple method tuned on validation rows and, unlike in a run, not fitted again with them: it has seen the labels
    that the network has seen, and no more. Of a plan with one fold."""
    (fold,) = examples_check.plan_of(use_case, examples).folds
    task, metric = use_case.task, metric_named(use_case.task.headline)
    rows = held_out_rows(task, examples)
    sign = 1 if metric.higher_is_better else -1
    best: tuple[float, list[np.ndarray]] | None = None
    for candidate in baseline.candidates:
        asked = [fold.validation, fold.test]
        predicted = baseline.fit_predict(task, use_case.columns, examples, fold.train, asked, candidate, _SEED)
        validated = sign * float(metric.compute(rows.at(fold.validation), predicted[0], task)[0])
        if best is None or validated > best[0]:
            best = validated, predicted
    if best is None:
        raise UserError("A simple method has at least one candidate; {name} has none.", name=baseline.name)
    validation, test = best[1]
    score = float(metric.compute(rows.at(fold.test), test, task)[0])
    amount = None
    if use_case.value is not None:
        assumed, target, info = assumed_values(use_case.value.assumptions), rows.target, examples.info
        level = use_case.value.choose(target[fold.validation], validation, info.iloc[fold.validation], assumed)
        amount = float(
            use_case.value.amount(target[fold.test], test, info.iloc[fold.test], level, assumed)[0],
        )
    return {"labels": use_case.num_labels, "amount": amount, "mean": score, "low": None, "high": None}


def _line(lines: dict[str, CurveLine], name: str, title: str, role: str) -> CurveLine:
    return lines.setdefault(name, {"name": name, "title": title, "role": role, "points": []})
