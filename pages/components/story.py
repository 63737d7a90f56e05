"""A use-case page as a story: numbered steps, what comes next, and folds for experts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from core.contracts import Section, UseCase
from core.formatting.text import _, escape_markdown, named
from pages.components import short_link
from pages.components.context import Context
from pages.components.part import part

NEXT = "story-next"  # in the keys of the buttons after which a page begins at its top: see copy_link.js


def titles() -> dict[Section, str]:
    """The sections' visible names."""
    return {
        Section.QUESTION: _("Question"),
        Section.DATA: _("Data"),
        Section.TRAIN: _("Train"),
        Section.RESULTS: _("Results"),
        Section.UNDERSTAND: _("What if"),
        Section.MONEY: _("Money"),
        Section.SHIP: _("Ship"),
    }


def steps(use_case: UseCase) -> dict[Section, str]:
    """The steps that a use case has, in their order, with their numbers: `4 Results`."""
    absent = {*use_case.task.absent, *((Section.MONEY,) if use_case.value is None else ())}
    present = [(section, title) for section, title in titles().items() if section not in absent]
    return {
        section: _("{number} {title}").format(number=place, title=title)
        for place, (section, title) in enumerate(present, 1)
    }


def open_step(context: Context) -> Section:
    """The step that is open, known before its bar is drawn: a new page opens on the first."""
    names, key = steps(context.use_case), context.key("section")
    if st.session_state.get(key) not in names:
        st.session_state[key] = context.state.section if context.state.section in names else Section.QUESTION.value
    return Section(st.session_state[key])


def choose_step(context: Context) -> Section:
    """The bar of steps; returns the one that is open."""
    names = steps(context.use_case)
    chosen = st.segmented_control(
        _("Section"),
        [s.value for s in names],
        format_func=lambda value: named(names[Section(value)]),
        required=True,
        wrap=True,
        key=context.key("section"),
        label_visibility="collapsed",
    )
    context.state.section = chosen or Section.QUESTION.value
    return Section(context.state.section)


def draw_next(context: Context, section: Section, *, waits: str = "") -> None:
    """At a section's end: the step that follows, the one before, and a short link to this one. waits: why the next
    one cannot be shown yet."""
    order = list(steps(context.use_case))
    place = order.index(section)
    names = titles()
    with st.container(horizontal=True, gap="small", key=context.key("story-end")):
        if place + 1 < len(order):
            st.button(
                _("Next: {title}").format(title=names[order[place + 1]]),
                type="primary",
                icon=":material/arrow_forward:",
                key=context.key(f"{NEXT}-{section}"),  # of its own: a second click says the same again
                on_click=context.go_to(order[place + 1].value),
                disabled=bool(waits),
                help=escape_markdown(waits) if waits else None,
            )
        else:
            st.button(
                _("Try to beat it: Train") if context.run else _("Begin with Train"),
                type="primary",
                icon=":material/arrow_back:",
                key=context.key(f"{NEXT}-{section}"),
                on_click=context.go_to(Section.TRAIN.value),
            )
        if place > 0:
            st.button(
                _("Back: {title}").format(title=names[order[place - 1]]),
                type="tertiary",
                key=context.key(f"{NEXT}-back-{section}"),
                on_click=context.go_to(order[place - 1].value),
            )
        part(context, "short-link", short_link.draw, context)


def sentence(text: str) -> None:
    """What a section says, in one sentence on top of it."""
    with st.container(key="story-sentence"):
        st.markdown(escape_markdown(text))


def fold(context: Context, name: str, title: str, draw: Callable[..., None], *more: Any) -> None:
    """Detail behind a fold: `draw(*more)` is called while it is open, and costs nothing before."""
    part(context, f"fold-{name}", _fold, context, name, title, draw, *more)


def _fold(context: Context, name: str, title: str, draw: Callable[..., None], *more: Any) -> None:
    place = st.expander(named(title), key=context.own_key(f"fold-{name}"), on_change="rerun")
    if place.open:
        with place:
            draw(*more)
