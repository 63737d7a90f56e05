"""THE page of an industry: where AI earns there, what is hard, its use cases side by side."""

from __future__ import annotations

import streamlit as st

from core.contracts import Industry
from core.formatting.text import _, escape_markdown, named, with_bold
from core.store import store_folder
from core.store.runs import list_runs
from core.use_cases import all_use_cases
from pages.components.cards import OpenPage, card_rows
from pages.components.look import start_page


def draw(declared: Industry, open_page: OpenPage) -> None:
    """Draw the page of one industry."""
    start_page()
    st.title(named(_(declared.title)))
    st.markdown(escape_markdown(_(declared.summary)))
    st.space("small")
    of_industry = [u for u in all_use_cases() if u.industry == declared.name]
    card_rows(of_industry, list_runs(store_folder()), open_page, compact=False)
    st.space("small")
    if not (declared.earns or declared.hard):
        return
    earns, hard = st.columns(2, gap="large")
    for column, title, lines in (
        (earns, _("Where AI earns here"), declared.earns),
        (hard, _("What is hard"), declared.hard),
    ):
        if lines:
            column.header(title)
            column.markdown("\n".join(f"- {with_bold(_(line))}" for line in lines))
