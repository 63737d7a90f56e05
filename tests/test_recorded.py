"""The shipped runs match today's code, settings and data, and every preset has one."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path

import pytest

from core.evaluation.metrics import metric_named
from core.publish.record import presets_of, staleness
from core.publish.ship import MOST_WEIGHT_BYTES, keep
from core.store.runs import RECORDED, Run, read
from core.use_cases import all_use_cases, use_case

SHIPPED = [(u, p) for u in all_use_cases() if u.industry != "testing" for p in presets_of(u)]


def recorded(name: str, preset: str) -> Run:
    return read(RECORDED / f"{use_case(name).slug}-{preset}", recorded=True)


@pytest.mark.parametrize(("declared", "preset"), SHIPPED, ids=[f"{u.name}-{p.name}" for u, p in SHIPPED])
def test_a_recorded_run_is_not_stale(declared, preset) -> None:
    run = recorded(declared.name, preset.name)
    assert staleness(run, declared) == ""
    report = run.report()
    varied = declared.with_variant(run.config["settings"])
    assert report["headline"]["metric"] == varied.task.headline
    assert {b["name"].removesuffix("_tuned") for b in report["baselines"]} == set(varied.baselines)
    assert run.summary["device"].startswith("cpu")


def test_a_changed_setting_dataset_or_preset_makes_it_stale() -> None:
    declared = use_case("retail/coupon_response")
    run = recorded(declared.name, "recommended")
    for change, words in (
        ({"settings": {**run.config["settings"], "width": 65}}, "other settings"),
        ({"data_checksum": "0" * 64}, "other data"),
        ({"preset": "gone"}, "preset that is gone"),
    ):
        other = dataclasses.replace(run, config={**run.config, **change})
        assert words in staleness(other, declared)
        assert "python -m core record retail/coupon_response" in staleness(other, declared)


def test_large_weights_stay_behind(tmp_path) -> None:
    declared = use_case("retail/coupon_response")
    copy = Path(shutil.copytree(recorded(declared.name, "recommended").folder, tmp_path / "run"))
    preset = presets_of(declared)[0]
    assert read(keep(read(copy), declared, preset, tmp_path / "kept"), recorded=True).has_weights
    end = json.loads((copy / "end.json").read_text())
    del end["files"]["model.safetensors"]
    (copy / "end.json").write_text(json.dumps(end))
    (copy / "model.safetensors").write_bytes(b"0" * MOST_WEIGHT_BYTES)
    assert not read(keep(read(copy), declared, preset, tmp_path / "kept"), recorded=True).has_weights


VARIANTS = [(u, v) for u in {u.name: u for u, _ in SHIPPED}.values() for v in ([x.name for x in u.variants] or [""])]


@pytest.mark.parametrize(("declared", "variant"), VARIANTS, ids=[f"{u.name}-{v}" for u, v in VARIANTS])
def test_bad_presets_are_worse_than_every_good_one(declared, variant) -> None:
    """A preset that is shown because it fails must fail, on validation and on test, beside the good ones of its own
    variant."""
    sign = (
        1
        if metric_named(declared.with_variant({"variant": variant} if variant else {}).task.headline).higher_is_better
        else -1
    )
    first = declared.variants[0].name if declared.variants else ""
    scores = {
        good: [
            (sign * run.summary["headline"]["mean"], sign * run.summary["validation_score"])
            for p in presets_of(declared)
            if p.good is good and p.values.get("variant", first) == variant
            for run in [recorded(declared.name, p.name)]
        ]
        for good in (True, False)
    }
    assert scores[True]
    for place in (0, 1):
        assert max((s[place] for s in scores[False]), default=-1e9) < min(s[place] for s in scores[True])
