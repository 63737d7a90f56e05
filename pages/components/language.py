"""The language of a visitor: the link's, the one chosen here, the browser's, else English. Never the server's."""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.formatting import catalogues, messages
from core.formatting.text import _

LINK = "lang"  # the link's parameter
_CHOSEN, _FOLLOWED, _DRAWN = "language-chosen", "language-followed", "language-drawn"
_KEY = "language"


def begin() -> None:
    """Before anything is drawn: from here on this script run speaks the visitor's language."""
    asked = catalogues.matching(st.query_params.get(LINK))
    if asked and asked != st.session_state.get(_FOLLOWED):  # a link is followed once; then the choice holds
        st.session_state[_FOLLOWED] = st.session_state[_CHOSEN] = asked
        st.session_state.pop(_KEY, None)
    language = chosen() or catalogues.matching(st.context.locale) or catalogues.ENGLISH
    st.session_state[_DRAWN] = language
    messages.use(language)
    messages.ask_for_language(_drawn)


def chosen() -> str | None:
    """What the visitor, or the link, asked for; None where nobody did."""
    found: str | None = st.session_state.get(_CHOSEN)
    return found


def _drawn() -> str:
    """The language of the page that a callback, or a part that is drawn again, belongs to."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return ""  # a thread of the server's own
    return str(st.session_state.get(_DRAWN, ""))


def draw_choice() -> None:
    """A small choice in the footer, each language by its own name."""
    if len(catalogues.languages()) < 2:
        return
    if _KEY not in st.session_state:
        st.session_state[_KEY] = messages.current()
    st.selectbox(
        _("Language"),
        catalogues.languages(),
        format_func=catalogues.title_of,
        key=_KEY,
        on_change=_choose,
        width=180,
        label_visibility="collapsed",
    )


def _choose() -> None:
    st.session_state[_CHOSEN] = st.session_state[_FOLLOWED] = st.session_state[_KEY]
    if LINK in st.query_params:
        st.query_params[LINK] = st.session_state[_KEY]
