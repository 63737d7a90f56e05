"""A walk through every page and section on recorded runs, in a real browser: nothing empty, broken, cut off at any
width, or found by axe, in both themes. Each page is loaded once; make test walks one use case of each kind, one
of them in the dark too, make test-long all in both."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from core.company.declared import BUSINESS, COMPUTE, LEDGER
from core.contracts import Section, UseCase
from core.contracts.glossary import BAD_RUNS, PAGE, PLAYGROUND, PRINTED, SPLIT
from tests.browser.checks import BROKEN, cut_off_at_any_width, violations
from tests.browser.conftest import TITLES, App, drawn, open_section, picture, settled
from tests.browser.stops import INDUSTRY_NAMES, SHIPPED, one_of_each_kind, sections_of

# What must be seen in a section besides the absence of errors.
SEEN = {
    Section.DATA: ".flat figure, figure img, [data-testid=records] table",
    Section.TRAIN: "[data-testid=monitor]",
    Section.RESULTS: ".flat figure",
    Section.UNDERSTAND: ".js-plotly-plot, figure img, .map img, [data-testid=lit-words], "
    "[data-testid=stAlertContentInfo]",
    Section.MONEY: "[data-testid=assumptions] input",
    Section.SHIP: "[data-testid=stCode]",
}
DARK = "rgb(14, 21, 29)"
WALKED = [
    pytest.param(u, id=u.name, marks=() if u in one_of_each_kind() else pytest.mark.long) for u in SHIPPED
]  # the others' sections are drawn without a browser: tests/pages/test_one_truth.py, test_app.py
IN_THE_DARK = [pytest.param(u, id=u.name, marks=pytest.mark.long if place else ()) for place, u in enumerate(SHIPPED)]
PLACES = [
    "",
    PAGE,
    SPLIT,
    PLAYGROUND,
    PRINTED,
    BAD_RUNS,
    COMPUTE,
    BUSINESS,
    LEDGER,
    *(pytest.param(name, marks=pytest.mark.long if place else ()) for place, name in enumerate(INDUSTRY_NAMES)),
]


def wrong_at(page: Page, stop: str) -> list[str]:
    """What is wrong with the page as it stands, in the light theme."""
    drawn(page)
    assert page.locator(BROKEN).count() == 0, page.locator(BROKEN).all_inner_texts()
    picture(page, f"walk-{stop}")
    return [f"{stop}: {one}" for one in (*violations(page), *cut_off_at_any_width(page))]


def wrong_in_the_dark(page: Page, stop: str) -> list[str]:
    """What is wrong with it when it has been drawn in the dark theme."""
    drawn(page)
    assert page.get_by_test_id("stApp").evaluate("app => getComputedStyle(app).backgroundColor") == DARK
    return [f"{stop}, dark: {one}" for one in violations(page, colours_alone=True)]


@pytest.mark.parametrize("use_case", WALKED)
def test_every_section_of_a_use_case(app: App, page: Page, use_case: UseCase) -> None:
    wrong = []
    page.goto(f"{app.url}/{use_case.slug}")
    settled(page)
    expect(page.get_by_role("heading", name=use_case.title, exact=True)).to_be_visible()
    expect(page.get_by_text("Showcase: preset Recommended, recorded").first).to_be_visible()
    for section in sections_of(use_case):
        open_section(page, TITLES[section])
        if section in SEEN:
            expect(page.locator(SEEN[section]).first).to_be_visible(timeout=60_000)
        wrong += wrong_at(page, f"{use_case.slug}-{section.value}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("use_case", IN_THE_DARK)
def test_every_section_of_a_use_case_in_the_dark(app: App, page: Page, use_case: UseCase) -> None:
    wrong = []
    page.emulate_media(color_scheme="dark")
    page.goto(f"{app.url}/{use_case.slug}")
    settled(page)
    for section in sections_of(use_case):
        open_section(page, TITLES[section])
        wrong += wrong_in_the_dark(page, f"{use_case.slug}-{section.value}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("place", PLACES)
def test_every_page_beside_the_use_cases(app: App, page: Page, place: str) -> None:
    page.goto(f"{app.url}/{place}")
    settled(page)
    main = page.get_by_test_id("stMainBlockContainer")
    for use_case in (u for u in SHIPPED if u.industry == place):
        expect(main.get_by_text(use_case.title, exact=True).first).to_be_visible()
    if place in INDUSTRY_NAMES:
        expect(page.get_by_text("What is hard")).to_be_visible()
    wrong = wrong_at(page, place or "home")
    page.emulate_media(color_scheme="dark")
    page.reload()
    settled(page)
    wrong += wrong_in_the_dark(page, place or "home")
    assert not wrong, "\n".join(wrong)
