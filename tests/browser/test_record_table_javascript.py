"""The table of records on a bare element with a shadow root, as Streamlit puts it there: presses and sorting."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from pages.components.record_table import table_of
from tests.browser.test_javascript import SITE, loaded

ROWS: list[dict[str, Any]] = [
    {"Order": "first", "Shop": "Ystad and more words to select", "Days": 4.0},
    {"Order": "second", "Shop": None, "Days": None},
    {"Order": "third", "Shop": "Aarhus", "Days": 2.0},
    {"Order": "fourth", "Shop": "Malmö", "Days": 3.0},
]


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """The table under a sentence; what it tells Python is `told`."""
    context = chromium.new_context(viewport={"width": 900, "height": 900})
    tab = context.new_page()
    tab.route("**/*", lambda route: route.fulfill(body="<!doctype html><body>", content_type="text/html"))
    loaded(tab, SITE, "look", "svg", "record_table")
    tab.evaluate(
        """(data) => {
            window.told = [];
            const said = document.body.appendChild(document.createElement("p"));
            said.textContent = "A sentence on the page.";
            const host = document.body.appendChild(document.createElement("div"));
            const root = host.attachShadow({mode: "open"});
            root.innerHTML = '<section class="records"></section>';
            window.mount({parentElement: root, data: {...data, look: {light: {}, dark: {}}},
                setTriggerValue: (name, value) => window.told.push([name, value])});
        }""",
        {**table_of(ROWS, (), "Orders"), "asks": [True, True, False, True]},
    )
    yield tab
    context.close()


def told(page: Page) -> Any:
    return page.evaluate("window.told")


def test_a_sentence_that_is_selected_elsewhere_keeps_no_button_from_being_pressed(page: Page) -> None:
    page.evaluate("getSelection().selectAllChildren(document.querySelector('p'))")
    page.locator("button.ask").nth(1).focus()
    page.keyboard.press("Enter")
    assert page.evaluate("getSelection().toString()"), "still selected"
    assert told(page) == [["ask", 1]]
    page.evaluate("document.querySelector('div').shadowRoot.querySelectorAll('tbody tr')[3].cells[1].click()")
    assert told(page)[1:] == [["ask", 3]], "nor a row"


def test_a_button_asks_once_and_a_row_where_nothing_of_it_is_selected(page: Page) -> None:
    page.locator("button.ask").nth(0).click()
    assert told(page) == [["ask", 0]]
    page.get_by_text("Aarhus").click()
    assert told(page) == [["ask", 0]], "it cannot be asked about"
    page.get_by_text("Malmö").click()
    assert told(page)[1:] == [["ask", 3]]


def test_whoever_selects_words_of_a_row_does_not_press_it(page: Page) -> None:
    box = page.get_by_text("Ystad").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 5, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 80, box["y"] + box["height"] / 2, steps=4)
    page.mouse.up()
    assert page.evaluate("getSelection().type") == "Range"
    assert told(page) == []
    page.locator("button.ask").nth(0).press("Enter")
    assert told(page) == [["ask", 0]], "its button is pressed all the same"


@pytest.mark.parametrize(
    ("head", "up"), [("Shop", ["third", "fourth", "first"]), ("Days", ["third", "fourth", "first"])]
)
def test_what_is_missing_comes_last_up_and_down(page: Page, head: str, up: list[str]) -> None:
    for expected in ([*up, "second"], [*reversed(up), "second"], ["first", "second", "third", "fourth"]):
        page.get_by_role("button", name=head, exact=True).click()
        texts = page.locator("tbody th").all_inner_texts()
        assert [text.split("›")[0].strip() for text in texts] == expected
