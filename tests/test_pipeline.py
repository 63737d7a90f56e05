"""The whole flow on two tiny use cases: a complete report, JSON-able, the same twice, and mistakes in sentences."""

import dataclasses
import json
import sys

import numpy as np
import pandas as pd
import pytest
import torch

from core import pipeline
from core.contracts import Column, ColumnKind, HeldOutRows
from core.contracts.events import verdict_of
from core.diagnosis import doctor
from core.errors import UnknownNameError, UserError
from core.evaluation.metrics import METRICS
from core.models.table_network import TableNetwork
from core.pipeline.importance import importance
from core.pipeline.prepare import prepare
from core.pipeline.read import Reader
from core.pipeline.report import HeldOutPredictions
from core.settings import resolve
from core.store import formats
from core.store.shapes import problem
from core.training import column_shuffle, loop
from core.training.ensemble import Ensemble
from core.training.losses import LOSSES
from core.training.preprocessing import fit
from core.use_cases import use_case
from tests.samples import undeclared

QUANTILE, SURVIVAL = use_case("testing/tiny_quantile"), use_case("testing/tiny_survival")
SMALL = {"num_epochs": 6, "width": 8, "device": "cpu"}
KEYS = {
    "schema", "use_case", "headline", "metrics", "baselines", "value", "rows", "plan", "unit", "settings", "train_s",
    "samples_per_s", "epochs_run", "best_epoch", "device", "stopped", "time_limit_s", "validation_score", "importance",
    "shape", "phases_s", "training_cpu_s", "memory", "energy", "shared_by", "not_fitted",
}  # fmt: skip
CLOCK = {"train_s", "samples_per_s", "fit_s", "phases_s", "training_cpu_s", "memory", "energy"}


class Cache:
    """Baselines in memory, and how often they were asked for and kept."""

    def __init__(self):
        self.kept, self.found = {}, 0

    def get(self, key):
        self.found += key in self.kept
        return self.kept.get(key)

    def put(self, key, meta, arrays):
        self.kept[key] = (json.loads(json.dumps(meta)), {name: a.copy() for name, a in arrays.items()})


def run(what, *, events=None, **given):
    names = ("stop_requested", "baseline_cache", "load", "came_on")
    options = {name: given.pop(name) for name in names if name in given}
    seen = [] if events is None else events
    return pipeline.run(what, {**SMALL, **given}, progress=seen.append, **options)


@pytest.fixture(scope="module")
def cache():
    return Cache()


@pytest.fixture(scope="module")
def events():
    return []


@pytest.fixture(scope="module")
def quantile(cache, events):
    return run(QUANTILE, baseline_cache=cache, events=events)


@pytest.fixture(scope="module")
def survival():
    return run(SURVIVAL)


@pytest.fixture(params=["quantile", "survival"])
def outcome(request):
    return request.getfixturevalue(request.param)


def of(outcome):
    return use_case(outcome.report["use_case"])


def timeless(value):
    """A report without what a clock said."""
    if isinstance(value, dict):
        return {key: timeless(item) for key, item in value.items() if key not in CLOCK}
    return [timeless(item) for item in value] if isinstance(value, list) else value


def test_a_report_is_complete_and_valid_json(outcome):
    report = outcome.report
    assert problem({**report, "run": "a name"}, formats.REPORT) == ""
    assert undeclared(report, formats.REPORT) == []
    assert set(report) == KEYS
    assert json.loads(json.dumps(report, allow_nan=False)) == json.loads(json.dumps(report))
    assert set(report["metrics"]) == set(of(outcome).task.metrics)
    assert report["headline"]["metric"] == of(outcome).task.headline
    assert report["headline"]["mean"] == report["metrics"][of(outcome).task.headline]["mean"]["mean"]
    assert report["headline"]["members"] == report["settings"]["members"] == 2
    assert report["settings"]["num_epochs"] == 6
    assert report["stopped"] is False
    assert report["device"].startswith("cpu (")
    assert report["value"] is None


def test_intervals_hold_their_value(outcome):
    for entry in outcome.report["metrics"].values():
        for kind in ("mean", "ensemble"):
            assert entry[kind]["low"] < entry[kind]["mean"] < entry[kind]["high"]


def test_every_baseline_is_reported_untuned_and_tuned(quantile, survival):
    names = [b["name"] for b in quantile.report["baselines"]]
    assert names == ["constant", "gradient_boosting", "gradient_boosting_tuned"]
    assert [b["name"] for b in survival.report["baselines"]] == ["constant"]
    assert survival.report["baselines"][0]["value"] == 0.5, "equal risks are a coin"
    for b in quantile.report["baselines"]:
        assert set(b["metrics"]) == set(QUANTILE.task.metrics)
        assert b["value"] == b["metrics"]["pinball_loss"]["mean"]


def test_the_rows_of_a_report_are_those_of_the_plan(quantile, survival):
    assert quantile.report["rows"] == {"all": 900, "folds": 3, "train": 450, "validation": 150, "test": 900}
    assert survival.report["rows"] == {"all": 600, "folds": 1, "train": 300, "validation": 120, "test": 180}


def test_every_held_out_row_has_a_prediction_of_every_member_and_baseline(outcome):
    what, table = of(outcome), outcome.predictions
    examples = pipeline.load_examples(what)
    folds = what.plan(examples).folds
    test = np.sort(np.unique(np.concatenate([f.test for f in folds])))
    validation = np.unique(np.concatenate([f.validation for f in folds]))
    assert list(table.columns) == ["row", "part", "source", "member", *what.task.outputs]
    assert np.isfinite(table[list(what.task.outputs)].to_numpy()).all()
    groups = dict(iter(table.groupby(["part", "source", "member"])))
    sources = [b["name"] for b in outcome.report["baselines"]]
    expected = {("test", "network", m) for m in range(2)} | {("validation", "network", -1)}
    expected |= {(part, name, -1) for name in sources for part in ("test", "validation")}
    assert set(groups) == expected
    for (part, _, _), rows in groups.items():
        np.testing.assert_array_equal(np.sort(rows["row"]), test if part == "test" else validation)


def test_the_headline_can_be_computed_again_from_what_a_run_leaves_behind(outcome):
    """Predictions joined to their targets by row id: a shuffled table would not give the reported numbers."""
    task, report = of(outcome).task, outcome.report
    targets = outcome.held_out.set_index(["part", "row"])[[f"target.{c}" for c in task.target_columns]]
    metric = METRICS[task.headline]
    folds = of(outcome).plan(pipeline.load_examples(of(outcome))).folds

    def score(part, source, member, rows):
        table = outcome.predictions.query("part == @part and source == @source and member == @member").set_index("row")
        predicted = table.loc[rows, list(task.outputs)].to_numpy()
        return metric.compute(HeldOutRows(target=targets.loc[part].loc[rows].to_numpy()), predicted, task)[0]

    each = [np.mean([score("test", "network", m, f.test) for f in folds]) for m in range(2)]
    assert report["metrics"][task.headline]["each"] == pytest.approx(each)
    for b in report["baselines"]:
        assert b["value"] == pytest.approx(np.mean([score("test", b["name"], -1, f.test) for f in folds]))
    rows = outcome.held_out.query("part == 'validation'")["row"].to_numpy()
    assert report["validation_score"] == pytest.approx(score("validation", "network", -1, rows))


def test_a_validation_row_is_predicted_by_networks_that_did_not_learn_from_it(quantile):
    """tiny_quantile validates a row in one fold and learns from it in others."""
    examples = pipeline.load_examples(QUANTILE)
    table = quantile.predictions.query("part == 'validation' and source == 'network'").set_index("row")
    for f, fold in enumerate(QUANTILE.plan(examples).folds):
        own = [k for k, of_fold in enumerate(quantile.ensemble.fold_of) if of_fold == f]
        expected = quantile.ensemble.predict(examples.features.iloc[fold.validation], own).mean(0)
        np.testing.assert_allclose(table.loc[fold.validation, list(QUANTILE.task.outputs)], expected, rtol=1e-6)


def test_each_fold_learns_targets_that_its_own_preprocessing_brings_back(quantile):
    examples = pipeline.load_examples(QUANTILE)
    prepared = prepare(QUANTILE, examples, QUANTILE.plan(examples), quantile.report["settings"])
    assert len({p.target_center for p in prepared.preprocessing}) == 3
    for fitted, scaled in zip(prepared.preprocessing, prepared.data.target.numpy(), strict=True):
        np.testing.assert_allclose(fitted.unscale(scaled), examples.target, rtol=1e-5)


def test_all_networks_together_predict_what_each_predicts_alone_in_their_order(quantile, monkeypatch):
    features = pipeline.load_examples(QUANTILE).features[:40]
    together = quantile.ensemble.predict(features)
    assert together.shape == (6, 40, 3)
    for k in range(6):
        np.testing.assert_allclose(quantile.ensemble.predict(features, [k])[0], together[k], rtol=1e-5)
    monkeypatch.setattr("core.training.ensemble._CHUNK_ROWS", 7)
    np.testing.assert_allclose(quantile.ensemble.predict(features), together, rtol=1e-5)


def test_importance_names_every_column_strongest_first_and_the_signal_leads(outcome):
    found = outcome.report["importance"]
    assert {f["column"] for f in found} == {c.name for c in of(outcome).columns}
    assert [f["drop"] for f in found] == sorted((f["drop"] for f in found), reverse=True)


def test_importance_is_measured_with_networks_that_did_not_learn_from_the_row(quantile, monkeypatch):
    asked, plain = [], column_shuffle.predict

    def spy(ensemble, inputs, *of):
        asked.append(tuple(inputs.networks))
        return plain(ensemble, inputs, *of)

    monkeypatch.setattr(column_shuffle, "predict", spy)
    examples = pipeline.load_examples(QUANTILE)
    importance(QUANTILE, quantile.ensemble, examples, QUANTILE.plan(examples))
    assert set(asked) == {(0, 1), (2, 3), (4, 5)}


def test_a_test_set_without_a_row_in_the_sample_loses_no_run(quantile, monkeypatch):
    """As few groups of a ranking, which stay whole, leave some test sets without one."""
    monkeypatch.setattr(sys.modules["core.pipeline.importance"], "_ROWS", 2)
    examples = pipeline.load_examples(QUANTILE)
    found = importance(QUANTILE, quantile.ensemble, examples, QUANTILE.plan(examples))
    assert all(np.isfinite(one["drop"]) for one in found)


@pytest.mark.parametrize("kind", ["none", "piecewise", "periodic"])
def test_shuffling_what_enters_the_layers_is_shuffling_the_table(kind, monkeypatch):
    """The same bits as of shuffled inputs, also where each fold has other columns and numbers are embedded."""
    ensemble = embedded(kind)
    table = pd.DataFrame({"a": np.linspace(-2, 2, 60), "b": list("xyz") * 20, "c": np.arange(60.0)})
    table.loc[::7, "a"] = np.nan
    inputs, own, columns = ensemble.inputs(table), np.arange(10, 50), ["", "a", "b", "c"]
    sources = [np.random.default_rng(c).permutation(60) for c in range(len(columns))]
    found = column_shuffle.predict(ensemble, inputs, own, columns, sources)
    whole = ensemble.predict(table.iloc[own]).mean(0)
    np.testing.assert_allclose(found[0], whole, rtol=1e-6)
    for column, source, said in list(zip(columns, sources, found, strict=True))[1:]:
        mixed = table.assign(**{column: table[column].to_numpy()[source]}).iloc[own]
        np.testing.assert_allclose(said, ensemble.predict(mixed).mean(0), rtol=1e-5)
        assert (said != whole).any()
    monkeypatch.setattr(column_shuffle, "HasEntrance", int)  # as a model that does not say what enters
    np.testing.assert_array_equal(column_shuffle.predict(ensemble, inputs, own, columns, sources), found)


def spread(params):
    """So that the linear path, which starts at nought, says something too."""
    return {name: value + 0.1 * torch.arange(value.numel()).view_as(value).sin() for name, value in params.items()}


def embedded(kind):
    """Two networks of two folds, of which one knows a missing number."""
    folds = [pd.DataFrame({"a": [0.0, 1.0, gap, 3.0], "b": list("xyzx"), "c": [1.0, 2, 3, 4]}) for gap in (np.nan, 2.0)]
    kinds = {"a": ColumnKind.NUMERIC, "b": ColumnKind.CATEGORY, "c": ColumnKind.NUMERIC}
    columns = [Column(name=name, label=name, kind=own) for name, own in kinds.items()]
    target = np.array([[0.0], [1], [0], [1]])
    fitted = [fit(columns, each, target, method="standard", scale_target=False) for each in folds]
    settings = resolve({s.name: s for s in TableNetwork().settings}, {"numeric_embedding": kind, "linear_skip": "on"})
    generators = [torch.Generator().manual_seed(seed) for seed in (1, 2)]
    widest = dataclasses.replace(fitted[0].shapes, num_numeric=max(each.shapes.num_numeric for each in fitted))
    return Ensemble(
        model=TableNetwork(),
        loss=LOSSES.get("binary_cross_entropy"),
        settings=settings,
        params=spread(TableNetwork().init(widest, 1, settings, generators)),
        preprocessing=fitted,
        fold_of=[0, 1],
    )


def test_what_the_training_has_read_is_not_read_again(quantile, monkeypatch):
    """The same predictions and importance, without one more pass of a row through the preprocessing."""
    ensemble, examples = quantile.ensemble, pipeline.load_examples(QUANTILE)
    plan = QUANTILE.plan(examples)
    again, weights = HeldOutPredictions.of(ensemble, examples, plan), importance(QUANTILE, ensemble, examples, plan)
    tensors = prepare(QUANTILE, examples, plan, quantile.report["settings"]).data.tensors
    monkeypatch.setattr(type(ensemble.preprocessing[0]), "transform", lambda *_: pytest.fail("read again"))
    found = HeldOutPredictions.read(Reader.of(ensemble, examples, tensors), plan)
    np.testing.assert_allclose(found.test, again.test, rtol=1e-6)
    np.testing.assert_allclose(found.validation, again.validation, rtol=1e-6)
    read = importance(QUANTILE, ensemble, examples, plan, tensors)
    assert [f["column"] for f in read] == [f["column"] for f in weights]
    np.testing.assert_allclose([f["drop"] for f in read], [f["drop"] for f in weights], rtol=1e-4, atol=1e-9)


def test_predictions_are_one_table_source_after_source(outcome):
    """A block of rows of each member, of the validation and of each simple method, whose numbers the report counts."""
    table, found = outcome.predictions, []
    labels = table[["part", "source", "member"]]
    blocks = labels.assign(row=table["row"]).groupby((labels != labels.shift()).any(axis=1).cumsum())
    for _, block in blocks:
        (told,) = set(block[["part", "source", "member"]].itertuples(index=False, name=None))
        held = outcome.held_out[outcome.held_out["part"] == told[0]]
        np.testing.assert_array_equal(block["row"], held["row"])
        found.append(told)
    members = [("test", "network", m) for m in range(outcome.report["headline"]["members"])]
    methods = [(part, b["name"], -1) for b in outcome.report["baselines"] for part in ("test", "validation")]
    assert found == [*members, ("validation", "network", -1), *methods]
    outputs = [name for name in table if name not in ("row", "part", "source", "member")]
    assert outputs == list(of(outcome).task.outputs)
    assert [str(dtype) for dtype in table.dtypes] == ["int32", "str", "str", "int64", *["float32"] * len(outputs)]


def test_the_same_seed_gives_the_same_report_to_the_last_digit_also_from_cached_baselines(quantile, cache):
    assert cache.found == 0
    assert len(cache.kept) == 3, "two simple methods, and what each column tells alone"
    again = run(QUANTILE, baseline_cache=cache)
    assert cache.found == 3
    assert timeless(again.report) == timeless(quantile.report)
    assert again.predictions.equals(quantile.predictions)
    for name, value in again.ensemble.params.items():
        assert torch.equal(value, quantile.ensemble.params[name])


def test_another_seed_gives_another_network_and_the_same_baselines(quantile, cache):
    other = run(QUANTILE, baseline_cache=cache, seed=2)
    assert other.report["headline"]["mean"] != quantile.report["headline"]["mean"]
    assert [b["value"] for b in other.report["baselines"]] == [b["value"] for b in quantile.report["baselines"]]


def test_training_tells_its_phases_in_order(quantile, events):
    assert [e["phase"] for e in events if e["event"] == "phase"] == ["data", "training", "baselines", "evaluation"]
    kinds = [e["event"] for e in events]
    assert kinds.index("columns") > len(kinds) - kinds[::-1].index("epoch") - 1, "it delays no first progress"
    assert [e["epoch"] for e in events if e["event"] == "epoch"] == [1, 2, 3, 4, 5, 6]
    assert [e["name"] for e in events if e["event"] == "baseline"] == ["constant", "gradient_boosting"]
    for event in events:
        described = formats.EVENTS[event["event"]]
        assert problem(event, described) == ""
        assert undeclared(event, described) == []
    assert json.dumps(events, allow_nan=False)


def test_the_verdict_is_told_before_the_rest_is_measured_and_is_what_the_report_says(quantile, events):
    told = verdict_of(events)
    assert told is not None
    assert events.index(told) > max(i for i, e in enumerate(events) if e["event"] == "phase")
    headline = quantile.report["headline"]["metric"]
    assert told["metric"] == headline
    assert told["network"] == quantile.report["metrics"][headline]
    assert [b["name"] for b in told["baselines"]] == [b["name"] for b in quantile.report["baselines"]]
    for told_of, reported in zip(told["baselines"], quantile.report["baselines"], strict=True):
        assert told_of["score"] == reported["metrics"][headline]


def test_enough_training_beats_the_constant_on_both_tiny_problems():
    few = dataclasses.replace(QUANTILE, baselines=("constant",))
    trained = run(few, num_epochs=60, learning_rate=0.02, width=16).report
    against = trained["baselines"][0]["metrics"]["pinball_loss"]["mean_minus_this"]
    assert against["verdict"] == "win"
    trained = run(SURVIVAL, num_epochs=60, learning_rate=0.02, width=16).report
    assert trained["baselines"][0]["metrics"]["concordance"]["mean_minus_this"]["verdict"] == "win"
    assert trained["importance"][0]["drop"] > 0.03


def test_other_test_answers_change_neither_the_network_nor_its_validation_score(survival):
    examples = pipeline.load_examples(SURVIVAL)
    target = examples.target.copy()
    test = SURVIVAL.plan(examples).folds[0].test
    target.iloc[test] = target.iloc[test[::-1]].to_numpy()
    changed = run(SURVIVAL, load=lambda _: dataclasses.replace(examples, target=target))
    assert changed.report["validation_score"] == survival.report["validation_score"]
    assert changed.report["headline"]["mean"] != survival.report["headline"]["mean"]
    for name, value in changed.ensemble.params.items():
        assert torch.equal(value, survival.ensemble.params[name])


def test_absurd_test_rows_change_neither_the_preprocessing_nor_the_weights(survival):
    examples = pipeline.load_examples(SURVIVAL)
    features = examples.features.copy()
    test = SURVIVAL.plan(examples).folds[0].test
    features.iloc[test] = np.random.default_rng(0).normal(1e6, 1e6, (len(test), 2))
    changed = run(SURVIVAL, load=lambda _: dataclasses.replace(examples, features=features))
    for ours, theirs in zip(survival.ensemble.preprocessing, changed.ensemble.preprocessing, strict=True):
        assert ours.to_json() == theirs.to_json()
        for name, fitted in ours.arrays().items():
            assert fitted.tobytes() == theirs.arrays()[name].tobytes()
    for name, value in changed.ensemble.params.items():
        assert torch.equal(value, survival.ensemble.params[name])
    assert changed.report["headline"]["mean"] != survival.report["headline"]["mean"]


def test_a_stop_request_leaves_a_whole_report_that_says_so():
    asked = []
    stopped = run(SURVIVAL, stop_requested=lambda: asked.append(None) or len(asked) >= 3, num_epochs=50)
    assert stopped.report["stopped"] is True
    assert stopped.report["epochs_run"] < 50
    assert set(stopped.report) == KEYS
    assert json.dumps(stopped.report, allow_nan=False)


def never(_):
    pytest.fail("settings and device are checked before any data is read")


def test_an_unknown_setting_is_refused_before_anything_is_read():
    with pytest.raises(UnknownNameError, match="No setting named 'widht'. Did you mean 'width'?"):
        run(QUANTILE, widht=8, load=never)


def test_a_setting_out_of_bounds_is_refused_before_anything_is_read():
    with pytest.raises(UserError, match="members must lie between 1 and 64; it is 65"):
        run(QUANTILE, members=65, load=never)


def test_a_device_that_is_not_here_is_refused_before_anything_is_read(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(UserError, match="'cuda' is not here. Use: auto, cpu"):
        run(QUANTILE, device="cuda", load=never)


def test_a_plan_that_leaks_never_trains():
    examples = pipeline.load_examples(SURVIVAL)
    straddling = dataclasses.replace(examples, unit=np.zeros(len(examples), int))
    events = []
    with pytest.raises(UserError, match="No patient may straddle training and test"):
        run(SURVIVAL, load=lambda _: straddling, events=events)
    assert [e["event"] for e in events] == ["phase"]


def test_a_training_that_diverges_at_once_is_answered_with_what_to_change():
    """The data are finite, since they were checked: it is the steps."""
    bold = dataclasses.replace(SURVIVAL, settings={**SURVIVAL.settings, "learning_rate": {"high": 1e30}})
    events = []
    with pytest.raises(
        UserError, match=r"Lower the learning rate \(it was 100,000,000,000,000,000,000\) and train again"
    ):
        run(bold, learning_rate=1e20, events=events)
    assert doctor.diagnose(events)[0].fault == "divergence"


def test_labels_that_are_missing_are_no_fault_of_the_steps():
    examples = pipeline.load_examples(SURVIVAL)
    broken = dataclasses.replace(examples, target=examples.target.assign(time=np.nan, event=np.nan))
    with pytest.raises(UserError, match="the target 'time' is missing in all 600 rows"):
        run(SURVIVAL, load=lambda _: broken)


def test_a_baseline_that_does_not_know_the_kind_is_refused():
    wrong = dataclasses.replace(SURVIVAL, baselines=("logistic",))
    with pytest.raises(UserError, match="'logistic' does not know 'survival'"):
        run(wrong, num_epochs=1)


def test_a_config_batch_gives_each_setting_what_it_gives_when_it_is_run_alone(cache):
    configs = [{"learning_rate": 0.002, "seed": 3}, {"learning_rate": 0.02, "patience": 2, "dropout": 0.2, "seed": 4}]
    events = []
    together = pipeline.run_config_batch(
        QUANTILE, [{**SMALL, **own} for own in configs], progress=events.append, baseline_cache=cache
    )
    epochs = [e for e in events if e["event"] == "epoch"]
    assert [len(e["settings"]) for e in epochs] == [2] * len(epochs)
    for own, outcome in zip(configs, together, strict=True):
        alone = run(QUANTILE, baseline_cache=cache, **own)
        assert outcome.report["settings"] == alone.report["settings"]
        assert outcome.report["headline"]["mean"] == pytest.approx(alone.report["headline"]["mean"], rel=1e-4)
        for name, value in alone.ensemble.params.items():
            torch.testing.assert_close(outcome.ensemble.params[name], value, rtol=1e-4, atol=1e-5)
    first, second = (outcome.report["headline"]["mean"] for outcome in together)
    assert first != second


def test_a_setting_of_a_config_batch_that_diverges_leaves_the_others_their_outcome(monkeypatch):
    train = loop.train

    def diverging(*args, **options):
        trained = train(*args, **options)
        trained.best_epoch[-1] = 0  # of the second setting's last network
        return trained

    monkeypatch.setattr(loop, "train", diverging)
    fine, broken = pipeline.run_config_batch(
        QUANTILE, [SMALL, {**SMALL, "learning_rate": 0.5}], progress=lambda event: None, load=pipeline.load_examples
    )
    assert fine.report["headline"]["mean"] > 0
    assert isinstance(broken, UserError)
    assert "Lower the learning rate (it was 0.5)" in str(broken)


def test_a_config_batch_of_networks_of_different_shape_is_refused_before_anything_is_read():
    with pytest.raises(UserError, match=r"width differs\. Train them apart"):
        pipeline.run_config_batch(QUANTILE, [SMALL, {**SMALL, "width": 9}], progress=lambda event: None, load=None)


def test_a_run_comes_on_while_an_epoch_is_measured():
    came = []
    outcome = run(SURVIVAL, came_on=lambda: came.append(None), num_epochs=2)
    assert len(came) >= 2 * outcome.report["epochs_run"]
