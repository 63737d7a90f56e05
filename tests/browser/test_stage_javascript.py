"""The bar of a presentation in a browser, without a server: keys, clock, what is told, and the window that follows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.test_javascript import SITE, loaded

DATA: dict[str, Any] = {
    "beats": ["Problem", "Data <b>", "Money"], "kinds": ["problem", "data", "money"], "at": 0, "page": "p",
    "minutes": 2, "end": "p", "notes": "n", "edit": "e", "deadline_s": None, "run": "", "follows": False, "look": {},
    "words": {"back": "Back", "next": "Next", "notes": "Notes", "whole": "Full screen", "edit": "Edit", "end": "End"},
}  # fmt: skip


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 900, "height": 600})
    tab = context.new_page()
    tab.route("**/*", lambda route: route.fulfill(body="<!doctype html><body>", content_type="text/html"))
    yield tab
    context.close()


def mounted(page: Page, **more: Any) -> None:
    loaded(page, SITE, "look", "svg", "stage", expose=("stepOf", "clockOf"))
    page.evaluate(
        """(data) => {
            window.told = [];
            const host = document.body.appendChild(document.createElement("div"));
            const root = host.attachShadow({mode: "open"});
            root.innerHTML = '<nav class="stage"></nav>';
            window.root = root;
            window.give = (more) => window.mount({parentElement: root, data: {...data, ...more},
                setTriggerValue: (name, value) => window.told.push([name, value])});
            window.leave = window.give({});
        }""",
        {**DATA, **more},
    )


def told(page: Page) -> list[list[str]]:
    return list(page.evaluate("told"))


def test_keys_lead_on_and_back_and_stop_at_the_ends(page: Page) -> None:
    mounted(page)
    steps = page.evaluate(
        "[['ArrowRight',0,3],['PageDown',2,3],['ArrowLeft',0,3],['PageUp',2,3],['End',0,3],['Home',2,3],['a',1,3]]"
        ".map((given) => stepOf(...given))"
    )
    assert steps == [1, None, None, 1, 2, 0, None]
    assert page.evaluate("[0, 59.9, 60, 3725].map(clockOf)") == ["0:00", "0:59", "1:00", "62:05"]
    for key in ("PageDown", "PageDown", "PageDown", "ArrowLeft"):  # the server has answered none of them yet
        page.keyboard.press(key)
    assert told(page) == [["go", "data"], ["go", "money"], ["go", "data"]]
    assert page.evaluate("root.querySelector('[aria-current=step]').title") == "Data <b>"
    page.evaluate("leave()")
    page.keyboard.press("PageDown")
    assert len(told(page)) == 3, "whoever has left hears no key"


def test_what_is_typed_is_no_step(page: Page) -> None:
    mounted(page)
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<input id=own>')")
    page.focus("#own")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    assert told(page) == []


def test_a_training_that_is_late_is_told_once(page: Page) -> None:
    mounted(page, deadline_s=0.3, run="r")
    page.wait_for_function("told.length > 0")
    page.wait_for_timeout(700)  # two more looks at the clock
    assert told(page) == [["late", "r"]]


def test_the_window_with_the_notes_follows_the_stage_and_its_clock(page: Page) -> None:
    mounted(page, at=1)
    other = page.context.new_page()
    other.route("**/*", lambda route: route.fulfill(body="<!doctype html><body>", content_type="text/html"))
    mounted(other, follows=True)
    other.wait_for_function("told.length === 1")  # it asked, and was answered
    assert told(other) == [["go", "data"]]
    page.keyboard.press("PageDown")
    other.wait_for_function("told.length === 2")
    assert told(other)[1] == ["go", "money"]
    assert other.evaluate("root.querySelector('.clock').textContent").endswith("/ 2:00")
