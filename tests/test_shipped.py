"""What ships: small, with every simple method at every default plan, and written only where something has changed."""

from __future__ import annotations

import platform
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core import pipeline
from core.checks import examples_check
from core.contracts import Examples, Plan, Preset, UseCase
from core.errors import UserError
from core.evaluation.baselines import BASELINES
from core.keys import portable
from core.pipeline import simple_methods
from core.pipeline.report import HeldOutPredictions
from core.publish import ship
from core.publish.baselines_again import name_again
from core.publish.record import presets_of, stands_for_its_variant
from core.store import packed
from core.store.caches import SHIPPED as SHIPPED_BASELINES
from core.store.caches import RecordedBaselines, examples_loader, of_variant
from core.store.ensembles import load_ensemble
from core.store.files import bytes_of, read_json, write_json
from core.store.held_out import read_held_out
from core.store.runs import RECORDED, Run, read
from core.use_cases import all_use_cases, use_case
from tests.pages.drawing import train

# 468,000 (decision 0028) until there were 77 classes: that run and its simple methods weigh 2.5 MB (decision 0057).
MOST_BYTES_A_RUN = 482_000
SHIPPED = [u for u in all_use_cases() if u.industry != "testing"]
VARIANTS = [(u, p) for u in SHIPPED for p in presets_of(u) if stands_for_its_variant(u, p)]
QUICK = {"healthcare/heart_disease", "retail/coupon_response"}


def varied(declared: UseCase, preset: Preset) -> UseCase:
    return declared.with_variant(preset.values)


def rows_of(declared: UseCase) -> tuple[Examples, Plan]:
    examples = examples_check.checked(declared, pipeline.load_examples(declared))
    return examples, examples_check.plan_of(declared, examples)


def test_a_run_takes_a_quarter_of_what_it_took() -> None:
    count = len([folder for folder in RECORDED.iterdir() if folder.is_dir()])
    assert bytes_of(RECORDED) + bytes_of(packed.shared_folder(RECORDED)) <= count * MOST_BYTES_A_RUN


@pytest.mark.parametrize(
    ("declared", "preset"),
    [
        pytest.param(u, p, id=f"{u.name}-{p.name}", marks=[] if u.name in QUICK else [pytest.mark.long])
        for u, p in VARIANTS
    ],
)
def test_a_fresh_store_finds_every_simple_method_of_a_variant_s_plan(declared, preset, monkeypatch, tmp_path) -> None:
    """And no other: what is found is what the recorded run has of the same rows."""
    monkeypatch.setattr(simple_methods, "fitted_or_why", None)
    what, run = varied(declared, preset), read(RECORDED / f"{declared.slug}-{preset.name}", recorded=True)
    examples, plan = rows_of(what)
    on_disk = examples_loader(tmp_path, pipeline.load_examples)(what)
    assert portable.of_rows(on_disk, plan) == portable.of_rows(examples, plan)
    kept = simple_methods.Kept(examples, plan, None, RecordedBaselines(RECORDED))
    recorded = run.held_out()
    results, not_fitted = simple_methods.results(what, replace(kept), lambda event: None)
    assert not_fitted == []
    assert {r.name for r in results} == set(recorded.test) - {"network"}
    for r in results:
        np.testing.assert_array_equal(r.test, recorded.test[r.name][0])
        np.testing.assert_array_equal(r.validation, recorded.validation[r.name])


def test_a_first_training_fits_no_simple_method_and_reports_them(monkeypatch) -> None:
    monkeypatch.setattr(simple_methods, "fitted_or_why", None)
    what, run = use_case("healthcare/heart_disease"), read(RECORDED / "healthcare-heart_disease-quick", recorded=True)
    outcome = pipeline.run(
        what,
        {"num_epochs": 1, "members": 1, "width": 4, "device": "cpu"},
        progress=lambda event: None,
        shipped_baselines=RecordedBaselines(RECORDED),
    )
    told = {b["name"]: b["value"] for b in run.report()["baselines"]}
    assert {b["name"]: b["value"] for b in outcome.report["baselines"]} == pytest.approx(told, abs=2e-4)


def test_a_shipped_simple_method_is_what_it_would_be_if_it_were_fitted() -> None:
    what = use_case("healthcare/heart_disease")
    examples, plan = rows_of(what)
    found = simple_methods.Kept(examples, plan, None, RecordedBaselines(RECORDED))
    fitting = replace(what, baselines=("single_feature",))
    for shipped, fresh in zip(
        *(
            simple_methods.results(fitting, kept, lambda event: None)[0]
            for kept in (found, replace(found, shipped=None))
        ),
        strict=True,
    ):
        assert (shipped.name, shipped.settings) == (fresh.name, fresh.settings)
        np.testing.assert_array_equal(shipped.test, fresh.test)
        np.testing.assert_array_equal(shipped.validation, fresh.validation)


def test_what_ships_gets_today_s_keys_only_where_it_predicts_the_same(tmp_path, monkeypatch) -> None:
    what = use_case("healthcare/heart_disease").with_variant({"variant": "random_folds"})
    examples, plan = rows_of(what)
    recorded = tmp_path / "recorded"
    shutil.copytree(packed.shared_folder(RECORDED), packed.shared_folder(recorded))
    index = packed.shared_folder(recorded) / SHIPPED_BASELINES
    ships = read_json(index)
    entry = ships[of_variant(what)]
    earlier = {f"of-earlier-code-{i}": told for i, told in enumerate(entry["results"].values())}
    stale = {**ships, of_variant(what): {**entry, "results": earlier}}
    write_json(index, stale)
    assert name_again(what, examples, plan, recorded) == list(what.baselines)
    assert read_json(index) == ships
    assert name_again(what, examples, plan, recorded) == []
    write_json(index, stale)
    changed = type(BASELINES.get("single_feature"))
    said = changed.fit_predict
    monkeypatch.setattr(changed, "fit_predict", lambda *of: [p**1.1 for p in said(*of)])
    with pytest.raises(UserError, match="single_feature predicts something else than what ships"):
        name_again(what, examples, plan, recorded)
    assert read_json(index) == stale


def test_a_shipped_key_holds_on_other_machines_and_tells_rows_and_methods_apart(monkeypatch) -> None:
    what = use_case("healthcare/heart_disease")
    examples, plan = rows_of(what)
    numbers = examples.features.select_dtypes("float").columns

    def key(features=examples.features, plan=plan, method="logistic", columns=what.columns) -> str:
        rows_key = portable.of_rows(replace(examples, features=features), plan)
        return portable.of_baseline(BASELINES.get(method), what.task, columns, rows_key)

    ours = key()
    monkeypatch.setattr(platform, "python_version", lambda: "3.99.0")
    last_bit = examples.features.assign(**{n: np.nextafter(examples.features[n], np.inf) for n in numbers})
    assert not last_bit.equals(examples.features)
    assert key() == key(last_bit) == ours
    days = [key(examples.features.assign(**{numbers[0]: float(day)})) for day in (18262, 18263)]
    assert days[0] != days[1], "whole numbers are told apart however large they are"
    first = plan.folds[0]
    fewer = replace(plan, folds=(replace(first, train=first.train[1:]), *plan.folds[1:]))
    others = [
        key(examples.features.assign(**{numbers[0]: examples.features[numbers[0]] * 1.01})),
        key(plan=fewer),
        key(method="single_feature"),
        key(columns=what.columns[1:]),
    ]
    assert len({ours, *others}) == 5


@pytest.mark.parametrize("name", ["healthcare-heart_disease-quick", "healthcare-heart_disease-fade"])
def test_the_shipped_weights_say_what_the_shipped_predictions_do(name) -> None:
    run = read(RECORDED / name, recorded=True)
    what = use_case(run.use_case)
    asked = HeldOutPredictions.of(load_ensemble(run, what), *rows_of(what)).test.mean(0)
    np.testing.assert_allclose(asked, read_held_out(run).ensemble, atol=2e-4)


def shipped_in(recorded: Path) -> dict[str, tuple[int, bytes]]:
    return {
        str(path.relative_to(recorded.parent)): (path.stat().st_mtime_ns, path.read_bytes())
        for path in recorded.parent.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def trained() -> list[Run]:
    """A run, the same run again, and another."""
    return [train("testing/tiny_stock", num_epochs=2, seed=seed) for seed in (1, 1, 2)]


def test_recording_the_same_again_changes_no_byte_and_another_what_is_its_own_alone(trained, tmp_path) -> None:
    declared, recorded = use_case("testing/tiny_stock"), tmp_path / "recorded"
    preset = presets_of(declared)[0]
    for run in trained:
        (run.folder / "progress.jsonl").touch()
    ship.keep(trained[0], declared, preset, recorded)
    examples, plan = rows_of(declared)
    folder = recorded / f"{declared.slug}-{preset.name}"
    ship.keep_baselines(read(folder), declared, examples, plan, recorded)
    before = shipped_in(recorded)
    for again in (trained[1], read(folder)):
        ship.keep(again, declared, preset, recorded)
        ship.keep_baselines(read(folder), declared, examples, plan, recorded)
        assert shipped_in(recorded) == before
    ship.keep(trained[2], declared, preset, recorded)
    after = shipped_in(recorded)
    in_common = {name: kept for name, kept in before.items() if "_shared" in name and "preprocessing" not in name}
    assert len(in_common) == 3
    assert {name: after[name] for name in in_common} == in_common
    own = [f"recorded/{folder.name}/{name}" for name in ("predictions.parquet", "model.safetensors.planes.xz")]
    assert all(after[name][1] != before[name][1] for name in own)


def test_a_run_that_goes_takes_nothing_of_another_along(trained, tmp_path) -> None:
    declared, recorded = use_case("testing/tiny_stock"), tmp_path / "recorded"
    for run in trained:
        (run.folder / "progress.jsonl").touch()
    one, two = (
        ship.keep(run, declared, Preset(name=name, title="", reason=""), recorded)
        for run, name in zip(trained[::2], ("one", "two"), strict=True)
    )
    assert not list(one.glob("held_out*"))
    rows = read_held_out(read(two)).rows
    shutil.rmtree(one)
    ship.keep(trained[0], declared, Preset(name="three", title="", reason=""), recorded)
    assert (read_held_out(read(two)).rows == rows).all()
    assert (trained[0].folder / "held_out.parquet").is_file(), "a store's own run has all in its folder"
