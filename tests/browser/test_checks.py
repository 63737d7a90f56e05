"""The checks of every page see what is wrong."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.checks import cut_off, violations


def test_axe_sees_what_is_wrong(page: Page) -> None:
    page.set_content("<html lang=en><title>x</title><main><h1>x</h1><h3 style='color:#999'>pale</h3></main></html>")
    assert {found.split(":")[0] for found in violations(page)} == {"color-contrast", "heading-order"}


def test_a_colour_alone_is_seen_by_colours_alone(page: Page) -> None:
    page.set_content("<html lang=en><title>x</title><main><h1>x</h1><h3 style='color:#999'>pale</h3></main></html>")
    assert {found.split(":")[0] for found in violations(page, colours_alone=True)} == {"color-contrast"}


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
