"""A walk through every section of every shipped use case on its recorded run: nothing empty, nothing broken."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from core.contracts import Section, UseCase
from core.use_cases import INDUSTRIES, all_use_cases
from tests.browser.conftest import TITLES, App, open_section, picture, settled

SHIPPED = [u for u in all_use_cases() if u.industry != "testing"]
BROKEN = "[data-testid=stException], [data-testid=stAlertContentError], [data-testid=stAlertContentWarning]"
# What must be seen in a section besides the absence of errors.
SEEN = {
    Section.DATA: ".flat figure",
    Section.TRAIN: "[data-testid=monitor]",
    Section.RESULTS: ".flat figure",
    Section.UNDERSTAND: ".js-plotly-plot, [data-testid=stAlertContentInfo]",
    Section.MONEY: "[data-testid=stNumberInput]",
}


def sections_of(use_case: UseCase) -> list[Section]:
    absent = {*use_case.task.absent, *((Section.MONEY,) if use_case.value is None else ())}
    return [s for s in TITLES if s not in absent]


@pytest.mark.parametrize("use_case", SHIPPED, ids=lambda u: u.name)
def test_every_section_of_a_use_case(app: App, page: Page, use_case: UseCase) -> None:
    page.goto(f"{app.url}/{use_case.slug}")
    settled(page, 60)
    expect(page.get_by_role("heading", name=use_case.title, exact=True)).to_be_visible()
    expect(page.get_by_text("Showcase: preset Recommended, recorded").first).to_be_visible()
    for section in sections_of(use_case):
        open_section(page, TITLES[section])
        if section in SEEN:
            expect(page.locator(SEEN[section]).first).to_be_visible(timeout=60_000)
        settled(page, 60)
        assert page.locator(BROKEN).count() == 0, page.locator(BROKEN).all_inner_texts()
        picture(page, f"walk-{use_case.slug}-{section.value}")
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width <= 0, "the page scrolls sideways"


@pytest.mark.parametrize("name", [n for n in INDUSTRIES.all() if n != "testing"])
def test_every_industry_shows_its_use_cases(app: App, page: Page, name: str) -> None:
    page.goto(f"{app.url}/{name}")
    settled(page, 60)
    main = page.get_by_test_id("stMainBlockContainer")
    for use_case in (u for u in SHIPPED if u.industry == name):
        expect(main.get_by_text(use_case.title, exact=True).first).to_be_visible()
    assert page.locator(BROKEN).count() == 0
    expect(page.get_by_text("What is hard")).to_be_visible()
    picture(page, f"walk-industry-{name}")
