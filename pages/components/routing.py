"""The pages of the app: home, one per industry, one per use case. They follow from the registry."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from core.contracts import Industry, UseCase
from core.errors import UserError
from core.formatting.text import _, escape_markdown, named
from core.use_cases import all_industries, all_use_cases
from pages import home, industry

Pages = dict[str, list[st.Page]]


def all_pages() -> Pages:
    """Section title -> pages, for st.navigation."""
    front = st.Page(
        _named("home", partial(home.draw, use_case_page, industry_page)), title=_("Home"), url_path="home", default=True
    )
    pages: Pages = {"": [front]}
    for declared in all_industries():
        of_industry = [u for u in all_use_cases() if u.industry == declared.name]
        pages[named(_(declared.title))] = [industry_page(declared), *(use_case_page(u) for u in of_industry)]
    return pages


def industry_page(declared: Industry) -> st.Page:
    """The page of an industry, under its folder's name."""
    drawn = _named(f"industry_{declared.name}", partial(industry.draw, declared, use_case_page))
    return st.Page(
        drawn, title=_("{industry}: overview").format(industry=named(_(declared.title))), url_path=declared.name
    )


def use_case_page(declared: UseCase) -> st.Page:
    """THE page of a use case, under its link name."""
    drawn = _named(declared.slug.replace("-", "_"), partial(_draw_use_case, declared))
    return st.Page(drawn, title=named(_(declared.title)), url_path=declared.slug)


def _draw_use_case(declared: UseCase) -> None:
    from pages import use_case  # brings plotly and pandas, which the front page must not wait for

    try:
        use_case.draw(declared)
    except UserError as error:  # it names what nobody declared
        st.error(escape_markdown(str(error)))


def _named(name: str, function: Callable[[], None]) -> Callable[[], None]:
    """st.Page wants a function with a name."""

    def page() -> None:
        function()

    page.__name__ = name
    return page
