"""Nothing is cut off on a phone, a tablet and wide screens: no page scrolls sideways, no label ends in dots."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from core.contracts import UseCase
from core.contracts.glossary import PAGE
from tests.browser.conftest import App
from tests.browser.stops import INDUSTRY_NAMES, SHIPPED, one_of_each_kind, stops

WIDTHS = {390: 844, 768: 1024, 1280: 800, 1440: 900, 1920: 1080}
# What may scroll inside itself or wait outside: tables, the menu, a formula's twin for readers, what is hidden.
SCROLLERS = (
    "[data-testid=stDataFrame], [data-testid=stHeader], [data-testid=stSidebar], .katex-mathml, [aria-hidden=true], "
    "[hidden], .visually-hidden, svg defs"
)
_LOOKS, _BETWEEN_MS = 12, 400  # charts follow a window's width a little later
_CUT_OFF = Path(__file__).with_name("cut_off.js").read_text("utf-8")


def cut_off(page: Page, looks: int = 1) -> list[str]:
    """What is cut off on the page as it stands, and still is after so many looks."""
    found: list[str] = []
    for _ in range(looks):
        page.wait_for_timeout(_BETWEEN_MS)
        found = page.evaluate(_CUT_OFF, SCROLLERS)
        if not found:
            break
    return found


def walked(chromium: Browser, app: App, use_cases: Sequence[UseCase], pages: Sequence[str]) -> None:
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    told = []
    for stop in stops(page, app, use_cases, pages):
        for width, height in WIDTHS.items():
            page.set_viewport_size({"width": width, "height": height})
            told += [f"{stop}, {width}: {one}" for one in cut_off(page, _LOOKS)]
        page.set_viewport_size({"width": 1440, "height": 900})
    context.close()
    assert not told, "\n".join(told)


def test_what_is_cut_off_is_seen(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.set_content(
        "<body style='margin:0'><p style='width:90px;overflow:hidden;white-space:nowrap'>A label that is too long</p>"
        "<p>Predicted chance: redee…</p><div style='width:600px'>&nbsp;</div>"
        "<div style='overflow:hidden;width:50px'><span style='white-space:nowrap'>behind an edge it goes</span></div>"
        "<p>Fine</p></body>"
    )
    found = cut_off(page)
    assert {one.split(":")[0] for one in found} == {"scrolls sideways", "cut", "ends in dots", "behind an edge"} | (
        {"beyond the page"} if any(one.startswith("beyond") for one in found) else set()
    )
    assert not any("Fine" in one for one in found)


def test_one_use_case_of_each_kind(chromium: Browser, app: App) -> None:
    walked(chromium, app, one_of_each_kind(), ("", PAGE, INDUSTRY_NAMES[0]))


@pytest.mark.long
def test_every_page_and_section(chromium: Browser, app: App) -> None:
    walked(chromium, app, SHIPPED, ("", PAGE, *INDUSTRY_NAMES))
