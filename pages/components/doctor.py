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
from core.formatting.messages import current, listed
from core.formatting.text import _, escape_markdown, named, plain
from core.settings import Scale, Setting, SettingType
from core.settings.use_case import settings_of
from core.store.runs import Run
from pages.components.context import Context
from pages.components.kept import Kept
from pages.components.look import BOTH

_diagnoses = Kept(200)
_TOLD = "doctor-told"  # what was said of settings when it was drawn last


def draw_doctor(context: Context, run: Run, events: list[Event], *, busy: bool) -> None:
    """Findings in sentences, gravest first."""
    epochs = epochs_of(events)
    st.session_state[context.key(_TOLD)] = []
    if not epochs:
        return
    key = (run.folder, len(events), str(epochs[-1]), current())
    found = _diagnoses.get(key, lambda: doctor.diagnose(events))
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
    declared = settings_of(context.use_case)
    values = changed(declared, run.settings, finding.changes)
    is_mended = _is_mended(context, values)
    st.session_state[context.key(_TOLD)].append((values, is_mended))
    if is_mended:
        box.markdown(f":material/check: **{escape_markdown(_mended(declared, run.settings, values))}**")
        _mark(context, values)
    elif values and box.button(
        _words(declared, values),
        key=context.key(f"apply-{finding.fault}"),
        icon=":material/build:",
        on_click=_apply,
        args=(context, values),
        help=_("Changes the settings beside; press Train to try."),
    ):
        st.rerun(scope="app")


def forget(context: Context) -> None:
    """Nothing is said of a training any more."""
    st.session_state.pop(context.key(_TOLD), None)


def tells_otherwise(context: Context) -> bool:
    """Whether the doctor, as drawn last, says of a setting what is no longer so."""
    told = st.session_state.get(context.key(_TOLD), [])
    return any(_is_mended(context, values) != is_mended for values, is_mended in told)


def _is_mended(context: Context, values: Mapping[str, float | int | str]) -> bool:
    return bool(values) and all(context.state.settings.get(name) == value for name, value in values.items())


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
            value=named(_value(declared[name], value)),
        )
        for name, value in values.items()
    ]
    return _("Set {changes}").format(changes=_(" and ").join(each))


def _mended(declared: Mapping[str, Setting], had: Mapping[str, Any], values: Mapping[str, float | int | str]) -> str:
    """'Learning rate: 0.5 → 0.005. Press Train to try.'"""
    each = [
        _("{setting}: {old} → {new}").format(
            setting=plain(_(declared[name].label)),
            old=_value(declared[name], had.get(name, declared[name].default)),
            new=_value(declared[name], value),
        )
        for name, value in values.items()
    ]
    return _("{changes}. Press Train to try.").format(changes=listed(each))


def _value(setting: Setting, value: Any) -> str:
    return plain(setting.shown(value)) if isinstance(value, str) else numbers.exact(value)


def _mark(context: Context, values: Mapping[str, float | int | str]) -> None:
    """A line beside the settings that were changed: they are where the visitor looks next."""
    places = ", ".join(f".st-key-{context.key(f'set-{name}').replace(':', '-')}" for name in values)
    st.html(f"<style>{places} {{ border-left: 3px solid {BOTH['network']}; padding-left: 12px; }}</style>")


def _apply(context: Context, values: Mapping[str, float | int | str]) -> None:
    context.state.settings.update(values)
    context.state.preset = None
    if not set(values) <= set(context.use_case.front):
        context.renew("all")
        st.session_state[context.key("all-settings")] = True  # what was changed is seen
    context.renew("preset", "set")
