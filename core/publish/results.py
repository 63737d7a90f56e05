"""Measuring a use case over several seeds, pooled from its finished runs. Trains nothing itself, writes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np

from core import datasets
from core.checks import examples_check
from core.contracts import Examples, Metric, Preset, UseCase, Variant
from core.contracts.measured import Measured, MeasuredMetric, MeasuredValue, Pooled
from core.contracts.report import BaselineScore, ValueReport
from core.evaluation import compare, intervals, plan_rows
from core.evaluation.best import best_reference
from core.evaluation.metrics import metric_named
from core.evaluation.resampled import Bootstrap
from core.formatting.as_json import without_nan
from core.keys import fingerprint
from core.publish.record import presets_of, settings_for
from core.store.held_out import read_held_out
from core.store.runs import Run, list_runs


def subjects(use_case: UseCase) -> list[tuple[Variant | None, Preset]]:
    """What is measured: each variant at its first good preset."""
    good = [p for p in presets_of(use_case) if p.good]
    if not use_case.variants:
        return [(None, good[0])]
    first = use_case.variants[0].name
    return [(v, next(p for p in good if p.values.get("variant", first) == v.name)) for v in use_case.variants]


def finished(store: Path, use_case: UseCase, settings: Mapping[str, Any]) -> Run | None:
    """A finished run of these settings by today's code and data, so that an interrupted measurement goes on."""
    varied = use_case.with_variant(settings)
    wanted = (dict(settings), datasets.checksum(varied.datasets), fingerprint.of_training(varied))
    for run in list_runs(store, use_case.name):
        made = (run.config.get("settings"), run.config.get("data_checksum"), run.config.get("code"))
        if not run.recorded and made == wanted and run.final_state and run.final_state.value == "finished":
            return run
    return None


def settings_of_seed(use_case: UseCase, preset: Preset, seed: int) -> dict[str, Any]:
    """Complete settings of one run of the measurement, on the CPU."""
    return {**settings_for(use_case, preset), "seed": seed}


def measure(use_case: UseCase, examples: Examples, runs: Sequence[Run]) -> Measured:
    """Pool the runs of one use case (its variant chosen), one a seed: every metric as the mean over seeds, with a 95%
    interval by bootstrap over test units x seeds x members, and paired with every baseline."""
    task, plan = use_case.task, examples_check.plan_of(use_case, examples)
    test, _ = plan_rows.test_set(task, plan, examples)
    predicted = [read_held_out(run) for run in runs]
    networks = [p.members for p in predicted]
    draws = intervals.draw(test, len(networks[0]), seed=0)
    bootstrap = Bootstrap(task=task, test=test, draws=draws)
    share = np.random.default_rng(1).multinomial(len(runs), np.full(len(runs), 1 / len(runs)), len(draws.members))
    first, reports = runs[0].report(), [run.report() for run in runs]
    metrics: dict[str, MeasuredMetric] = {}
    for name in task.metrics:
        metric = metric_named(name)
        ours, drawn = _pooled(bootstrap, metric, networks, share / len(runs))
        paired = {
            b["name"]: _against(metric, bootstrap, predicted[0].baselines[b["name"]], drawn) for b in first["baselines"]
        }
        metrics[name] = {"mean": ours["mean"], "ensemble": ours["ensemble"], "baselines": paired}
    values = [r["value"] for r in reports if r["value"]]
    found: Measured = {
        "use_case": use_case.name,
        "variant": use_case.variant,
        "seeds": len(runs),
        "members": len(networks[0]),
        "rows": first["rows"],
        "unit": plan.unit,
        "headline": task.headline,
        "metrics": metrics,
        "baselines": [
            {"name": b["name"], "title": b["title"], "tuned": b["tuned"], "fit_s": b["fit_s"]}
            for b in first["baselines"]
        ],
        "value": _value(values),
        "train_s": [r["train_s"] for r in reports],
        "device": first["device"],
        "date": str(max(r.config["created"] for r in runs))[:10],
    }
    return cast(Measured, without_nan(found))


def _pooled(
    bootstrap: Bootstrap,
    metric: Metric,
    networks: Sequence[np.ndarray],
    share_RS: np.ndarray,
) -> tuple[dict[str, Pooled], compare.NetworkDraws]:
    """Mean of members and ensemble, each the mean over seeds, its bootstrap drawing seeds too."""
    task, test = bootstrap.task, bootstrap.test
    each = [[float(test.score(metric, task, p)[0]) for p in members] for members in networks]
    of_ensemble = [float(test.score(metric, task, members.mean(0))[0]) for members in networks]
    found: dict[str, Pooled] = {}
    scores_of: dict[str, float] = {}
    drawn_R: dict[str, np.ndarray] = {}
    for of, scores, drawn_by in (
        ("mean", [float(np.mean(e)) for e in each], bootstrap.of_members),
        ("ensemble", of_ensemble, bootstrap.of_ensemble),
    ):
        drawn = np.stack([drawn_by([metric], members)[0] for members in networks], axis=1)
        pooled = (drawn * share_RS).sum(1)
        scores_of[of] = float(np.mean(scores))
        found[of] = {**compare.ranged(metric, scores_of[of], pooled), "seeds": [*scores]}
        drawn_R[of] = pooled
    return found, compare.NetworkDraws(
        mean=scores_of["mean"],
        ensemble=scores_of["ensemble"],
        mean_R=drawn_R["mean"],
        ensemble_R=drawn_R["ensemble"],
    )


def _against(
    metric: Metric, bootstrap: Bootstrap, prediction_NO: np.ndarray, ours: compare.NetworkDraws
) -> BaselineScore:
    score = float(bootstrap.test.score(metric, bootstrap.task, prediction_NO)[0])
    ((drawn,),) = bootstrap.of_each([metric], [prediction_NO])
    return compare.against(metric, ours, score, drawn)


def _value(values: Sequence[ValueReport]) -> MeasuredValue | None:
    if not values:
        return None
    best = best_reference(values[0])
    return {
        "amounts": [v["amount"] for v in values],
        "currency": values[0]["currency"],
        "per": values[0]["per"],
        "best_reference": best,
        "baselines": [{"title": b["title"], "amount": b["amount"]} for b in values[0]["baselines"]],
    }
