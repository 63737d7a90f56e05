"""The foot of every page: version, licence, how it was measured, the language."""

from __future__ import annotations

import streamlit as st

from core import __version__
from core.formatting.text import _, named
from pages.components import language


def draw_footer(glossary: st.Page, split: st.Page) -> None:
    """Draw it below whatever the page has drawn."""
    st.space("medium")
    with st.container(key="footer", horizontal=True, vertical_alignment="center", gap="medium"):
        st.page_link(glossary, label=_("How to read this, and how it was measured"), icon=":material/menu_book:")
        st.page_link(split, label=_("Which split is honest?"), icon=":material/call_split:")
        st.caption(
            _("Proving Ground {version} · Apache License 2.0").format(version=named(__version__)), width="content"
        )
        language.draw_choice()
