"""THE page of an industry: its use cases as cards, where AI earns there, and what is hard."""

from __future__ import annotations

import streamlit as st

from core.contracts import Industry
from core.formatting.text import _, escape_markdown, named, with_bold
from core.store import store_folder
from core.store.runs import list_runs
from core.use_cases import all_use_cases
from pages.components.cards import OpenPage, card_grid, opened
from pages.components.look import start_page, symbol


def draw(declared: Industry, open_page: OpenPage) -> None:
    """Draw the page of one industry."""
    of_industry = [u for u in all_use_cases() if u.industry == declared.name]
    key = f"{declared.name}:cards"
    asked = opened(key)
    for use_case in of_industry:
        if use_case.slug == asked:
            st.switch_page(open_page(use_case))
    start_page()
    st.title(f"{symbol(declared.icon)} {named(_(declared.title))}")
    st.markdown(escape_markdown(_(declared.summary)))
    st.space("small")
    card_grid(of_industry, [declared], list_runs(store_folder()), key=key, tools=False)
    if not (declared.earns or declared.hard):
        return
    st.space("small")
    earns, hard = st.columns(2, gap="large")
    for column, title, lines in (
        (earns, _("Where AI earns here"), declared.earns),
        (hard, _("What is hard"), declared.hard),
    ):
        if lines:
            column.header(title)
            column.markdown("\n".join(f"- {with_bold(_(line))}" for line in lines))
