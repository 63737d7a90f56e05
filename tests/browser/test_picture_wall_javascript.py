"""A wall of pictures on a bare element with a shadow root: a press tells which one, and nothing else is loaded."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from core.formatting.png import address
from tests.browser.test_javascript import SITE, loaded

PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
)
PICTURES = [
    {"source": PIXEL, "said": "20.4%", "marked": True, "alt": "Picture 1 of 2"},
    {"source": "https://elsewhere.example/x.png", "said": "<b>1%</b>", "marked": False, "alt": "Picture 2 of 2"},
]


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 390, "height": 600})
    tab = context.new_page()
    tab.route("**/*", lambda route: route.fulfill(body="<!doctype html><body>", content_type="text/html"))
    loaded(tab, SITE, "look", "svg", "picture_wall")
    tab.evaluate(
        """() => {
            window.told = [];
            const host = document.body.appendChild(document.createElement("div"));
            window.root = host.attachShadow({mode: "open"});
            window.root.innerHTML = '<section class="wall"></section>';
            window.show = (data) => window.mount({parentElement: window.root,
                data: {...data, look: {light: {}, dark: {}}},
                setTriggerValue: (name, value) => window.told.push([name, value])});
        }"""
    )
    yield tab
    context.close()


def test_a_picture_that_is_pressed_is_told_and_the_same_pictures_again_keep_the_focus(page: Page) -> None:
    data = {"pictures": PICTURES, "asks": True, "words": {"ask": "Ask"}}
    page.evaluate("(data) => window.show(data)", data)
    page.get_by_role("button").nth(1).click()
    page.keyboard.press("Enter")
    assert page.evaluate("window.told") == [["ask", 1], ["ask", 1]]
    page.evaluate("(data) => window.show(data)", data)
    assert page.evaluate("window.root.activeElement?.textContent") == "<b>1%</b>", "letters, no markup"
    assert page.evaluate(
        "[...window.root.querySelectorAll('img')].map((i) => [i.naturalWidth, i.getAttribute('src')])"
    ) == [
        [1, PIXEL],
        [0, None],
    ]


def test_a_large_picture_in_colour_comes_as_a_jpeg_and_is_shown(page: Page) -> None:
    large = {**PICTURES[0], "source": address(np.zeros((65, 65, 3), np.uint8))}
    assert large["source"].startswith("data:image/jpeg;base64,")
    page.evaluate("(data) => window.show(data)", {"pictures": [large], "asks": False, "words": {"ask": "Ask"}})
    assert page.locator("img").get_attribute("src") == large["source"]


def test_pictures_that_nobody_can_ask_about_are_no_buttons(page: Page) -> None:
    page.evaluate("(data) => window.show(data)", {"pictures": PICTURES, "asks": False, "words": {"ask": "Ask"}})
    assert page.get_by_role("button").count() == 0
    assert page.get_by_role("figure").count() == 2


SOUND = (  # a few samples by the mu-law
    "data:audio/wav;base64,UklGRjYAAABXQVZFZm10IBIAAAAHAAEAQB8AAEAfAAABAAgAAABmYWN0BAAAAAQAAABkYXRhBAAAAP9/fwA="
)


def test_a_picture_of_a_sound_has_a_button_that_plays_it_and_asks_nothing(page: Page) -> None:
    page.evaluate(
        """() => {
            window.played = [];
            window.Audio = class extends EventTarget {
                constructor(source) { super(); this.source = source; }
                play() { window.played.push(this.source); return Promise.resolve(); }
                pause() { window.played.push("paused"); }
            };
        }"""
    )
    heard = [{**PICTURES[0], "sound": SOUND}, {**PICTURES[0], "sound": "https://elsewhere.example/x.wav"}]
    page.evaluate(
        "(data) => window.show(data)", {"pictures": heard, "asks": True, "words": {"ask": "Ask", "play": "Play"}}
    )
    buttons = page.get_by_role("button", name="Play: Picture 1 of 2")
    assert buttons.count() == 1, "no sound from another place"
    buttons.click()
    buttons.click()
    assert page.evaluate("window.played") == [SOUND, "paused", SOUND]
    assert page.evaluate("window.told") == []
