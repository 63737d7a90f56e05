"""What the run doctor says of a training, with a button per finding that changes the setting it names."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.contracts import Event
from core.contracts.events import epochs_of
from core.diagnosis import doctor
from core.diagnosis.findings import Change, Finding
from core.errors import UserError
from core.formatting import numbers
from core.formatting.text import _, escape_markdown, named
from core.settings import Scale, Setting, SettingType
from core.settings.use_case import settings_of
from core.store.runs import Run
from pages.components.context import Context


def draw_doctor(context: Context, run: Run, events: list[Event], *, busy: bool) -> None:
    """Findings in sentences, gravest first."""
    epochs = epochs_of(events)
    if not epochs:
        return
    found = doctor.diagnose(events)
    for finding in found:
        _finding(context, run, finding)
    watched = any("layers" in e for e in epochs)  # runs of earlier versions tell too little to be called well
    if watched and not found:
        st.caption(_("Nothing wrong seen so far.") if busy else _("The run doctor saw nothing wrong in this training."))


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
