"""Pooling runs over seeds: the figures by hand, what counts as finished, the page."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

from core import datasets, pipeline
from core.contracts import Preset, State, Variant
from core.errors import UserError
from core.evaluation.metrics import metric_named
from core.jobs.worker import carry_out
from core.keys import fingerprint
from core.publish import results, results_page
from core.queue import memory
from core.store import run_folders, runs
from core.use_cases import all_use_cases, use_case

DECLARED = use_case("testing/tiny_survival")
PRESET = Preset(name="recommended", title="R", reason="", values={"num_epochs": 3})


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return tmp_path_factory.mktemp("results") / "store"


@pytest.fixture(scope="module")
def made(store):
    """Two finished runs, of seeds 1 and 2."""
    found = []
    for seed in (1, 2):
        settings = results.settings_of_seed(DECLARED, PRESET, seed)
        checksum, code = datasets.checksum(DECLARED.datasets), fingerprint.of_training(DECLARED)
        run = run_folders.create(
            store, DECLARED, settings, data_checksum=checksum, code=code, versions={}, visitor="t", preset=None
        )
        with pytest.MonkeyPatch.context() as patch:  # this process is no worker: it keeps its memory and its rank
            patch.setattr(memory, "apply_limit", lambda: None)
            assert carry_out(store, run.id).state is State.FINISHED
        found.append(runs.load_run(store, run.id))
    return found


@pytest.fixture(scope="module")
def entry(made):
    return results.measure(DECLARED, pipeline.load_examples(DECLARED), made)


def test_scores_are_means_over_seeds_of_what_each_run_reports(entry, made):
    reports = [run.report() for run in made]
    for name in DECLARED.task.metrics:
        for of in ("mean", "ensemble"):
            each = [r["metrics"][name][of]["mean"] for r in reports]
            assert entry["metrics"][name][of]["seeds"] == pytest.approx(each)
            assert entry["metrics"][name][of]["mean"] == pytest.approx(np.mean(each))
            assert entry["metrics"][name][of]["low"] < np.mean(each) < entry["metrics"][name][of]["high"]
        for baseline in reports[0]["baselines"]:
            found = entry["metrics"][name]["baselines"][baseline["name"]]
            assert found["mean"] == pytest.approx(baseline["metrics"][name]["mean"])
            paired = found["ensemble_minus_this"]
            assert paired["mean"] == pytest.approx(entry["metrics"][name]["ensemble"]["mean"] - found["mean"])
            assert paired["low"] <= paired["mean"] <= paired["high"]
    assert (entry["seeds"], entry["members"]) == (2, reports[0]["headline"]["members"])


def test_one_seed_alone_has_the_interval_of_its_own_report(made):
    alone = results.measure(DECLARED, pipeline.load_examples(DECLARED), made[:1])
    reported = made[0].report()["metrics"][DECLARED.task.headline]["ensemble"]
    found = alone["metrics"][DECLARED.task.headline]["ensemble"]
    width = reported["high"] - reported["low"]
    assert found["low"] == pytest.approx(reported["low"], abs=0.15 * width)  # other draws of the same bootstrap
    assert found["high"] == pytest.approx(reported["high"], abs=0.15 * width)


def test_only_a_run_of_the_same_settings_code_and_data_counts(store, made, monkeypatch):
    settings = results.settings_of_seed(DECLARED, PRESET, 2)
    assert results.finished(store, DECLARED, settings).id == made[1].id
    assert results.finished(store, DECLARED, {**settings, "seed": 3}) is None
    monkeypatch.setattr(fingerprint, "of_training", lambda use_case: "other code")
    assert results.finished(store, DECLARED, settings) is None


def test_the_page_is_written_from_the_figures_and_keeps_the_others(entry, tmp_path):
    results_page.save(entry, tmp_path)
    results_page.save({**entry, "variant": "other"}, tmp_path)
    figures = json.loads((tmp_path / "results.json").read_text())
    assert set(figures) == {"testing/tiny_survival:", "testing/tiny_survival:other"}
    text = (tmp_path / "results.md").read_text()
    assert text == results_page.page(figures, tmp_path)
    assert text.count("## testing/tiny_survival") == 2
    best = max(b["mean"] for b in entry["metrics"][DECLARED.task.headline]["baselines"].values())
    assert f"{best:.4f}" in text


def test_every_variant_is_measured_at_its_own_first_good_preset():
    first, second = (Variant(name=n, title=n, reason="") for n in ("first", "second"))
    presets = (
        Preset(name="bad", title="B", reason="", values={"variant": "second"}, good=False),
        Preset(name="good", title="G", reason=""),
        Preset(name="other", title="O", reason="", values={"variant": "second"}),
    )
    declared = dataclasses.replace(DECLARED, variants=(first, second), presets=presets)
    assert [(v.name, p.name) for v, p in results.subjects(declared)] == [("first", "good"), ("second", "other")]
    plain = dataclasses.replace(declared, presets=presets[:2])
    found = [(v.name, p.name, dict(p.values)) for v, p in results.subjects(plain)]
    assert found == [("first", "good", {}), ("second", "second", {"variant": "second"})]


SHIPPED = [(u, v) for u in all_use_cases() if u.industry != "testing" for v in ([x.name for x in u.variants] or [""])]


MEASURED_LESS = {
    "healthcare/glucose": 1,  # seeds; their sections say so
    "customer_service/intents": 1,
    "manufacturing/textile_sorting": 1,
    "vision/imagine": 1,
}


@pytest.mark.parametrize(("declared", "variant"), SHIPPED, ids=[f"{u.name}-{v}" for u, v in SHIPPED])
def test_docs_results_has_every_use_case(declared, variant):
    """The committed figures are complete and whole; what they say is the measurement's business."""
    figures = results_page.load()
    found = figures[f"{declared.name}:{variant}"]
    varied = declared.with_variant({"variant": variant} if variant else {})
    assert found["headline"] == varied.task.headline
    assert {b["name"].removesuffix("_tuned") for b in found["baselines"]} == set(varied.baselines)
    assert found["seeds"] == MEASURED_LESS.get(declared.name, 5)
    assert metric_named(found["headline"]).name == found["headline"]
    assert (results_page.DOCS / "results.md").read_text(encoding="utf-8") == results_page.page(figures)


@pytest.mark.parametrize("text", ["{", "[]", '{"a": 1}', '{"a": {"use_case": 1}}'])
def test_damaged_measurements_are_told_and_not_overwritten(entry, tmp_path, text):
    (tmp_path / "results.json").write_text(text)
    with pytest.raises(UserError, match="measure again"):
        results_page.save(entry, tmp_path)
    assert (tmp_path / "results.json").read_text() == text
