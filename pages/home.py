"""The front page: what this is, the industries, their use cases, one obvious button."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.contracts import Industry
from core.errors import UnknownNameError, UserError
from core.formatting.text import _, escape_markdown, named
from core.registry import outside
from core.store import store_folder
from core.store.runs import list_runs
from core.use_cases import all_industries, all_use_cases
from pages.components.cards import OpenPage, card_rows
from pages.components.client import ask
from pages.components.look import start_page

_WAIT_S = 3.0


def draw(open_use_case: OpenPage, open_industry: Callable[[Industry], st.Page]) -> None:
    """Draw the page. Imports no torch, no scikit-learn, no plotly: the first visit must be quick."""
    start_page()
    st.title("Proving Ground")
    st.markdown(
        _(
            "An AI startup idea, trained, measured and turned into money in front of your eyes: pick a use case, press "
            "Train, watch a real network learn on real data, and see whether it beats the strongest simple method."
        )
    )
    every = all_use_cases()
    if every and st.button(
        _("Start with {title}").format(title=named(_(every[0].title).lower())),
        type="primary",
        icon=":material/play_arrow:",
    ):
        st.switch_page(open_use_case(every[0]))
    industries = all_industries()
    _unknown_page([*(u.slug for u in every), *(i.name for i in industries)])
    for problem in _problems():
        st.warning(escape_markdown(problem))
    st.space("small")
    found = list_runs(store_folder())
    for declared in industries:
        st.header(named(_(declared.title)))
        st.markdown(escape_markdown(_(declared.summary)))
        of_industry = [u for u in every if u.industry == declared.name]
        card_rows(of_industry, found, open_use_case, compact=True)
        if declared.earns or declared.hard:
            st.page_link(open_industry(declared), label=_("Where AI earns in this industry, and what is hard"))
        else:
            st.page_link(open_industry(declared), label=_("All of this industry"))


def _problems() -> tuple[str, ...]:
    """What is wrong with folders from outside. Losses and baselines are known where torch is: by the answer worker."""
    if not outside.has_more():
        return outside.light_problems()
    try:
        return tuple(map(str, ask({"ask": "problems"}, timeout_s=_WAIT_S)["problems"]))
    except UserError:  # no worker yet: told at the next visit
        return outside.light_problems()


def _unknown_page(known: list[str]) -> None:
    """A link to a page that is not there ends up here: name the nearest one."""
    context = get_script_run_ctx()
    asked = context.pages_manager.intended_page_name if context else None
    if asked and asked not in (*known, "home"):
        st.warning(escape_markdown(str(UnknownNameError("page", asked, known))))
