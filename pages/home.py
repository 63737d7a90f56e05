"""The front page: something that moves, one obvious button, and every use case as a card."""

from __future__ import annotations

import streamlit as st

from core.errors import UserError
from core.formatting.text import _, escape_markdown
from core.registry import outside
from core.store import store_folder
from core.store.runs import list_runs
from core.use_cases import all_industries, all_use_cases
from pages.components import tour
from pages.components.cards import OpenPage, card_grid, opened
from pages.components.client import ask
from pages.components.hero import draw_hero, hero_of
from pages.components.look import start_page
from pages.components.short_route import note

_WAIT_S = 3.0
_WIDE = "<style>.stMainBlockContainer { max-width: 1360px; }</style>"  # four cards beside one another
_HERO, _CARDS = "home:hero", "home:cards"


def draw(open_use_case: OpenPage) -> None:
    """Draw the page. Imports no torch, no scikit-learn, no plotly: the first visit must be quick."""
    every, industries = all_use_cases(), all_industries()
    asked = opened(_HERO) or opened(_CARDS)
    for use_case in every:
        if use_case.slug == asked:
            st.switch_page(open_use_case(use_case))
    start_page()
    st.html(_WIDE)
    st.title("Proving Ground")
    st.markdown(_("AI startup ideas, trained, measured and turned into money in front of your eyes."))
    note()
    tour.offer(tuple(every), open_use_case)
    for problem in _problems():
        st.warning(escape_markdown(problem))
    found = list_runs(store_folder())
    if hero := hero_of(every, found):
        draw_hero(hero, key=_HERO)
        st.space("small")
    card_grid(every, industries, found, key=_CARDS, tools=True)


def _problems() -> tuple[str, ...]:
    """What is wrong with folders from outside. Losses and baselines are known where torch is: by the answer worker."""
    if not outside.has_more():
        return outside.light_problems()
    try:
        return tuple(map(str, ask({"ask": "problems"}, timeout_s=_WAIT_S)["problems"]))
    except UserError:  # no worker yet: told at the next visit
        return outside.light_problems()
