"""A storyline before the show: order, own words, notes, minutes, what is left out, and a rehearsal of every beat."""

from __future__ import annotations

import streamlit as st

from core.contracts import UseCase
from core.contracts.storyline import MOST_MINUTES, MOST_NOTE, MOST_WORDS, Beat, Storyline
from core.errors import UserError
from core.formatting import numbers
from core.formatting.text import _, escape_markdown, named
from core.store import store_folder, storylines
from pages.components import beats
from pages.components.context import Context


def draw(context: Context, storyline: Storyline, whose: str | None) -> None:
    """Draw it. Whatever is changed is kept at once."""
    use_case = context.use_case
    shown = numbers.counted(len(storyline.shown), "One beat", "{count} beats")
    st.caption(_("{beats}, {minutes} minutes.").format(beats=shown, minutes=numbers.significant(storyline.minutes)))
    for place, beat in enumerate(storyline.beats):
        _row(context, storyline, place, beat, whose)
    rehearse, back = st.columns(2)
    if rehearse.button(_("Rehearse"), icon=":material/task_alt:", key=context.key("stage-rehearse"), width="stretch"):
        _rehearse(context, storyline)
    if back.button(_("Back to the declared storyline"), key=context.key("stage-reset"), width="stretch"):
        storylines.forget(store_folder(), use_case, whose)
        context.renew("beat")
        st.rerun()


def _row(context: Context, storyline: Storyline, place: int, beat: Beat, whose: str | None) -> None:
    use_case, kind = context.use_case, beat.kind

    def keep(changed: Storyline) -> None:
        _keep(use_case, whose, changed)

    def take(field: str, key: str) -> None:
        if key == context.key(f"beat-{field}-{kind}"):
            value = st.session_state[key]
            keep(storyline.changed(kind, **{field: not value if field == "hidden" else value}))

    def key(field: str, value: object) -> str:
        return context.start(f"beat-{field}-{kind}", value)

    with st.container(border=True):
        name, up, down = st.columns([6, 1, 1], vertical_alignment="center")
        on = key("hidden", not beat.hidden)
        name.toggle(named(beats.names()[kind]), key=on, on_change=take, args=("hidden", on))
        up.button(
            _("Earlier"),
            key=context.key(f"up-{kind}"),
            disabled=place == 0,
            on_click=lambda: keep(storyline.moved(kind, -1)),
            width="stretch",
        )
        down.button(
            _("Later"),
            key=context.key(f"down-{kind}"),
            disabled=place == len(storyline.beats) - 1,
            on_click=lambda: keep(storyline.moved(kind, 1)),
            width="stretch",
        )
        words, minutes = st.columns([6, 2])
        own, long = key("words", beat.words), key("minutes", beat.minutes)
        words.text_input(
            _("Own headline"),
            key=own,
            max_chars=MOST_WORDS,
            placeholder=named(beats.headline(context, Beat(kind=kind))),
            on_change=take,
            args=("words", own),
        )
        minutes.number_input(
            _("Minutes"), 0.0, MOST_MINUTES, step=0.5, key=long, on_change=take, args=("minutes", long), format="%.1f"
        )
        note = key("note", beat.note)
        st.text_area(_("Speaker note"), key=note, max_chars=MOST_NOTE, height=80, on_change=take, args=("note", note))


def _keep(use_case: UseCase, whose: str | None, storyline: Storyline) -> None:
    try:
        storylines.keep(store_folder(), use_case, whose, storyline)
    except OSError as error:
        st.error(escape_markdown(_("The storyline could not be kept: {why}.").format(why=error.strerror or error)))


def _rehearse(context: Context, storyline: Storyline) -> None:
    """Whatever would fail on stage, said before."""
    for beat in storyline.shown:
        name = named(beats.names()[beat.kind])
        try:
            beats.headline(context, beat)
            wrong = beats.faults(context, beat)
        except UserError as error:
            wrong = [str(error)]
        for sentence in wrong:
            st.error(f"**{name}**: {escape_markdown(sentence)}")
        if not wrong:
            st.success(_("{beat}: ready").format(beat=name), icon=":material/check:")
