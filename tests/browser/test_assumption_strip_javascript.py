"""The strip of assumptions on a bare element with a shadow root: slider and field follow each other, and are told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from core.contracts import Assumption
from pages.components.assumption_strip import _place_of
from tests.browser.test_javascript import SITE, loaded

COST = Assumption(name="cost", label="Cost of a letter", value=0.5, unit="USD", low=0.0, high=5.0, step=0.05,
                  source="A guess.", help="Paper and postage.", guess=True)  # fmt: skip
MARGIN = Assumption(name="margin", label="Margin", value=0.28, unit="share", low=0.0, high=1.0, step=0.01,
                    source="From the books.", help="Before tax.", guess=False)  # fmt: skip


def data(heard: float = 0, **assumed: float) -> dict[str, Any]:
    rows = [
        {**_place_of(a, assumed.get(a.name, a.value)), "known": "Guess", "source": f"<b>{a.source}</b>",
         "swing": [[-0.5, "−$50"], [1, "+$100"]]}
        for a in (COST, MARGIN)
    ]  # fmt: skip
    words = {"more": "10% more", "less": "10% less", "source": "Where it comes from"}
    return {"rows": rows, "words": words, "heard": heard, "look": {"light": {}, "dark": {}}}


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """The strip; what it tells Python is `told`, and `draw` draws it again."""
    context = chromium.new_context(viewport={"width": 1000, "height": 700})
    tab = context.new_page()
    tab.route("**/*", lambda route: route.fulfill(body="<!doctype html><body>", content_type="text/html"))
    loaded(tab, SITE, "look", "svg", "assumption_strip")
    tab.evaluate(
        """(data) => {
            window.told = [];
            const root = document.body.appendChild(document.createElement("div")).attachShadow({mode: "open"});
            root.innerHTML = '<section class="strip"></section>';
            window.draw = (data) => window.mount({parentElement: root, data,
                setTriggerValue: (name, value) => window.told.push(value)});
            window.draw(data);
        }""",
        data(),
    )
    yield tab
    context.close()


def told(page: Page, count: int) -> Any:
    page.wait_for_function(f"window.told.length >= {count}")
    return page.evaluate("window.told")


def draw(page: Page, given: dict[str, Any]) -> None:
    page.evaluate("(data) => window.draw(data)", given)


def test_the_field_follows_the_slider_at_once_and_the_stop_is_told(page: Page) -> None:
    slider, field = page.get_by_role("slider", name="Cost of a letter"), page.get_by_role("spinbutton").first
    expect(slider).to_have_attribute("aria-valuetext", "$0.50")
    expect(field).to_have_value("0.50")
    slider.focus()
    page.keyboard.press("End")
    expect(field).to_have_value("5")
    expect(slider).to_have_attribute("aria-valuetext", "$5")
    (report,) = told(page, 1)
    assert report["rows"] == [{"name": "cost", "value": 5}]


def test_two_that_are_moved_before_python_has_heard_are_told_together(page: Page) -> None:
    page.get_by_role("slider", name="Cost of a letter").press("End")
    told(page, 1)
    page.get_by_role("spinbutton", name="Margin (%)").fill("35")
    page.keyboard.press("Enter")
    second = told(page, 2)[1]
    assert second["rows"] == [{"name": "cost", "value": 5}, {"name": "margin", "typed": 35}]


def test_a_run_that_has_not_heard_of_it_moves_nothing_back(page: Page) -> None:
    slider = page.get_by_role("slider", name="Cost of a letter")
    slider.press("End")
    (report,) = told(page, 1)
    draw(page, data(heard=report["count"] - 1, margin=0.4))
    expect(slider).to_have_attribute("aria-valuetext", "$5")
    expect(page.get_by_role("slider", name="Margin")).to_have_attribute("aria-valuetext", "40%")
    draw(page, data(heard=report["count"], cost=4.0))
    expect(slider).to_have_attribute("aria-valuetext", "$4")
    draw(page, data(heard=report["count"]))
    expect(slider).to_have_attribute("aria-valuetext", "$0.50")


def test_what_is_typed_stays_under_the_hand_and_within_the_bounds(page: Page) -> None:
    field = page.get_by_role("spinbutton", name="Cost of a letter")
    field.focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("7")
    draw(page, data(margin=0.4))
    expect(field).to_have_value("7")
    page.keyboard.press("Enter")
    assert told(page, 1)[0]["rows"] == [{"name": "cost", "typed": 5}]
    field.fill("")
    page.keyboard.press("Enter")
    expect(field).to_have_value("0.50")


def test_the_source_opens_and_is_never_markup(page: Page) -> None:
    source = page.get_by_text("<b>A guess.</b>")
    expect(source).to_be_hidden()
    ask = page.get_by_role("button", name="Where it comes from: Cost of a letter")
    ask.click()
    expect(source).to_be_visible()
    expect(ask).to_have_attribute("aria-expanded", "true")


def test_a_bar_goes_to_the_side_of_its_sign(page: Page) -> None:
    less, more = page.locator(".bar").nth(0), page.locator(".bar").nth(1)
    expect(less).to_have_class("bar loss")
    expect(more).to_have_class("bar gain")
    assert [less.evaluate("n => n.style.width"), more.evaluate("n => n.style.width")] == ["25%", "50%"]
    expect(page.locator(".said").first).to_have_text("−$50")
