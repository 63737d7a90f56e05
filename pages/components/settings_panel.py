"""The settings of a training as widgets: presets, three in front, all of them one click away."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import streamlit as st

from core.contracts import Preset
from core.formatting import numbers
from core.formatting.text import SENTENCE, _, escape_markdown, named, plain
from core.settings import Scale, Setting, SettingType, defaults
from core.settings.devices import offered
from core.settings.use_case import presets_in, settings_of
from core.store import runs, store_folder
from pages.components.context import Context
from pages.components.state import kept_by_presets

_MOST_STOPS = 200
_MOST_CHANGES = 4


def draw_settings(context: Context) -> None:
    """Draw presets and settings; what the visitor chooses is in the page's state."""
    declared = settings_of(context.use_case)
    _presets(context, declared)
    _next_run(context, declared)
    draw_front(context)
    if st.toggle(_("All settings"), key=context.start("all-settings", False)):
        elsewhere = {*context.use_case.front, "variant"}  # in front, and at the top of the page
        rest = [s for s in declared.values() if s.name not in elsewhere]
        for group, title in (
            ("training", _("Training")),
            ("network", _("Network")),
            ("augmentation", _("Pictures changed at random")),
            ("run", _("Run")),
        ):
            of_group = [s for s in rest if s.group == group]
            if of_group:
                st.caption(title)
            for setting in of_group:
                _widget(context, setting)


def draw_front(context: Context) -> None:
    """The few settings that matter most."""
    declared = settings_of(context.use_case)
    for name in context.use_case.front:
        _widget(context, declared[name])


def _presets(context: Context, declared: Mapping[str, Setting]) -> None:
    presets = {p.name: p for p in presets_in(context.use_case, context.use_case.variant)}
    if not presets:
        return
    key = context.start("preset", context.state.preset)
    chosen = st.pills(
        _("Presets"),
        list(presets),
        format_func=lambda name: named(_(presets[name].title)),
        key=key,
        on_change=_apply_preset,
        args=(context, key, presets, dict(declared)),
        wrap=True,
    )
    if chosen:
        preset = presets[chosen]
        reason = escape_markdown(_(preset.reason))
        st.caption(reason if preset.good else _("Bad on purpose. {reason}").format(reason=reason))


def _next_run(context: Context, declared: Mapping[str, Setting]) -> None:
    """Whether the settings are those of the run that is shown beside them, or what the next one would do otherwise."""
    state = context.state
    run = runs.read(store_folder() / "runs" / state.job) if state.job else context.run
    if run is None or run.problem:
        return
    ran, shown = run.settings, context.run is not None and context.run.id == run.id
    differ = [s for s in declared.values() if s.name in ran and ran[s.name] != state.settings[s.name]]
    changes = [
        (_("{label} {new} (shown: {old})") if shown else _("{label} {new} (latest: {old})")).format(
            label=named(_(s.label)), new=_written(s, state.settings[s.name]), old=_written(s, ran[s.name])
        )
        for s in differ
        if s.name not in kept_by_presets(state.settings)
    ]
    if not changes:
        told = _("The run shown has these settings.") if shown else _("The latest training has these settings.")
        st.caption(told)
        return
    more = len(changes) - _MOST_CHANGES
    if more > 0:
        changes[_MOST_CHANGES:] = [_("and {count} more").format(count=numbers.count(more))]
    st.info(_("Your next run differs: {changes}.").format(changes=", ".join(changes)), icon=":material/edit:")


def _written(setting: Setting, value: Any) -> str:
    """A setting's value as its widget has it; what no widget could hold, as a damaged run may say it, as it is."""
    if setting.type is SettingType.CHOICE and value in setting.choices:
        return named(setting.shown(value))
    return named(numbers.exact(value) if isinstance(value, int | float) else value)


def _apply_preset(context: Context, key: str, presets: Mapping[str, Preset], declared: Mapping[str, Setting]) -> None:
    if key != context.key("preset"):  # it has begun anew meanwhile
        return
    name = st.session_state[key]
    context.state.preset = name
    values = {**defaults(declared), **(presets[name].values if name else {})}
    values |= kept_by_presets(context.state.settings)
    context.state.settings.update(values)
    context.renew("set")


def _changed(context: Context, name: str, key: str) -> None:
    if key != context.key(f"set-{name}"):  # a preset was chosen meanwhile: its settings begin anew
        return
    context.state.settings[name] = st.session_state[key]
    if context.state.preset is not None:
        context.state.preset = None
        context.renew("preset")


def _widget(context: Context, setting: Setting) -> None:
    value = context.state.settings[setting.name]
    key = context.start(f"set-{setting.name}", value)
    help_text = "\n\n".join(
        part
        for part in (
            escape_markdown(_(setting.help.sentence)),
            escape_markdown(_(setting.help.caption)),
            _formula(setting.help.formula),
        )
        if part
    )
    label = named(numbers.labelled(setting.label, setting.unit))
    common: dict[str, Any] = {
        "key": key,
        "help": help_text,
        "on_change": _changed,
        "args": (context, setting.name, key),
    }
    low, high = setting.bounds
    if setting.type is SettingType.CHOICE:
        st.segmented_control(
            label,
            offered(setting.choices, value) if setting.name == "device" else setting.choices,
            format_func=lambda choice: named(setting.shown(choice)),
            required=True,
            **common,
        )
    elif setting.type is SettingType.INT and setting.scale is Scale.LINEAR and high - low > _MOST_STOPS:
        st.number_input(label, min_value=int(low), max_value=int(high), step=1, **common)
    else:
        stops = setting.steps()
        options = stops if value in stops else tuple(sorted({*stops, value}))
        st.select_slider(label, options, format_func=_stop, **common)


@lru_cache(maxsize=4096)
def _stop(value: float) -> str:
    """A stop of a slider, kept for all visitors: each is written whenever its slider is drawn."""
    return numbers.exact(value)


def _formula(text: str) -> str:
    """A formula as declared; nothing that would end it before its end."""
    return f"${plain(text, SENTENCE).replace('$', '')}$" if text else ""
