"""Business cases that are kept: to save one under a name, open it again, lay another beside it, delete it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import streamlit as st

from core.company.assumptions import Figure
from core.company.case import NEEDED, Case
from core.company.saved import MOST_NAME, SavedCase
from core.errors import UserError
from core.formatting import units
from core.formatting.text import SENTENCE, _, escape_markdown, named, plain
from core.store import company, store_folder
from pages.components.company_state import whose

_OTHER, _NAME = "business-other", "business-name"


def read() -> dict[str, SavedCase]:
    """The kept cases; a file that is none is told on the page."""
    found, problems = company.saved_cases(store_folder(), whose())
    for problem in problems:
        st.warning(escape_markdown(problem))
    return found


def choose_other(cases: Mapping[str, SavedCase]) -> str | None:
    """The kept case that lies beside this one; nothing to choose where none is kept."""
    if not cases:
        return None
    return st.selectbox(
        _("Lay a kept case beside it"),
        list(cases),
        index=None,
        format_func=lambda stem: named(cases[stem].name),
        placeholder=_("Lay a kept case beside it"),
        key=_OTHER,
        label_visibility="collapsed",
    )


def draw_save(use_cases: list[str], case: Case) -> None:
    """A field for the name, and the button."""
    name = st.text_input(_("Name"), max_chars=MOST_NAME, key=_NAME, placeholder=_("A name for this case"), width=280)
    if st.button(_("Save"), key="business-save", disabled=not name.strip()):
        figures = {of: (one.value, one.low, one.high) for of in NEEDED for one in [case.figures[of]]}
        saved = SavedCase(name=plain(name, MOST_NAME), use_cases=tuple(use_cases), figures=figures, at=company.now())
        try:
            company.keep_case(store_folder(), whose(), saved)
        except UserError as error:
            st.error(escape_markdown(str(error)))
        except OSError as error:
            st.error(escape_markdown(_("It could not be kept: {why}.").format(why=error.strerror or error)))
        else:
            st.rerun(scope="fragment")


def draw_list(cases: Mapping[str, SavedCase], on_open: Callable[[SavedCase], None]) -> None:
    """The kept cases, each to be opened or deleted."""
    for stem, saved in cases.items():
        with st.container(horizontal=True, vertical_alignment="center", key=f"business-kept-{stem}"):
            st.markdown(f"**{named(saved.name)}**", width="stretch")
            st.button(_("Open"), key=f"business-open-{stem}", on_click=partial(on_open, saved))
            st.button(_("Delete"), key=f"business-delete-{stem}", on_click=partial(_delete, stem))


def _delete(stem: str) -> None:
    st.session_state.pop(_OTHER, None)
    company.forget_case(store_folder(), whose(), stem)


def figure_row(figure: Figure) -> dict[str, object]:
    """An assumption as a line of a table."""
    return {
        _("Assumption"): _(figure.label),
        _("Value"): plain(_(units.chosen(figure.value, figure.unit))),
        _("Low"): plain(_(units.chosen(figure.low, figure.unit))),
        _("High"): plain(_(units.chosen(figure.high, figure.unit))),
        _("Known"): _("Guess") if figure.guess else _("Known"),
        _("Date"): figure.changed[:10] or figure.date,
        _("Source"): plain(_(figure.source), SENTENCE),
    }
