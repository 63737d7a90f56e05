"""Recorded runs: finished runs of every preset, copied to data/recorded/ and shipped. Trains nothing itself."""

from __future__ import annotations

import shutil
from pathlib import Path

from core import datasets
from core.contracts import Preset, State, UseCase
from core.contracts.report import ValueReport
from core.errors import UserError
from core.registry import BROUGHT
from core.settings import resolve
from core.settings.use_case import settings_of
from core.store.files import read_json, write_json
from core.store.runs import SCHEMA, Run
from core.value.summary import Forecasts, HeldOut, recount
from core.value.threshold import assumed_values

MOST_WEIGHT_BYTES = 1_500_000
_FILES = (
    "config.json",
    "progress.jsonl",
    "preprocessing.json",
    "preprocessing.safetensors",
    "predictions.parquet",
    "held_out.parquet",
    "report.json",
)


def presets_of(use_case: UseCase) -> tuple[Preset, ...]:
    """The use case's presets, and the defaults on every variant that no good preset names; one without any preset is
    recorded at its defaults."""
    presets = use_case.presets or (Preset(name="default", title="Default", reason="The settings as declared."),)
    named = {p.values.get("variant") for p in presets if p.good}
    rest = [v for v in use_case.variants[1:] if v.name not in named]
    return (*presets, *(Preset(name=v.name, title=v.title, reason=v.reason, values={"variant": v.name}) for v in rest))


def settings_for(use_case: UseCase, preset: Preset) -> dict[str, object]:
    """Complete settings of a preset; recorded on the CPU, so that anybody can repeat it."""
    declared = settings_of(use_case)
    return resolve(declared, {**preset.values, "device": "cpu"})


def keep(run: Run, use_case: UseCase, preset: Preset, recorded: Path) -> Path:
    """Copy a finished run to recorded/<use case>-<preset>; weights of one and a half megabytes or more stay behind."""
    if run.sealed_state is not State.FINISHED:
        raise UserError(
            "Only a finished run is recorded; {run} is {sealed_state}.",
            run=run.id,
            sealed_state=run.sealed_state or "not sealed",
        )
    folder = recorded / f"{use_case.slug}-{preset.name}"
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    for name in _FILES:
        shutil.copy(run.folder / name, folder / name)
    weights = run.folder / "model.safetensors"
    if weights.stat().st_size < MOST_WEIGHT_BYTES:
        shutil.copy(weights, folder / weights.name)
    config = {**read_json(folder / "config.json"), "visitor": "recorded", "preset": preset.name}
    config.pop(BROUGHT, None)  # folders of another machine
    write_json(folder / "config.json", config)
    shutil.copy(run.folder / "end.json", folder / "end.json")
    return folder


def count_again(run: Run, use_case: UseCase) -> ValueReport:
    """Count a run's money again from its kept predictions, under its own assumptions, and put it into its report and
    its summary. Returns the money section."""
    import numpy as np

    from core.pipeline.report import summary_of_value, with_value  # torch: only this command waits for it
    from core.store.held_out import read_held_out

    model, report, found = use_case.with_variant(run.config["settings"]).value, run.report(), read_held_out(run)
    if model is None or not report["value"]:
        raise UserError("Money is counted where a run has some; {run} has none.", run=run.id)
    held_out = HeldOut(
        validation_target=found.validation_target,
        validation_info=found.validation_info,
        test_target=found.target,
        test_info=found.info,
        weight=np.empty((0, len(found.rows))),
        shares=np.empty((0, len(found.members))),
    )
    network = Forecasts(name="network", title="Network", validation=found.validation, test=found.members)
    others = [
        Forecasts(
            name=name, title=b["title"], validation=found.validation_baselines[name], test=found.baselines[name][None]
        )
        for b in report["value"]["baselines"]
        for name in [b["name"]]
    ]
    value = recount(model, held_out, network, others, report["value"])
    write_json(run.folder / "report.json", with_value(report, value))
    summary = {**run.end["summary"], "value": summary_of_value(value)}
    write_json(run.folder / "end.json", {**run.end, "summary": summary})
    return value


def staleness(run: Run, use_case: UseCase) -> str:
    """Why a recorded run no longer matches the code, in a sentence; empty while it does."""
    preset = next((p for p in presets_of(use_case) if p.name == run.config.get("preset")), None)
    again = f"Record it again: python -m core record {use_case.name}."
    if run.problem:
        return f"{run.problem} {again}"
    if preset is None:
        return f"{run.id} was recorded for a preset that is gone. {again}"
    if run.config["settings"] != settings_for(use_case, preset):
        return f"{run.id} was recorded with other settings than its preset has now. {again}"
    varied = use_case.with_variant(run.config["settings"])
    assumed = assumed_values(varied.value.assumptions) if varied.value else {}
    value = run.report()["value"]
    if (value["assumptions"] if value else {}) != assumed:
        return f"{run.id} was recorded with other assumptions. {again}"
    if run.config["data_checksum"] != datasets.checksum(varied.datasets) or run.config["schema"] != SCHEMA:
        return f"{run.id} was recorded with other data or another schema. {again}"
    return ""
