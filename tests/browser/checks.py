"""What is looked for on every page: what axe finds, what is cut off, what has failed."""

from __future__ import annotations

from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import DESKTOP, drawn

BROKEN = "[data-testid=stException], [data-testid=stAlertContentError], [data-testid=stAlertContentWarning]"
WIDTHS = {390: 844, 768: 1024, 1280: 800, 1440: 900, 1920: 1080}
# WCAG 2 A and AA, and what axe calls good practice; of a theme, what colours can make wrong.
_RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_ALL = {"runOnly": {"type": "tag", "values": _RULES}, "resultTypes": ["violations"]}
_COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]}
# Streamlit's own: its way past the menu stands before it all, and its place for files has a role beside its label.
_WITHOUT = {"exclude": [["[data-testid=stSkipToContent]"], ["[data-testid=stFileUploaderDropzone]"]]}
# What may scroll inside itself or wait outside: tables, the menu, a formula's twin for readers, what is hidden.
_SCROLLERS = (
    "[data-testid=stDataFrame], .records .scroller, .confusion, [data-testid=stHeader], [data-testid=stSidebar], "
    ".katex-mathml, [aria-hidden=true], [hidden], .visually-hidden, svg defs"
)
_LOOKS, _BETWEEN_MS = 12, 400  # charts follow a window's width a little later
_CUT_OFF = Path(__file__).with_name("cut_off.js").read_text("utf-8")


def violations(page: Page, *, colours_alone: bool = False) -> list[str]:
    """What axe finds on the page as it stands: rule, element, and what is wrong with it."""
    options = _COLOURS if colours_alone else _ALL
    found = Axe().run(page, context=_WITHOUT, options=options).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:160]} {[check['message'] for check in node['any'] + node['all'] + node['none']]}"
        for rule in found
        for node in rule["nodes"]
    ]


def cut_off(page: Page, looks: int = 1) -> list[str]:
    """What is cut off on the page as it stands, and still is after so many looks."""
    found: list[str] = page.evaluate(_CUT_OFF, _SCROLLERS)
    for _ in range(looks - 1):
        if not found:
            break
        page.wait_for_timeout(_BETWEEN_MS)
        found = page.evaluate(_CUT_OFF, _SCROLLERS)
    return found


def cut_off_at_any_width(page: Page) -> list[str]:
    """What is cut off on a phone, a tablet and wide screens; the window is as it was afterwards."""
    found = []
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        drawn(page)
        found += [f"{width}: {one}" for one in cut_off(page, _LOOKS)]
    page.set_viewport_size(DESKTOP)
    return found
