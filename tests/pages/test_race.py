"""The race: the lines to cross are the simple methods on the rows of the curve; the verdict is the page's."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pytest

from core import pipeline
from core.checks import examples_check
from core.contracts import Event
from core.evaluation import plan_rows
from core.evaluation.metrics import metric_named
from core.store import packed
from core.store.caches import SHIPPED, _index, of_variant, validated
from core.store.held_out import read_held_out
from core.store.runs import RECORDED, Run, read
from core.use_cases import all_use_cases, use_case
from core.value.scoreboard import Scoreboard
from core.value.scoreboard_words import verdict_sentence
from pages.components.race import VerdictWords, lines, verdict_words
from pages.components.training_words import panel_words

COUPON = "retail-coupon_response-recommended"


def test_every_variant_has_lines_and_one_of_them_is_the_best_simple_method() -> None:
    shipped = _index(packed.shared_folder(RECORDED) / SHIPPED)
    for declared in (u for u in all_use_cases() if u.industry != "testing"):
        for varied in [declared.with_variant({"variant": v.name}) for v in declared.variants] or [declared]:
            if of_variant(varied) not in shipped:
                continue  # what is not recorded yet has no lines
            found = lines(varied)
            assert len(found) >= 2, of_variant(varied)
            assert [line["best"] for line in found].count(True) == 1, of_variant(varied)
            assert all(np.isfinite(line["value"]) for line in found)


@pytest.mark.parametrize(
    ("name", "run"),
    [("retail/coupon_response", COUPON), ("healthcare/heart_disease", "healthcare-heart_disease-recommended")],
)
def test_a_line_is_the_mean_over_folds_on_validation_rows(name: str, run: str) -> None:
    """As the curve is: each fold's networks on that fold's rows. By the slow way, from the predictions that ship."""
    declared = use_case(name).with_variant(read(RECORDED / run).settings)
    examples = pipeline.load_examples(declared)
    plan, metric = examples_check.plan_of(declared, examples), metric_named(declared.task.headline)
    rows, kept = plan_rows.validation_rows(plan).tolist(), read_held_out(read(RECORDED / run))
    for method in validated(RECORDED, declared):
        each = []
        for fold in plan.folds:
            own = kept.validation_baselines[method.name][[rows.index(row) for row in fold.validation]]
            truth = plan_rows.held_out_rows(declared.task, examples).at(fold.validation)
            each.append(float(metric.compute(truth, own, declared.task)[0]))
        assert method.score == pytest.approx(np.mean(each), rel=1e-5)


def test_the_verdict_before_the_report_is_the_one_after_it() -> None:
    run, declared = read(RECORDED / COUPON), use_case("retail/coupon_response")
    report: dict[str, Any] = dict(run.report())
    name = report["headline"]["metric"]
    told = {
        "event": "verdict",
        "metric": name,
        "network": report["metrics"][name],
        "baselines": [
            {**{k: b[k] for k in ("name", "title", "tuned")}, "score": b["metrics"][name]} for b in report["baselines"]
        ],
    }
    before = Run(id="r", folder=run.folder, config=run.config, end=None)
    assert verdict_words(before, [cast(Event, told)]) == verdict_words(run, [])
    assert verdict_words(run, [])[0] == verdict_sentence(Scoreboard.of(declared, run.summary))
    told = verdict_words(run, [])
    assert told.scores == (("Network", "0.835"), ("Logistic regression, tuned", "0.835"))
    assert told.judged == "tie"
    assert "95% interval" in told.compared
    assert verdict_words(before, []) == VerdictWords()


def test_the_axis_of_the_race_names_its_unit() -> None:
    assert panel_words(use_case("supply_chain/delivery_time").task)["metric"] == "Mean absolute error (minutes)"
    assert panel_words(use_case("retail/coupon_response").task)["metric"] == "ROC AUC"
