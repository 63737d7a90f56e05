"""The playground on its page: points drawn, trained, paused, stepped, and its link in another visitor's browser."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlparse

from playwright.sync_api import Page, expect

from core.contracts.glossary import PLAYGROUND
from tests.browser.checks import violations
from tests.browser.conftest import DESKTOP, PHONE, App, drawn, settled

_WEIGHTS = """
(lab) => { const one = lab.getRootNode().host ?? lab; const holder = one.shadowRoot ?? one.parentElement;
    return [...holder.playground.training.network.values]; }
"""
_SURFACE = "(lab) => lab.querySelector('.surface').toDataURL()"


def opened(page: Page, app: App, query: str = "v=1") -> None:
    page.goto(f"{app.url}/{PLAYGROUND}?{query}")
    settled(page)
    expect(page.get_by_test_id("playground")).to_have_attribute("data-state", "paused")


def state_of(page: Page, name: str) -> float:
    return float(page.get_by_test_id("playground").get_attribute(f"data-{name}") or "nan")


def linked(page: Page, part: str) -> None:
    page.wait_for_url(re.compile(re.escape(part)))


def test_points_are_drawn_and_trained_and_the_link_shows_the_same_elsewhere(
    app: App, page: Page, other_page: Page
) -> None:
    opened(page, app, "v=1&seed=3&layers=3")
    lab = page.get_by_test_id("playground")
    page.get_by_role("button", name="clear", exact=True).click()
    surface = page.locator("canvas.surface")
    surface.scroll_into_view_if_needed()
    box = surface.bounding_box()
    assert box is not None
    for brush, left in (("blue", 0.2), ("orange", 0.7)):
        page.get_by_role("button", name=brush, exact=True).click()
        page.mouse.move(box["x"] + left * box["width"], box["y"] + 0.2 * box["height"])
        page.mouse.down()
        page.mouse.move(box["x"] + (left + 0.1) * box["width"], box["y"] + 0.8 * box["height"], steps=12)
        page.mouse.up()
    page.get_by_role("button", name="orange", exact=True).click()  # the brush is put down
    linked(page, "data=own")
    page.get_by_role("button", name="Train", exact=True).click()
    expect(lab).to_have_attribute("data-state", "playing")
    expect(page.get_by_test_id("doctor")).to_have_attribute("data-fault", "solved", timeout=60_000)
    page.get_by_role("button", name="Pause", exact=True).click()
    expect(lab).to_have_attribute("data-state", "paused")
    steps = state_of(page, "steps")
    page.get_by_role("button", name="One step", exact=True).click()
    assert state_of(page, "steps") == steps + 1
    linked(page, f"steps={steps + 1:.0f}")

    other_page.goto(page.url)
    settled(other_page)
    there = other_page.get_by_test_id("playground")
    expect(there).to_have_attribute("data-steps", f"{steps + 1:.0f}", timeout=60_000)
    expect(there).to_have_attribute("data-state", "paused")
    assert there.evaluate(_WEIGHTS) == lab.evaluate(_WEIGHTS)
    page.mouse.move(0, 0)
    assert there.evaluate(_SURFACE) == lab.evaluate(_SURFACE), "the same picture"


def test_the_keyboard_alone_trains_and_draws_on_a_phone_and_axe_finds_nothing(app: App, page: Page) -> None:
    page.set_viewport_size(PHONE)
    opened(page, app, "v=1&data=xor&layers=2")
    page.get_by_role("button", name="Add a neuron to layer 1").press("Enter")
    assert page.evaluate("document.activeElement.shadowRoot.activeElement.getAttribute('aria-label')") == (
        "Add a neuron to layer 1"
    ), "the focus stays where it was"
    linked(page, "layers=3")
    page.get_by_role("button", name="Feature xy").press(" ")
    linked(page, "features=x,y,xy")
    page.get_by_role("button", name="rubber").press("Enter")
    page.get_by_role("button", name="blue", exact=True).press("Enter")
    surface = page.get_by_role("application")
    surface.press("ArrowRight")
    surface.press("Enter")
    linked(page, "data=own")
    own = parse_qs(urlparse(page.url).query)["own"][0]
    assert len(own) == 4 * 301, "one point more than there were"
    page.get_by_role("button", name="Train", exact=True).press("Enter")
    expect(page.get_by_test_id("doctor")).to_have_attribute("data-fault", "solved", timeout=60_000)
    page.get_by_role("button", name="Pause", exact=True).press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Paused at epoch")
    page.set_viewport_size(DESKTOP)
    drawn(page)
    assert violations(page) == []


def test_a_lesson_leaves_out_controls_and_a_real_use_case_takes_the_settings(app: App, page: Page) -> None:
    opened(page, app, "v=1&rate=0.1&layers=5-3&activation=silu&batch=30")
    page.locator("summary", has_text="Make a lesson").click()
    page.get_by_role("checkbox", name="Dropout").uncheck()
    page.get_by_role("checkbox", name="Seed", exact=True).uncheck()
    expect(page.get_by_role("combobox", name="Dropout")).to_be_hidden()
    linked(page, "hide=dropout,seed")
    page.reload()
    settled(page)
    expect(page.get_by_role("combobox", name="Optimiser")).to_be_visible()
    expect(page.get_by_role("combobox", name="Dropout")).to_be_hidden()
    page.locator("summary", has_text="Use these settings").click()
    page.get_by_role("combobox", name="Use case").select_option("retail-coupon_response")
    page.get_by_role("link", name="Open it with these settings").click()
    page.wait_for_url(re.compile("retail-coupon_response"))
    settled(page)
    wanted = {"width": "5", "depth": "2", "learning_rate": "0.1", "activation": "silu", "batch_size": "30"}
    query = parse_qs(urlparse(page.url).query)
    assert {name: query[f"set.{name}"][0] for name in wanted} == wanted
    expect(page.get_by_test_id("stAlertContentWarning")).to_have_count(0)
