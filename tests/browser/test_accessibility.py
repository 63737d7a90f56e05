"""WCAG 2 A and AA, and what axe calls good practice, on the pages of one use case of each kind, in both themes."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from core.contracts import UseCase
from core.contracts.glossary import PAGE
from tests.browser.conftest import App
from tests.browser.stops import INDUSTRY_NAMES, SHIPPED, one_of_each_kind, stops

_RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_OPTIONS = {"runOnly": {"type": "tag", "values": _RULES}, "resultTypes": ["violations"]}
_WITHOUT = {"exclude": [["[data-testid=stSkipToContent]"]]}  # Streamlit's own way past the menu stands before it all
THEMES = pytest.mark.parametrize("theme", ["light", "dark"])


def violations(page: Page) -> list[str]:
    """What axe finds on the page as it stands: rule, element, and what is wrong with it."""
    found = Axe().run(page, context=_WITHOUT, options=_OPTIONS).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:160]} {[check['message'] for check in node['any'] + node['all'] + node['none']]}"
        for rule in found
        for node in rule["nodes"]
    ]


def walked(chromium: Browser, app: App, theme: str, use_cases: Sequence[UseCase], pages: Sequence[str]) -> None:
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, color_scheme=theme)
    page = context.new_page()
    found = {stop: violations(page) for stop in stops(page, app, use_cases, pages)}
    context.close()
    assert len(found) >= len(use_cases) * 5
    told = [f"{stop}: {one}" for stop, wrong in found.items() for one in wrong]
    assert not told, "\n".join(told)


def test_axe_sees_what_is_wrong(page: Page) -> None:
    page.set_content("<html lang=en><title>x</title><main><h1>x</h1><h3 style='color:#999'>pale</h3></main></html>")
    assert {found.split(":")[0] for found in violations(page)} == {"color-contrast", "heading-order"}


@THEMES
def test_one_use_case_of_each_kind(chromium: Browser, app: App, theme: str) -> None:
    walked(chromium, app, theme, one_of_each_kind(), ("", PAGE, INDUSTRY_NAMES[0]))


@pytest.mark.long
@THEMES
def test_every_page_and_section(chromium: Browser, app: App, theme: str) -> None:
    walked(chromium, app, theme, SHIPPED, ("", PAGE, *INDUSTRY_NAMES))
