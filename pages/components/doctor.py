"""What the run doctor says of a training, with a button per finding; and what happens inside the network."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.charts import training as charts
from core.charts.look import look_named
from core.contracts import EpochEvent, Event
from core.contracts.events import DeclaredLayer, epochs_of, network_of
from core.diagnosis import doctor
from core.diagnosis.events import layer_words
from core.diagnosis.findings import Change, Finding
from core.errors import UserError
from core.formatting import numbers
from core.formatting.messages import current
from core.formatting.text import _, escape_markdown, named
from core.settings import Scale, Setting, SettingType
from core.settings.use_case import settings_of
from core.store.runs import Run
from pages.components.context import Context
from pages.components.drawing import chart, tiles


def draw_doctor(context: Context, run: Run, events: list[Event], *, busy: bool) -> None:
    """Findings in sentences, gravest first; below them a switch to the layers."""
    epochs = epochs_of(events)
    if not epochs:
        return
    found = doctor.diagnose(events)
    for finding in found:
        _finding(context, run, finding)
    watched = any("layers" in e for e in epochs)  # runs of earlier versions tell too little to be called well
    if watched and not found:
        st.caption(_("Nothing wrong seen so far.") if busy else _("The run doctor saw nothing wrong in this training."))
    if watched and st.toggle(_("Inside the network"), key=context.start("inside", False)):
        _inside(context, run, epochs, network_of(events))


def _finding(context: Context, run: Run, finding: Finding) -> None:
    box = st.container(border=True, key=context.key(f"doctor-{finding.fault}"))
    told = f"{escape_markdown(finding.saw)} {escape_markdown(finding.why)}"
    box.markdown(f":material/stethoscope: **{named(finding.title)}.** {told}")
    if finding.advice:
        box.markdown(escape_markdown(finding.advice))
    values = changed(settings_of(context.use_case), run.settings, finding.changes)
    if values and box.button(
        _words(settings_of(context.use_case), values),
        key=context.key(f"apply-{finding.fault}"),
        icon=":material/build:",
        on_click=_apply,
        args=(context, values),
        help=_("Changes the settings beside; press Train to try."),
    ):
        st.rerun(scope="app")


def changed(
    declared: Mapping[str, Setting], had: Mapping[str, Any], changes: tuple[Change, ...]
) -> dict[str, float | int | str]:
    """The new values of those settings that the use case has and that would change, on the stops of their sliders."""
    values: dict[str, float | int | str] = {}
    for change in changes:
        setting = declared.get(change.setting)
        if setting is None:
            continue
        try:
            old = setting.parse(had.get(change.setting, setting.default))
        except UserError:
            continue  # it was started with what the setting no longer takes
        new = change.value if change.factor is None else _nearest_stop(setting, float(old) * change.factor)
        if new is not None and new != old:
            values[change.setting] = setting.check(new)
    return values


def _nearest_stop(setting: Setting, wanted: float) -> float:
    wanted = float(setting.nearest(wanted))
    if setting.type is SettingType.CHOICE or setting.scale is not Scale.LOG or wanted <= 0:
        return wanted
    stops = [float(s) for s in setting.steps() if s > 0]
    return min(stops, key=lambda stop: abs(math.log(stop / wanted)))


def _words(declared: Mapping[str, Setting], values: Mapping[str, float | int | str]) -> str:
    """'Set learning rate to 0.001 and activation to Leaky ReLU'."""
    each = [
        _("{setting} to {value}").format(
            setting=named(_(declared[name].label)[:1].lower() + _(declared[name].label)[1:]),
            value=named(declared[name].shown(value)) if isinstance(value, str) else numbers.exact(value),
        )
        for name, value in values.items()
    ]
    return _("Set {changes}").format(changes=_(" and ").join(each))


def _apply(context: Context, values: Mapping[str, float | int | str]) -> None:
    context.state.settings.update(values)
    context.state.preset = None
    if context.key("preset") in st.session_state:
        st.session_state[context.key("preset")] = None
    for name, value in values.items():
        if context.key(f"set-{name}") in st.session_state:
            st.session_state[context.key(f"set-{name}")] = value


def _inside(context: Context, run: Run, epochs: list[EpochEvent], declared: Mapping[str, DeclaredLayer]) -> None:
    last = epochs[-1]
    places = tiles(3)
    rate = last.get("learning_rate")
    memory = next((e["memory_bytes"] for e in reversed(epochs) if "memory_bytes" in e), None)  # told now and then
    places[0].metric(_("Learning rate"), numbers.significant(rate, 2))
    places[1].metric(_("Networks in training"), numbers.count(last["networks_running"]))
    places[2].metric(
        _("Memory"),
        numbers.MISSING if memory is None else numbers.size(memory),
        help=_("What this training adds to the process that carries it out: rows, networks, results of steps."),
    )
    figures = _figures(f"{run.version} {last}", len(epochs), context.look.name, current(), epochs, declared)
    for place, (name, figure) in zip(_places(len(figures)), figures.items(), strict=True):
        with place:
            chart(figure, key=context.key(f"inside-{name}"))


def _places(count: int) -> list[DeltaGenerator]:
    """The first across, the others side by side."""
    return [st.container(), *(st.columns(count - 1) if count > 1 else ())]


@st.cache_resource(max_entries=64, show_spinner=False)
def _figures(
    told: str,
    num_epochs: int,
    look_name: str,
    language: str,
    _epochs: list[EpochEvent],
    _declared: Mapping[str, DeclaredLayer],
) -> dict[str, object]:
    """Made once for all who follow the same run. told: the run's version, and its last epoch."""
    look = look_named(look_name)
    words = partial(layer_words, declared=_declared)
    figures: dict[str, object] = {
        "gradient": charts.gradient_curves(_epochs, words, look),
    }
    if any(e.get("dead_units") for e in _epochs):
        figures["dead"] = charts.dead_curves(_epochs, words, look)
    return figures | {"rate": charts.rate_curve(_epochs, look)}
