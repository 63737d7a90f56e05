"""Sliders that damage the picture or the sound which What if is about, and under each how the network does on test
records that are damaged so."""

from __future__ import annotations

from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.answering.picture_damage import Damage
from core.answering.senses import damages_of, sensed
from core.charts import robustness
from core.contracts.answers import Robustness
from core.errors import UserError
from core.evaluation.metrics import metric_named
from core.formatting import numbers, scores
from core.formatting.messages import capital
from core.formatting.text import _, choice, escape_markdown, named
from pages.components.client import ask
from pages.components.context import Context
from pages.components.later import later

_PATIENCE_S = 60.0  # the answer worker may have to read the data first


def chosen(context: Context) -> dict[str, float]:
    """How strong each damage is, without those that leave a picture as it is."""
    return {d.name: at for d in _damages(context) if (at := _strength(context, d)) != d.none}


def _damages(context: Context) -> tuple[Damage, ...]:
    array = sensed(context.use_case)
    return () if array is None else damages_of(array)


def draw_sliders(context: Context) -> None:
    """One slider for each damage, and the way back."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{_('Break it')}**")
        st.space("stretch")
        st.button(
            _("As it was"),
            key=context.key("as-it-was"),
            on_click=repair,
            args=(context,),
            disabled=not chosen(context),
            type="tertiary",
        )
    with st.container(key="break-it"):
        places = [(damage, *_slider(context, damage)) for damage in _damages(context)]
    said = st.empty()
    later(partial(_draw_curves, context, places, said))


def _slider(context: Context, damage: Damage) -> tuple[DeltaGenerator, DeltaGenerator]:
    with st.container():
        key = context.start(f"damage-{damage.name}", _strength(context, damage))
        st.select_slider(
            named(_(damage.title)),
            damage.steps,
            key=key,
            format_func=lambda step: choice(written(damage, step)),
            on_change=_changed,
            args=(context, damage, key),
        )
        return st.empty(), st.empty()


def _strength(context: Context, damage: Damage) -> float:
    """The step next to what the state says: a link may say anything between them."""
    told = context.state.damage.get(damage.name, damage.none)
    return min(damage.steps, key=lambda step: abs(step - told))


def _changed(context: Context, damage: Damage, key: str) -> None:
    if key == context.key(f"damage-{damage.name}"):  # else it was repaired meanwhile
        context.state.damage[damage.name] = st.session_state[key]


def repair(context: Context) -> None:
    """As it was."""
    context.state.damage.clear()
    context.renew("damage")


def written(damage: Damage, strength: float) -> str:
    """A strength as it is said."""
    if damage.is_angle:
        return _("{degrees}°").format(degrees=numbers.fixed(strength, 0))
    return numbers.percent(strength, 0, sign=damage.steps[0] < 0)


def _draw_curves(
    context: Context, places: list[tuple[Damage, DeltaGenerator, DeltaGenerator]], said: DeltaGenerator
) -> None:
    """Asked one by one, so that others' questions come between. said: what is true of all of them."""
    metric, run = metric_named(context.use_case.task.headline), context.run.id if context.run else ""
    for damage, curve, words in places:
        question = {"ask": "robustness", **context.asked, "run": run, "damage": damage.name}
        try:
            found: Robustness = ask(question, version=context.version, timeout_s=_PATIENCE_S)
        except UserError as error:
            said.caption(escape_markdown(str(error)))
            return
        place = damage.steps.index(_strength(context, damage))
        steps = [written(damage, step) for step in damage.steps]
        none = damage.steps.index(damage.none)
        curve.html(robustness.curve(found, place, none, metric, steps, context.look))
        words.caption(
            _("{metric} {score}").format(
                metric=named(_(capital(metric.short))), score=scores.score(metric, found["scores"][place])
            )
        )
        said.caption(
            _(
                "Each curve: the network on the same {count} test records with this damage alone, and its 95% "
                "interval. Simple methods are kept as what they predicted, and cannot be asked about a changed one."
            ).format(count=numbers.count(found["rows"]))
        )
