"""Which runs are recorded, with what settings, and whether a recorded one still matches the code. Trains nothing."""

from __future__ import annotations

from core import datasets
from core.contracts import Preset, UseCase
from core.settings import resolve
from core.settings.use_case import settings_of
from core.store.runs import SCHEMA, Run
from core.value.threshold import assumed_values


def presets_of(use_case: UseCase) -> tuple[Preset, ...]:
    """The use case's presets, and the defaults on every variant that no good preset names; one without any preset is
    recorded at its defaults."""
    presets = use_case.presets or (Preset(name="default", title="Default", reason="The settings as declared."),)
    named = {p.values.get("variant") for p in presets if p.good}
    rest = [v for v in use_case.variants[1:] if v.name not in named]
    return (*presets, *(Preset(name=v.name, title=v.title, reason=v.reason, values={"variant": v.name}) for v in rest))


def stands_for_its_variant(use_case: UseCase, preset: Preset) -> bool:
    """Whether a preset is the first good one of its variant, whose simple methods ship for every run of it."""
    first = use_case.variants[0].name if use_case.variants else ""
    of = preset.values.get("variant", first)
    return preset == next(p for p in presets_of(use_case) if p.good and p.values.get("variant", first) == of)


def settings_for(use_case: UseCase, preset: Preset) -> dict[str, object]:
    """Complete settings of a preset; recorded on the CPU, so that anybody can repeat it."""
    declared = settings_of(use_case)
    return resolve(declared, {**preset.values, "device": "cpu"})


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
