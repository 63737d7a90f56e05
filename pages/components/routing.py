"""The pages of the app: home, one per industry, one per use case. They follow from the registry."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Literal

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.company.declared import BUSINESS, COMPUTE, LEDGER
from core.contracts import Industry, UseCase
from core.contracts.glossary import BAD_RUNS, PAGE, PLAYGROUND, PRINTED, SPLIT
from core.contracts.storyline import PAGE as PRESENT
from core.errors import UserError
from core.formatting.text import _, escape_markdown, named
from core.use_cases import all_industries, all_use_cases
from pages import glossary, home, industry, lost
from pages.components import company_state
from pages.components.look import symbol

Pages = dict[str, list[st.Page]]
_MOST_MENUS = 8
_HOME = "home"  # Streamlit serves the default page at no path


def open_page() -> st.Page:
    """The page that the browser asks for, with the menu of all. An address that nothing is at opens a page that says
    so; Streamlit would show a dialog of its own over the front page."""
    pages = all_pages()
    every = {page.url_path: page for of_title in pages.values() for page in of_title}
    run = get_script_run_ctx()
    asked = run.pages_manager.intended_page_name if run else ""
    if run and asked and not run.pages_manager.intended_page_script_hash and asked not in every:
        lost.asked_for(asked)
        found = every["" if asked == _HOME else lost.PATH]
        run.pages_manager.set_script_intent(found._script_hash, "")
    return st.navigation(pages, position="top")


def all_pages() -> Pages:
    """Section title -> pages, for st.navigation. A few industries are a menu each; more of them share one that lists
    them, and their use cases are found on the front page: the top menu is as clear with sixty as with seven."""
    front = st.Page(_named("home", partial(home.draw, use_case_page)), title=_("Home"), url_path=_HOME, default=True)
    pages: Pages = {"": [front, glossary_page(), split_page(), present_page(), _lost_page(front)]}
    lab = {_("Lab"): [playground_page(), printed_page(), bad_runs_page()]}
    pages[_("Company")] = company_pages()
    industries = all_industries()
    if len(industries) > _MOST_MENUS:
        cases = [use_case_page(u, visibility="hidden") for u in all_use_cases()]
        return pages | {_("Industries"): [*(industry_page(i, menu=False) for i in industries), *cases]} | lab
    for declared in industries:
        of_industry = [u for u in all_use_cases() if u.industry == declared.name]
        pages[named(_(declared.title))] = [industry_page(declared), *(use_case_page(u) for u in of_industry)]
    return pages | lab


def glossary_page() -> st.Page:
    """The page that explains every term: reached from the footer and from helps, in no menu."""
    return st.Page(_named("glossary", glossary.draw), title=_("How to read this"), url_path=PAGE, visibility="hidden")


def split_page() -> st.Page:
    """The page that compares flattering and honest plans: reached from the footer, in no menu."""
    drawn = _named("which_split", _draw_split)
    return st.Page(drawn, title=_("Which split is honest?"), url_path=SPLIT, visibility="hidden")


def playground_page() -> st.Page:
    """The page on which a small network trains in the browser."""
    drawn = _named("playground", _draw_playground)
    return st.Page(drawn, title=_("Playground"), icon=symbol("hub"), url_path=PLAYGROUND)


def printed_page() -> st.Page:
    """The page that computes the articles' worked examples again."""
    drawn = _named("printed_and_true", _draw_printed)
    return st.Page(drawn, title=_("Printed and true"), icon=symbol("fact_check"), url_path=PRINTED)


def bad_runs_page() -> st.Page:
    """The page that shows a recorded run for each fault of the run doctor."""
    drawn = _named("bad_runs", _draw_bad_runs)
    return st.Page(drawn, title=_("Gallery of bad runs"), icon=symbol("stethoscope"), url_path=BAD_RUNS)


def present_page() -> st.Page:
    """The page that presents a use case: reached from its own page, in no menu."""
    return st.Page(_named("present", _draw_stage), title=_("On stage"), url_path=PRESENT, visibility="hidden")


def _draw_playground() -> None:
    from pages import playground  # reads its scripts, which the front page must not wait for

    playground.draw()


def _draw_printed() -> None:
    from pages import printed_and_true  # reads its scripts, which the front page must not wait for

    printed_and_true.draw()


def _draw_bad_runs() -> None:
    from pages import bad_runs  # reads runs, which the front page must not wait for

    bad_runs.draw(use_case_page, playground_page())


def company_pages() -> list[st.Page]:
    """The founder's half: what building on the runs is worth, what a model takes, and what is assumed."""
    drawn = {
        BUSINESS: ("monitoring", _draw_business),
        COMPUTE: ("memory", _draw_compute),
        LEDGER: ("rule", _draw_ledger),
    }
    titles = company_state.titles()
    return [
        st.Page(_named(path, draw), title=named(titles[path]), icon=symbol(icon), url_path=path)
        for path, (icon, draw) in drawn.items()
    ]


def _draw_business() -> None:
    from pages import business  # brings numpy, which the front page must not wait for

    business.draw()


def _draw_compute() -> None:
    from pages import compute  # brings what reads runs, which the front page must not wait for

    compute.draw()


def _draw_ledger() -> None:
    from pages import assumptions

    assumptions.draw()


def _draw_stage() -> None:
    from pages import present  # brings numpy, which the front page must not wait for

    present.draw(use_case_page)


def _draw_split() -> None:
    from pages import which_split  # brings numpy, which the front page must not wait for

    which_split.draw(use_case_page)


def _lost_page(front: st.Page) -> st.Page:
    drawn = _named("lost", partial(lost.draw, use_case_page, front))
    return st.Page(drawn, title=_("There is no such page"), url_path=lost.PATH, visibility="hidden")


def industry_page(declared: Industry, *, menu: bool = True) -> st.Page:
    """The page of an industry, under its folder's name. menu: it stands in a menu of its own."""
    drawn = _named(f"industry_{declared.name}", partial(industry.draw, declared, use_case_page))
    title = named(_(declared.title))
    shown = _("{industry}: overview").format(industry=title) if menu else title
    return st.Page(drawn, title=shown, icon=symbol(declared.icon), url_path=declared.name)


def use_case_page(declared: UseCase, *, visibility: Literal["visible", "hidden"] = "visible") -> st.Page:
    """THE page of a use case, under its link name."""
    drawn = _named(declared.slug.replace("-", "_"), partial(_draw_use_case, declared))
    return st.Page(
        drawn,
        title=named(_(declared.title)),
        icon=symbol(declared.icon),
        url_path=declared.slug,
        visibility=visibility,
    )


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
