"""THE page of a use case: one shape for all, one section drawn at a time."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.charts.look import Look
from core.contracts import Section, UseCase
from core.errors import UserError
from core.formatting.text import _, escape_markdown
from pages.components import (
    section_data,
    section_money,
    section_question,
    section_results,
    section_ship,
    section_train,
    section_understand,
    tour,
)
from pages.components.client import jobs, wake
from pages.components.context import Context, shown_run
from pages.components.copy_link import copy_link
from pages.components.header import draw_header
from pages.components.headline import draw_headline
from pages.components.later import rest_first
from pages.components.look import BOTH_LOOKS, start_page
from pages.components.part import own_link, whole
from pages.components.stage import address
from pages.components.state import PageState, page_state, went_back
from pages.components.story import choose_step, draw_next, open_step
from pages.components.visitor_cookie import keep_visitor

_OF_THE_VISITOR = {Section.QUESTION, Section.DATA, Section.TRAIN}  # the others are about the shown run
_DRAW = {
    Section.QUESTION: section_question.draw,
    Section.DATA: section_data.draw,
    Section.TRAIN: section_train.draw,
    Section.RESULTS: section_results.draw,
    Section.UNDERSTAND: section_understand.draw,
    Section.MONEY: section_money.draw,
    Section.SHIP: section_ship.draw,
}


def draw(use_case: UseCase) -> None:
    """Draw the page of one use case."""
    look = start_page()
    whole(_draw, use_case, page_state(use_case), look)
    keep_visitor()


def _draw(use_case: UseCase, state: PageState, look: Look) -> None:
    """All of it but what is around every page."""
    try:
        jobs()
    except UserError as error:
        st.error(escape_markdown(str(error)))
        return
    wake()
    run = shown_run(use_case, state)
    with st.container():
        _notices(use_case, state)
    asked = Context(use_case=use_case.with_variant(state.settings), state=state, look=look, run=run)
    shown = (
        Context(use_case=use_case.with_variant(run.config["settings"]), state=state, look=look, run=run)
        if run
        else asked
    )
    opened = open_step(shown)
    with _one_of_two(int(opened is not Section.QUESTION)):
        share = draw_header(shown, opened)
    with _one_of_two(state.turns.get("section", 0) % 2):  # the bar may begin anew
        section = choose_step(shown)
    with st.container():
        tour.draw(shown)
    with rest_first():
        with _slot(state, section):
            _DRAW[section](asked if section in _OF_THE_VISITOR else shown)
            if section is Section.QUESTION:
                draw_headline(shown)
            draw_next(shown, section, waits=section_train.waits(asked) if section is Section.TRAIN else "")
        with share:
            query = own_link(use_case, state, run)
            key, at = f"{use_case.slug}:link", state.linked_at
            copy_link(
                query,
                key=key,
                page=use_case.slug,
                at=at,
                returned=went_back(),
                look=BOTH_LOOKS,
                stage=address(use_case),
            )


def _slot(state: PageState, section: Section) -> DeltaGenerator:
    """The place of a section: another one than that of the section before."""
    if state.placed != section:
        state.placed, state.place = section, 1 - state.place
    return _one_of_two(state.place, key=f"step-{section}")


def _one_of_two(place: int, key: str | None = None) -> DeltaGenerator:
    """A container in one of two places, the other being empty: what stood there is gone at once, where Streamlit keeps
    what a run no longer draws beside the new until the run ends."""
    places = [st.container(key=key) if at == place else st.empty() for at in (0, 1)]
    return places[place]


def _notices(use_case: UseCase, state: PageState) -> None:
    """What a link got wrong, until it is dismissed."""
    if not state.notices:
        return
    st.warning("\n\n".join(escape_markdown(notice) for notice in state.notices))
    st.button(_("Dismiss"), key=f"{use_case.slug}:dismiss", on_click=state.notices.clear)
