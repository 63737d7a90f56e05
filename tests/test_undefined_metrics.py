"""A metric that has no value on some rows is null and told with the reason: from the bootstrap to every page."""

from __future__ import annotations

import json
import math
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core import pipeline
from core.charts import results as charts
from core.charts.look import LIGHT
from core.commands.command_line import main
from core.contracts import HeldOutRows, Kind, Section, State, Task
from core.diagnosis import doctor
from core.evaluation import compare, fitting, intervals
from core.evaluation.best import best_baseline, best_reference
from core.evaluation.fitting import BaselineResult
from core.evaluation.intervals import TestSet
from core.evaluation.metrics import metric_named
from core.formatting import scores
from core.formatting.as_json import as_json, without_nan
from core.pipeline import simple_methods
from core.pipeline.report import summary
from core.publish import results, results_page
from core.store import runs
from core.store.files import read_json, write_json
from core.use_cases import use_case
from tests.pages.drawing import page_of, train, unfolded

BROKEN = Path(__file__).parent / "broken"
NAME = "testing/tiny_undefined"
UNDEFINED = {  # a variant, its headline, and the reason
    "closed_shop": ("wape", "or in one of the test sets, that is 0."),
    "closed_test": ("wape", "that is 0."),
    "no_scale": ("mase", "one of these never did."),
}
BINARY = Task(
    kind=Kind.BINARY, target="y", target_columns=("y",), outputs=("p",), loss="binary_cross_entropy",
    metrics=("roc_auc", "average_precision", "log_loss"), headline="roc_auc",
)  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def store(tmp_path_factory):
    store = tmp_path_factory.mktemp("undefined") / "store"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROVING_GROUND_STORE", str(store))
        patch.setenv("PROVING_GROUND_EXTRA", os.pathsep.join([os.environ["PROVING_GROUND_EXTRA"], str(BROKEN)]))
        patch.setattr(runs, "RECORDED", store / "recorded")
        yield store


@pytest.fixture(scope="module")
def finished(store):
    """A finished run of each variant, as a worker leaves it."""
    return {name: train(NAME, store, variant=name) for name in ("sound", *UNDEFINED)}


@pytest.mark.parametrize("name", UNDEFINED)
def test_the_training_is_kept_and_the_report_says_why(finished, name):
    """On an older version: 'Out of range float values are not JSON compliant', and the run is lost."""
    headline, reason = UNDEFINED[name]
    report = read_json(finished[name].folder / "report.json")
    text = (finished[name].folder / "report.json").read_text()
    assert "NaN" not in text
    assert "Infinity" not in text
    assert report["headline"]["metric"] == headline
    for entry in (report["headline"], report["headline"]["ensemble"], report["metrics"][headline]["mean"]):
        assert (entry["mean"], entry["low"], entry["high"]) == (None, None, None)
        assert entry["undefined"].endswith(reason)
    assert report["metrics"]["pinball_loss"]["mean"]["mean"] > 0
    assert "undefined" not in report["metrics"]["pinball_loss"]["mean"]
    for baseline in report["baselines"]:
        assert baseline["value"] is None
        assert baseline["metrics"][headline]["ensemble_minus_this"]["verdict"] == "undefined"
        assert baseline["metrics"]["pinball_loss"]["ensemble_minus_this"]["verdict"] in ("win", "tie", "loss")


def test_where_it_has_a_value_nothing_is_undefined(finished):
    report = finished["sound"].report()
    assert report["headline"]["mean"] > 0
    assert "undefined" not in json.dumps([report["metrics"], report["baselines"], report["headline"]])


def test_a_method_that_cannot_be_fitted_is_named_and_the_rest_is_shown(finished):
    """Without histories there is no seasonal forecast: on an older version the finished training was lost with it."""
    report = finished["sound"].report()
    (missing,) = report["not_fitted"]
    assert (missing["name"], missing["title"]) == ("seasonal_naive", "Seasonal naive")
    assert "needs the history of each series, and these examples have none." in missing["reason"]
    assert [b["name"] for b in report["baselines"]] == ["constant", "ridge_quantiles", "ridge_quantiles_tuned"]


class _Failing:
    name, title, kinds, candidates = "failing", "Failing method", (Kind.QUANTILE,), ({},)

    def __init__(self, fail):
        self.fail = fail

    def fit_predict(self, task, columns, examples, train, rows, candidate, seed):
        return self.fail(task, rows)


@pytest.mark.parametrize(
    ("fail", "reason"),
    [
        (lambda task, rows: np.linalg.inv(np.zeros((2, 2))), "Its own computation failed on these rows."),
        (lambda task, rows: {}["Cannot convert non-finite values"], "Its own computation failed on these rows."),
        (lambda task, rows: [np.full((len(r), len(task.outputs)), np.nan) for r in rows], "gave no number for"),
    ],
)
def test_whatever_a_simple_method_fails_with_is_said_in_plain_words(monkeypatch, fail, reason):
    monkeypatch.setattr(simple_methods, "BASELINES", {"failing": _Failing(fail)})
    events, what = [], replace(use_case(NAME), baselines=("failing",))
    report = pipeline.run(what, {"num_epochs": 2, "width": 8, "device": "cpu"}, progress=events.append).report
    assert report["baselines"] == []
    assert reason in report["not_fitted"][0]["reason"]
    assert not any(words in report["not_fitted"][0]["reason"] for words in ("Singular", "KeyError", "non-finite"))
    assert [e["text"][:35] for e in events if e["event"] == "notice"] == ["Failing method could not be fitted."]
    assert summary(report)["best_baseline"] is None


def test_a_failing_disk_or_memory_is_not_a_method_s_fault():
    def full(task, rows):
        raise MemoryError

    what = use_case(NAME)
    examples = pipeline.load_examples(what)
    with pytest.raises(MemoryError):
        fitting.fitted_or_why(_Failing(full), what.task, what.columns, examples, what.plan(examples))


@pytest.mark.parametrize("name", UNDEFINED)
def test_a_list_of_runs_reads_it_and_the_best_run_is_one_that_has_a_score(finished, store, name):
    run = runs.load_run(store, finished[name].id)
    assert run.problem == ""
    assert run.final_state is State.FINISHED
    varied = use_case(NAME).with_variant({"variant": name})
    assert runs.best_run(store, varied, higher_is_better=False).id == run.id, "the only one, whatever its score"


def test_a_defined_validation_score_goes_before_an_undefined_one(finished):
    run = finished["sound"]
    assert finished["no_scale"].summary["validation_score"] is None
    without = dict(run.summary) | {"validation_score": None}
    twin = replace(run, id=f"{run.id}-twin", end=dict(run.end) | {"summary": without})
    best = runs.best_among([twin, run], use_case(NAME), higher_is_better=False)
    assert best.id == run.id
    assert runs.best_among([twin], use_case(NAME), higher_is_better=True).id == twin.id


def test_early_stopping_goes_by_the_loss_where_the_validation_score_is_undefined(finished):
    report = finished["no_scale"].report()
    assert report["validation_score"] is None
    assert min(report["best_epoch"]) >= 1


@pytest.mark.parametrize("name", UNDEFINED)
@pytest.mark.parametrize("section", [Section.TRAIN, Section.RESULTS, Section.MONEY])
def test_pages_say_it_with_the_reason(finished, name, section):
    headline, reason = UNDEFINED[name]
    app = page_of(NAME, section=section.value, run=finished[name].id)
    assert not app.exception
    assert any("undefined" in c.value for c in app.caption), "the slim head"
    if section is Section.RESULTS:
        app = unfolded(app, NAME, "methods")
    warnings = " ".join(w.value.replace("\\", "") for w in app.warning)
    assert f"{metric_named(headline).label} is undefined here." in warnings
    assert reason in warnings
    if section is Section.RESULTS:
        assert "Seasonal naive could not be fitted." in warnings
        (methods,) = [frame.value for frame in app.dataframe if "Verdict" in frame.value]
        assert set(methods["Verdict"]) == {"cannot be compared: the metric is undefined"}


def test_an_industry_and_the_home_page_draw_its_card(finished):
    from streamlit.testing.v1 import AppTest

    app = AppTest.from_file(str(Path(__file__).parents[1] / "pages" / "router.py"), default_timeout=60).run()
    assert not app.exception


@pytest.mark.parametrize("name", UNDEFINED)
def test_the_command_line_says_it(finished, capsys, name):
    assert main(["show", finished[name].id]) == 0
    out = capsys.readouterr().out
    headline, reason = UNDEFINED[name]
    assert f"{headline} undefined (undefined)\n  single networks: mean undefined (undefined) of 2" in out
    assert f"{metric_named(headline).label} is undefined here." in out
    assert reason in out
    assert "Seasonal naive could not be fitted." in out
    assert main(["runs", NAME]) == 0
    assert "undefined" in capsys.readouterr().out
    assert main(["show", finished[name].id, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["report"]["headline"]["mean"] is None


def test_the_results_page_says_it(finished, tmp_path):
    varied = use_case(NAME).with_variant({"variant": "closed_shop"})
    entry = results.measure(varied, pipeline.load_examples(varied), [finished["closed_shop"]])
    results_page.save(entry, tmp_path)
    page = (tmp_path / "results.md").read_text()
    assert "| testing/tiny_undefined, closed_shop | WAPE | undefined | undefined | none | undefined |" in page
    assert "Weighted absolute percentage error is undefined. It divides by all that there was" in page
    assert "nan" not in page.replace("finance", "")


def test_a_chart_of_nothing_is_drawn():
    gap = {"mean": None, "low": None, "high": None}
    one = {"mean": 0.7, "low": None, "high": None}
    report = {
        "metrics": {"roc_auc": {"each": [None], "ensemble": gap, "mean": one}},
        "baselines": [{"title": "Constant", "metrics": {"roc_auc": {"mean": 0.5, "low": 0.4, "high": 0.6}}}],
    }
    write = lambda value: scores.score(metric_named("roc_auc"), value)  # noqa: E731
    figure = charts.comparison(report, "roc_auc", "ROC AUC", LIGHT, write)
    assert [t.text[0] for t in figure.data] == ["0.500", "0.700", "undefined"]


def test_the_doctor_does_not_stumble_over_an_undefined_headline(finished):
    events = [
        {"event": "phase", "phase": "training", "perfect": 1.0, "constant_score": None, "constant_loss": 0.7},
        {"event": "epoch", "epoch": 1, "train_loss": 0.6, "validation_loss": 0.6, "validation_score": None},
    ]
    assert doctor.diagnose(events) == []


def one_positive(count=40):
    target = np.zeros((count, 1))
    target[3] = 1
    return TestSet(rows=HeldOutRows(target=target), unit=np.arange(count), parts=(np.arange(count),))


def test_draws_without_a_class_are_left_out_of_the_interval():
    """A third of the draws of one positive hold none."""
    test, score = one_positive(), np.random.default_rng(0).random((2, 40, 1))
    baseline = BaselineResult(
        name="b", title="B", tuned=False, settings={}, test=score[0], validation=score[0], fit_s=0.0
    )
    draws = intervals.draw(test, 2, seed=1)
    found = compare.compare(BINARY, test, score, [baseline], draws)
    each = test.score(metric_named("roc_auc"), BINARY, score[0], draws.of(test))
    assert 0.3 < np.isnan(each).mean() < 0.45
    entry = found.baselines[0]["metrics"]["roc_auc"]
    assert (entry["low"], entry["high"]) == pytest.approx(np.nanquantile(each, [0.025, 0.975]))
    assert "undefined" not in entry


def test_an_interval_of_a_few_draws_is_none():
    values = np.r_[np.linspace(0, 1, 49), np.full(51, np.nan)]
    assert all(math.isnan(end) for end in intervals.interval(values))
    assert intervals.interval(np.r_[np.linspace(0, 1, 50), np.full(50, np.nan)]) == pytest.approx((0.025, 0.975))
    assert all(math.isnan(end) for end in intervals.interval(np.full(9, np.nan)))


@pytest.mark.parametrize(
    ("name", "shown"), [("roc_auc", "only one of the two"), ("average_precision", "nobody who did")]
)
def test_one_class_alone_leaves_ranking_undefined(name, shown):
    test = TestSet(rows=HeldOutRows(target=np.zeros((20, 1))), unit=np.arange(20), parts=(np.arange(20),))
    draws, score = intervals.draw(test, 1, seed=1), np.random.default_rng(0).random((1, 20, 1))
    entry = compare.compare(BINARY, test, score, [], draws).metrics[name]["mean"]
    assert without_nan(entry) == {"mean": None, "low": None, "high": None, "undefined": entry["undefined"]}
    assert shown in entry["undefined"]


def test_every_number_that_is_not_finite_is_null_in_json(tmp_path):
    value = {
        "a": float("nan"),
        "b": [np.float32("inf"), np.float64(1.5), np.int64(3)],
        "c": (1, -math.inf),
        "d": np.nan,
    }
    value["e"] = np.array([1.0, np.nan])
    expected = {"a": None, "b": [None, 1.5, 3], "c": [1, None], "d": None, "e": [1.0, None]}
    assert json.loads(as_json(value)) == expected
    assert without_nan(value) == expected
    write_json(tmp_path / "x.json", value)
    assert read_json(tmp_path / "x.json") == expected
    with pytest.raises(TypeError):
        as_json({"a": object()})


def test_what_is_undefined_is_not_the_best():
    assert best_reference({"references": [{"name": "a", "amount": None}, {"name": "b", "amount": -2.0}]})["name"] == "b"
    assert best_reference({"references": [{"name": "a", "amount": None}]}) is None
    entries = [{"name": "a", "value": None}, {"name": "b", "value": 0.2}, {"name": "c", "value": 0.3}]
    report = {"headline": {"metric": "wape"}, "baselines": entries}
    assert best_baseline(report)["name"] == "b"
    assert best_baseline({**report, "baselines": entries[:1]})["name"] == "a"


def test_the_value_of_no_sale_is_undefined_and_does_not_lose_the_run(finished):
    value = finished["closed_test"].report()["value"]
    assert value["amount"] is None
    assert value["gain_over_best_reference"] is None
