"""A visitor far from the server moves a second thing before the answer to the first has come: neither is lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser.conftest import App, link_of, linked, settled


class SlowLine:
    """Between page and server: answers can be held back."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._keeps: Callable[[str | bytes], bool] = lambda message: False
        self._held: list[str | bytes] = []
        page.route_web_socket("**/_stcore/stream", self._between)

    def _between(self, browser: WebSocketRoute) -> None:
        server = browser.connect_to_server()
        self._browser = browser
        server.on_message(self._pass_on)

    def _pass_on(self, message: str | bytes) -> None:
        if self._keeps(message):
            self._held.append(message)
        else:
            self._browser.send(message)

    def hold(self) -> None:
        """Keep what the server answers from now on."""
        self._keeps = lambda message: True

    def hold_ends(self) -> None:
        """Keep only what says that a run has ended: what the page before had, and this one has not, still stands."""
        self._keeps = _is_end

    def let_go(self) -> None:
        """Let the answers through, in their order."""
        self._keeps = lambda message: False
        held, self._held = self._held, []
        for message in held:
            self._browser.send(message)

    def after(self, act: Callable[[], None]) -> None:
        """Do something that the page tells the server, and wait until the server has run for it."""
        before = self._runs()
        act()
        while self._runs() == before:
            self._page.wait_for_timeout(20)

    def _runs(self) -> int:
        return sum(map(_is_end, self._held))


def _is_end(message: str | bytes) -> bool:
    return isinstance(message, bytes) and bool(ForwardMsg.FromString(message).WhichOneof("type") == "script_finished")


@pytest.fixture
def line(page: Page) -> SlowLine:
    return SlowLine(page)


def test_a_slider_that_is_moved_twice_before_the_first_answer_stands_where_it_was_left(
    app: App, page: Page, line: SlowLine
) -> None:
    page.goto(f"{app.url}/retail-coupon_response?section=train")
    linked(page, "set.learning_rate", "")
    before = float(link_of(page)["set.learning_rate"])
    thumb = page.get_by_role("slider", name="Learning rate")
    thumb.focus()
    line.hold()
    for _ in range(2):
        line.after(lambda: page.keyboard.press("ArrowLeft"))
    wanted = str(thumb.get_attribute("aria-valuetext"))
    line.let_go()
    settled(page)
    assert float(wanted) < before
    expect(thumb).to_have_attribute("aria-valuetext", wanted)
    assert link_of(page)["set.learning_rate"] == wanted
    assert "preset" not in link_of(page)


@pytest.mark.long  # the same mechanism
def test_a_preset_holds_when_something_else_is_pressed_before_its_answer(app: App, page: Page, line: SlowLine) -> None:
    page.goto(f"{app.url}/retail-coupon_response?section=train&set.learning_rate=0.01")
    linked(page, "set.learning_rate", "0.01")
    line.hold()
    line.after(lambda: page.get_by_test_id("stButtonGroup").get_by_text("Overshoot").first.click())
    line.after(lambda: page.get_by_text("All settings").click())
    line.let_go()
    linked(page, "preset", "overshoot")


@pytest.mark.long  # the same mechanism
def test_next_that_is_pressed_twice_leads_one_section_on(app: App, page: Page, line: SlowLine) -> None:
    page.goto(f"{app.url}/retail-coupon_response")
    linked(page, "section", "question")
    line.hold()
    for _ in range(2):
        line.after(lambda: page.get_by_role("button", name="Next: Data").click())
    line.let_go()
    linked(page, "section", "data")
    expect(page.get_by_role("radio", name="2 Data")).to_be_checked()


def test_the_way_back_never_shows_two_bars_of_steps(app: App, page: Page, line: SlowLine) -> None:
    page.goto(f"{app.url}/retail-coupon_response")
    linked(page, "section", "question")
    page.get_by_role("radio", name="3 Train").click()
    linked(page, "section", "train")
    line.hold_ends()
    page.go_back()  # the first step has another header, and the bar begins anew
    expect(page.get_by_role("radio", name="1 Question")).to_be_checked()
    expect(page.get_by_role("radio", name="3 Train")).to_have_count(1)
    line.let_go()
