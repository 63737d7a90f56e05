"""Walks every member of every registry: what is declared resolves, and what is promised is there."""

import dataclasses
import inspect
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from core import datasets
from core.checks import plans
from core.contracts import Assumption, ColumnKind, Kind, State, Task, UseCase
from core.datasets import DATASETS, folder_of
from core.errors import DataError, UserError
from core.evaluation.baselines import BASELINES
from core.evaluation.metrics import METRICS
from core.kinds import kind_of, loss_of
from core.models import MODELS
from core.pipeline import load_examples
from core.settings import resolve
from core.settings.use_case import settings_of
from core.training.losses import LOSSES, ShowsPictures, SpeaksAsOne
from core.training.losses.reconstruction import Reconstruction
from core.use_cases import INDUSTRIES, USE_CASES

ALL = {  # every use case, and every variant of one that has some
    " ".join(filter(None, (u.name, v))): u.with_variant({"variant": v} if v else {})
    for u in USE_CASES.all().values()
    for v in ([x.name for x in u.variants] or [""])
}
PRICED = {name: u for name, u in ALL.items() if u.value}
every_use_case = pytest.mark.parametrize("use_case", ALL.values(), ids=ALL)
every_dataset = pytest.mark.parametrize("dataset", DATASETS.all().values(), ids=DATASETS.all())
every_priced = pytest.mark.parametrize("use_case", PRICED.values(), ids=PRICED)
TASK = Task(
    kind=Kind.BINARY,
    target="t",
    target_columns=("t",),
    outputs=("p",),
    loss="binary_cross_entropy",
    metrics=("roc_auc",),
    headline="roc_auc",
)


@cache
def examples_of(name):
    return load_examples(ALL[name])


@pytest.fixture
def examples(request, use_case):
    return examples_of(next(name for name, declared in ALL.items() if declared is use_case))


def is_sentence(text):
    return bool(text.strip()) and text.strip()[-1] in ".?!"


@every_use_case
def test_what_a_use_case_names_is_known(use_case):
    assert MODELS.get(use_case.model)
    assert LOSSES.get(loss_of(use_case.task))
    assert INDUSTRIES.get(use_case.industry)
    assert all(DATASETS.get(name) for name in use_case.datasets)
    assert set(use_case.task.metrics) <= set(METRICS)
    assert use_case.baselines, "a use case without a baseline proves nothing"
    for name in use_case.baselines:
        assert use_case.task.kind in BASELINES.get(name).kinds


@every_use_case
def test_a_use_case_is_named_after_its_file(use_case):
    path = Path(inspect.getfile(use_case.examples))
    assert use_case.name == f"{path.parent.name}/{path.stem}"
    assert use_case.slug == f"{path.parent.name}-{path.stem}"


@every_use_case
def test_the_declared_columns_and_words_of_a_use_case_are_whole(use_case):
    names = [c.name for c in use_case.columns]
    labels = [c.label.strip() for c in use_case.columns]
    assert len(set(names)) == len(names)
    assert names or use_case.arrays
    assert len(set(labels)) == len(labels)
    assert all(labels)
    assert use_case.title.strip()
    assert is_sentence(use_case.summary)
    asked = use_case.question
    assert asked.who.strip()
    assert all(is_sentence(text) for text in (asked.problem, asked.cost_today, asked.what_ai_does))


@every_use_case
def test_the_task_of_a_use_case_fits_its_loss(use_case):
    task = use_case.task
    assert task.headline in task.metrics
    assert len(set(task.metrics)) == len(task.metrics)
    loss = LOSSES.get(loss_of(task))
    becomes_another = isinstance(loss, SpeaksAsOne | ShowsPictures | Reconstruction)  # maps become boxes, ...
    assert loss.num_outputs(task) == len(task.outputs) or becomes_another
    assert list(task.levels) == sorted(task.levels)
    assert all(0 < level < 1 for level in task.levels)


@every_use_case
def test_the_settings_presets_and_front_of_a_use_case_are_valid(use_case):
    settings = settings_of(use_case)
    assert set(use_case.front) <= set(settings)
    assert len(use_case.front) == 3, "an audience sees three settings"
    assert len({p.name for p in use_case.presets}) == len(use_case.presets)
    for preset in use_case.presets:
        resolved = resolve(settings, preset.values)
        assert {name: resolved[name] for name in preset.values} == dict(preset.values)
        assert is_sentence(preset.reason)
        assert preset.title.strip()


@every_use_case
def test_the_examples_of_a_use_case_are_what_it_declares(use_case, examples):
    rows = len(examples)
    assert list(examples.features.columns) == [c.name for c in use_case.columns]
    assert tuple(examples.target.columns) == use_case.task.target_columns
    assert len(examples.target) == len(examples.unit) == len(examples.info) == rows > 0
    assert examples.time is None or len(examples.time) == rows
    assert np.isfinite(examples.target.to_numpy(dtype=float)).all()
    is_target_drawn = kind_of(use_case.task).target is not None  # of segments the features are what is to be drawn
    assert is_target_drawn or not set(use_case.task.target_columns) & set(examples.features.columns)
    for column in use_case.columns:
        values = examples.features[column.name].dropna()
        if column.kind is ColumnKind.CATEGORY:
            assert values.nunique() > 1, f"{column.name} says the same of everybody"
        else:
            assert np.isfinite(values.to_numpy(dtype=float)).all()
            assert use_case.image or values.nunique() > 1, f"{column.name} says the same of everybody"
            assert column.kind is not ColumnKind.BINARY or set(values) <= {0.0, 1.0}
    plan = plans.check(use_case.plan(examples), examples)
    assert is_sentence(plan.sentence)
    assert plan.separation in ("time", "unit")
    assert plan.aggregation in ("pooled", "mean_of_tests")
    used = np.concatenate([rows for f in plan.folds for rows in (f.train, f.validation, f.test)])
    assert used.min() >= 0
    assert used.max() < rows
    assert plan.unit in examples.info.columns, "the unit is shown beside a record"


@every_priced
def test_every_assumption_lies_within_its_bounds_and_names_its_source(use_case):
    assumptions = use_case.value.assumptions
    assert len({a.name for a in assumptions}) == len(assumptions)
    for a in assumptions:
        assert isinstance(a, Assumption)
        assert a.low <= a.value <= a.high, a.name
        assert 0 < a.step <= a.high - a.low, a.name
        assert is_sentence(a.source)
        assert a.label.strip()
        assert a.unit.strip()


@every_priced
def test_the_money_of_a_use_case_moves_with_every_assumption(use_case, examples):
    """On real held-out rows with made-up predictions: chances, or quantiles around what happened."""
    value, task, rng = use_case.value, use_case.task, np.random.default_rng(0)
    rows = use_case.plan(examples).folds[0].test[:2000]
    target, info = examples.target.to_numpy(dtype=float)[rows], examples.info.iloc[rows]
    noise = rng.random((len(rows), len(task.outputs)))
    score = np.sort(target[:, :1] * (0.4 + 1.2 * noise), axis=1) if task.levels else noise
    middle = {a.name: a.value for a in value.assumptions}
    between = (value.decision.low + value.decision.high) / 2
    base = [value.amount(target, score, info, between, middle)[0], *value.references(target, info, middle)]
    for a in value.assumptions:
        changed = {**middle, a.name: a.high if a.value < a.high else a.low}
        moved = [value.amount(target, score, info, between, changed)[0], *value.references(target, info, changed)]
        assert moved != base, a.name


@every_dataset
def test_the_files_of_a_dataset_are_the_ones_that_its_card_promises(dataset):
    assert dataset.files
    for file in dataset.files:
        path = datasets.check(dataset, file)
        metadata = pq.read_metadata(path)
        assert (metadata.num_rows, metadata.num_columns) == (file.rows, file.columns), file.name


@every_dataset
def test_a_dataset_has_a_card_with_origin_licence_and_rows(dataset):
    card = (folder_of(dataset) / "CARD.md").read_text(encoding="utf-8")
    for heading in ("**Origin**", "**Licence**", "**Restore**"):
        assert heading in card
    for file in dataset.files:
        assert f"| {Path(file.name).stem} | {file.rows:,} | {file.columns} |" in card
    assert dataset.title.strip()
    assert all(is_sentence(text) for text in (dataset.origin, dataset.licence, dataset.rebuild, *dataset.caveats))


def test_a_dataset_is_named_after_its_file():
    files = {p.stem for p in Path(datasets.__file__).parent.glob("[!_]*.py")}
    assert files <= set(DATASETS.all())


def _altered(dataset, tmp_path):
    file = dataset.files[1]
    (tmp_path / file.name).write_bytes((folder_of(dataset) / file.name).read_bytes() + b"x")
    return dataclasses.replace(dataset, folder=str(tmp_path), files=(file,))


def test_an_altered_data_file_is_refused_with_how_to_restore_it(tmp_path):
    dataset = DATASETS.get("complete_journey")
    with pytest.raises(DataError, match="was altered") as caught:
        datasets.read(_altered(dataset, tmp_path))
    assert dataset.rebuild in str(caught.value)
    assert dataset.files[1].sha256 in str(caught.value)


def test_a_missing_data_file_is_refused_with_how_to_restore_it(tmp_path):
    dataset = dataclasses.replace(DATASETS.get("complete_journey"), folder=str(tmp_path))
    with pytest.raises(DataError, match=r"complete_journey/campaigns.parquet is missing") as caught:
        datasets.read(dataset)
    assert dataset.rebuild in str(caught.value)


@pytest.mark.parametrize("model", MODELS.all().values(), ids=MODELS.all())
def test_a_model_declares_its_settings_beside_those_of_training(model):
    from core.settings.training import SETTINGS

    names = [s.name for s in (*SETTINGS, *model.settings)]
    assert len(set(names)) == len(names), "a model's setting would hide one of training's"
    assert model.title.strip()


@pytest.mark.parametrize("baseline", BASELINES.all().values(), ids=BASELINES.all())
def test_a_baseline_has_candidates_that_differ(baseline):
    assert baseline.kinds
    assert baseline.title.strip()
    told_apart = {tuple(sorted(c.items())) for c in baseline.candidates}
    assert len(told_apart) == len(baseline.candidates) >= 1


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_a_metric_is_known_by_its_name_and_explained(metric):
    assert METRICS[metric.name] is metric
    assert is_sentence(metric.help)
    assert metric.label.strip()
    assert metric.short.strip()


@pytest.mark.parametrize("industry", INDUSTRIES.all().values(), ids=INDUSTRIES.all())
def test_an_industry_has_a_title_and_a_summary(industry):
    assert industry.title.strip()
    assert is_sentence(industry.summary)
    assert any(u.industry == industry.name for u in USE_CASES.all().values()), "an industry without a use case"


def test_a_headline_outside_the_metrics_is_refused():
    with pytest.raises(UserError, match="'brier' is not in"):
        dataclasses.replace(TASK, headline="brier")


def test_a_quantile_task_without_a_level_for_each_output_is_refused():
    with pytest.raises(UserError, match="it has 1 levels for 2 outputs"):
        dataclasses.replace(TASK, kind=Kind.QUANTILE, outputs=("q10", "q90"), levels=(0.1,))


@pytest.mark.parametrize("name", ["coupon_response", "retail/coupon/response", ""])
def test_a_use_case_without_an_industry_in_its_name_is_refused(name):
    declared = USE_CASES.get("retail/coupon_response")
    with pytest.raises(UserError, match="named 'industry/use_case'"):
        dataclasses.replace(declared, name=name)


def test_a_declaration_cannot_be_changed():
    declared = USE_CASES.get("retail/coupon_response")
    assert isinstance(declared, UseCase)
    with pytest.raises(dataclasses.FrozenInstanceError):
        declared.title = "Other"


def test_only_finished_and_stopped_runs_have_a_report():
    assert {s for s in State if s.has_report} == {State.FINISHED, State.STOPPED}
    assert {s for s in State if not s.is_final} == {State.WAITING, State.RUNNING, State.PAUSED}
