"""The whole flow, a line a step: load, plan, train, baselines, evaluate, value, report. Read this first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import torch

from core import datasets
from core.checks import examples_check, settings_check
from core.contracts import Examples, Progress, Report, StopRequested, UseCase
from core.errors import UserError
from core.estimating import shape
from core.estimating.usage import Usage
from core.evaluation import compare, plan_rows
from core.evaluation.fitting import BaselineResult
from core.evaluation.metrics import metric_named
from core.formatting.numbers import exact
from core.kinds import kind_of, loss_of
from core.models import MODELS
from core.pipeline import simple_methods
from core.pipeline.beforehand import Beforehand, Beside
from core.pipeline.importance import importance
from core.pipeline.prepare import Prepared, headline_of, prepare
from core.pipeline.read import Reader
from core.pipeline.report import HeldOutPredictions, build, with_usage
from core.protocols import BaselineCache, Checkpoints, Model, ShippedBaselines
from core.settings import resolve
from core.settings.use_case import settings_of
from core.training import devices, loop, watch
from core.training.batches import Score
from core.training.config_batch import common
from core.training.ensemble import Ensemble
from core.training.loop import Trained
from core.training.losses import LOSSES, Loss
from core.value.summary import Forecasts, summarise
from core.value.threshold import assumed_values

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What a run leaves behind: the report, all held-out predictions, and the trained ensemble."""

    report: Report
    predictions: pd.DataFrame
    held_out: pd.DataFrame
    ensemble: Ensemble


def load_examples(use_case: UseCase) -> Examples:
    """Read the use case's tables, checked, and build its examples, checked."""
    tables = {name: datasets.read(datasets.DATASETS.get(name)) for name in use_case.datasets}
    return examples_check.built(use_case, lambda: use_case.examples(tables))


def run(
    use_case: UseCase,
    given: Mapping[str, Any],
    *,
    progress: Progress,
    stop_requested: StopRequested = lambda: False,
    load: Callable[[UseCase], Examples] = load_examples,
    baseline_cache: BaselineCache | None = None,
    shipped_baselines: ShippedBaselines | None = None,
    checkpoints: Checkpoints | None = None,
    limit_s: float | None = None,
    came_on: Callable[[], object] = lambda: None,
) -> Outcome:
    """Carry out one run, from its checkpoint if there is one; raises UserError for settings, data or a device that
    cannot be used, and Paused. After limit_s seconds the training ends with its best weights.
    `came_on` is called while an epoch is measured, after every part."""
    (outcome,) = run_config_batch(
        use_case,
        [given],
        progress=progress,
        stop_requested=stop_requested,
        load=load,
        baseline_cache=baseline_cache,
        shipped_baselines=shipped_baselines,
        checkpoints=checkpoints,
        limit_s=limit_s,
        came_on=came_on,
    )
    if isinstance(outcome, UserError):
        raise outcome
    return outcome


def run_config_batch(
    use_case: UseCase,
    given: Sequence[Mapping[str, Any]],
    *,
    progress: Progress,
    stop_requested: StopRequested = lambda: False,
    load: Callable[[UseCase], Examples] = load_examples,
    baseline_cache: BaselineCache | None = None,
    shipped_baselines: ShippedBaselines | None = None,
    checkpoints: Checkpoints | None = None,
    limit_s: float | None = None,
    came_on: Callable[[], object] = lambda: None,
) -> list[Outcome | UserError]:
    """Carry out several settings in one training: one outcome a setting, the same as if it had been run alone, or the
    error that its own training ended with. They may differ in `config_batch.OWN` (rates, dropout, patience, seed, ...);
    raises UserError for others, and as `run` does."""
    configs = [resolve(settings_of(use_case), each) for each in given]
    settings = configs[0]
    use_case = use_case.with_variant(settings)
    device = devices.choose(settings["device"])
    for each in configs:
        settings_check.combination(LOSSES.get(loss_of(use_case.task)), each, device)
        kind_of(use_case.task).check_settings(use_case.task, each)
    common(configs)
    simple_methods.fitting(use_case)
    usage = Usage(device.type)
    progress = usage.watching(progress)
    progress({"event": "phase", "phase": "data"})
    examples = examples_check.checked(use_case, load(use_case))  # kept ones too: an older version may have kept them
    plan = examples_check.plan_of(use_case, examples)
    prepared = prepare(use_case, examples, plan, settings, baseline_cache)
    score, metric = headline_of(use_case, prepared), metric_named(use_case.task.headline)
    known = watch.facts(LOSSES.get(loss_of(use_case.task)), use_case.task, metric, prepared.data, score)
    progress({**known, "event": "phase", "phase": "training", "device": devices.describe(device)})
    ready = Beforehand.of(use_case, examples, plan, settings)
    kept = simple_methods.Kept(examples, plan, baseline_cache, shipped_baselines)
    with Beside(lambda: ready.look_up(kept, [int(own["seed"]) for own in configs])) as beside:
        usage.beside_s = beside.took_s
        trained = _train(
            use_case, prepared, configs, score, device, progress, stop_requested, checkpoints, limit_s, came_on
        )
        progress({"event": "phase", "phase": "baselines"})
    beside.wait()
    if told := simple_methods.alone(use_case, kept):
        progress({**told, "event": "columns"})
    baselines, not_fitted = simple_methods.results(use_case, kept, progress)
    progress({"event": "phase", "phase": "evaluation"})
    outcomes = [
        part
        if isinstance(part, UserError)
        else _report(prepared, own, device, *part, baselines, ready, progress if len(configs) == 1 else lambda _: None)
        for own, part in zip(configs, trained, strict=True)
    ]
    used = usage.report()
    return [
        outcome
        if isinstance(outcome, UserError)
        else replace(outcome, report=with_usage(outcome.report, used, shared_by=len(configs), not_fitted=not_fitted))
        for outcome in outcomes
    ]


def _train(
    use_case: UseCase,
    prepared: Prepared,
    configs: Sequence[Mapping[str, Any]],
    score: Score,
    device: torch.device,
    progress: Progress,
    stop_requested: StopRequested,
    checkpoints: Checkpoints | None = None,
    limit_s: float | None = None,
    came_on: Callable[[], object] = lambda: None,
) -> list[tuple[Ensemble, Trained] | UserError]:
    model, loss, task = MODELS.get(use_case.model), LOSSES.get(loss_of(use_case.task)), use_case.task
    trained = loop.train(
        model,
        loss,
        task,
        replace(prepared.data, networks=[*prepared.data.networks] * len(configs)),
        [own for own in configs for _ in prepared.data.networks],
        score=score,
        progress=progress,
        stop_requested=stop_requested,
        device=device,
        checkpoints=checkpoints,
        parts=len(configs),
        limit_s=limit_s,
        came_on=came_on,
    )
    parts = zip(configs, trained.parts(len(configs)), strict=True)
    return [_trained(model, loss, prepared, own, part) for own, part in parts]


def _trained(
    model: Model, loss: Loss, prepared: Prepared, settings: Mapping[str, Any], trained: Trained
) -> tuple[Ensemble, Trained] | UserError:
    if min(trained.best_epoch) == 0:
        return UserError(
            "Training needs a finite loss, but it diverged before any network had finished a useful epoch: "
            "the steps were too large. Lower the learning rate (it was {learning_rate}) and train again.",
            learning_rate=exact(settings["learning_rate"]),
        )
    ensemble = Ensemble(
        model=model,
        loss=loss,
        settings=settings,
        params=trained.params,
        preprocessing=prepared.preprocessing,
        fold_of=[n.fold for n in prepared.data.networks],
    )
    return ensemble, trained


def _report(
    prepared: Prepared,
    settings: Mapping[str, Any],
    device: torch.device,
    ensemble: Ensemble,
    trained: Trained,
    baselines: list[BaselineResult],
    ready: Beforehand,
    progress: Progress,
) -> Outcome:
    use_case, tensors = ready.use_case, prepared.data.tensors
    held_out = HeldOutPredictions.read(Reader.of(ensemble, prepared.examples, tensors), prepared.plan)
    seed = int(settings["seed"])
    drawn = ready.drawn(seed, baselines)
    comparison = compare.compare(
        use_case.task, ready.test, held_out.test, baselines, drawn.draws, headline_known=progress, known=drawn.known
    )
    validation = plan_rows.held_out_rows(use_case.task, prepared.examples).at(held_out.validation_rows)
    metric = metric_named(use_case.task.headline)
    value = None
    if use_case.value and (priced := ready.priced(seed, baselines)):
        own = Forecasts(name="network", title="Network", validation=held_out.validation, test=held_out.test)
        assumed = assumed_values(use_case.value.assumptions)
        value = summarise(use_case.value, priced[0], own, priced[1], assumed)
    inputs = [p.table_sizes for p in prepared.preprocessing]
    report = build(
        use_case,
        prepared.examples,
        prepared.plan,
        settings,
        trained,
        comparison,
        value,
        device=devices.describe(device),
        shape=shape.of(use_case, prepared.examples, prepared.plan, inputs).to_json(),
        validation_score=float(metric.compute(validation, held_out.validation, use_case.task)[0]),
        importance=importance(use_case, ensemble, prepared.examples, prepared.plan, tensors),
    )
    return Outcome(
        report=report,
        predictions=held_out.frame(use_case.task, baselines),
        held_out=held_out.rows(prepared.examples),
        ensemble=ensemble,
    )
