"""The page of an address that nothing is at: what was asked for, the use case that is most alike, the way home."""

from __future__ import annotations

import streamlit as st

from core.contracts import UseCase
from core.errors import nearest
from core.formatting.text import _, escape_markdown, plain
from core.store import store_folder
from core.store.runs import list_runs
from core.use_cases import all_industries, all_use_cases
from pages.components import addresses
from pages.components.cards import OpenPage, card_grid, opened
from pages.components.look import start_page

PATH = addresses.LOST
_CARD, _PATH = "lost:card", "lost:path"


def asked_for(path: str) -> None:
    """Nothing is at this path: the page that is drawn next says so."""
    st.session_state[_PATH] = path


def draw(open_use_case: OpenPage, home: st.Page) -> None:
    """Draw the page. home: as it stands among the app's pages."""
    asked = plain(str(st.query_params.get(addresses.ASKED) or st.session_state.get(_PATH, "")))
    found = most_alike(asked)
    if found and found.slug == opened(_CARD):
        st.switch_page(open_use_case(found))
    start_page()
    st.title(_("There is no such page"))
    if asked:
        st.markdown(escape_markdown(_("Nothing is at the address “{address}”.").format(address=f"/{asked}")))
    if found:
        st.header(_("Did you mean this one?"))
        industry = [i for i in all_industries() if i.name == found.industry]
        card_grid([found], industry, list_runs(store_folder()), key=_CARD, tools=False)
    st.page_link(home, label=_("All use cases"), icon=":material/arrow_back:")


def most_alike(asked: str) -> UseCase | None:
    """The use case whose link name, last part of it or title an address is most like; None where it is like none."""
    names: dict[str, UseCase] = {}
    for use_case in all_use_cases():
        for name in (use_case.slug, use_case.slug.partition("-")[2], use_case.title):
            names.setdefault(name.lower().replace(" ", "_"), use_case)
    found = nearest(asked.lower().strip("/").replace("/", "-").replace(" ", "_"), names)
    return names[found] if found else None
