"""The places that checks of every page go to: home, industries, and each section of a use case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from playwright.sync_api import Page

from core.contracts import UseCase
from core.use_cases import INDUSTRIES, all_use_cases
from tests.browser.conftest import TITLES, App, open_section, settled
from tests.browser.test_walk import sections_of

SHIPPED = [u for u in all_use_cases() if u.industry != "testing"]
INDUSTRY_NAMES = [name for name in INDUSTRIES.all() if name != "testing"]
_DRAWN_MS = 700  # charts and components draw after the script has run


def one_of_each_kind() -> list[UseCase]:
    """The first shipped use case of every kind of task."""
    return list({u.task.kind: u for u in reversed(SHIPPED)}.values())


def stops(page: Page, app: App, use_cases: Sequence[UseCase], pages: Sequence[str]) -> Iterator[str]:
    """The name of each place, while the page stands there."""
    for place in pages:
        page.goto(f"{app.url}/{place}")
        settled(page)
        page.wait_for_timeout(_DRAWN_MS)
        yield place or "home"
    for use_case in use_cases:
        page.goto(f"{app.url}/{use_case.slug}")
        settled(page)
        for section in sections_of(use_case):
            open_section(page, TITLES[section])
            page.wait_for_timeout(_DRAWN_MS)
            yield f"{use_case.slug}, {TITLES[section]}"
