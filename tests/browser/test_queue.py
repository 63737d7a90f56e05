"""The queue through the page: pause and resume, two that wait with their place and time, cancel."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import FINISHED, PHONE, App, picture, settled
from tests.browser.test_faults import epochs_of, runs_of, state_of, wait_until

SURVIVAL = "testing-tiny_survival?section=train&set.num_epochs=5"  # its only baseline costs nothing
LONG = "testing-tiny_survival?section=train&set.num_epochs=1000000&set.patience=1000000&set.device=cpu"


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


@pytest.mark.long  # in test_resume.py without a browser
def test_a_training_is_paused_and_resumed_through_the_page(own_app: App, page: Page) -> None:
    run = submit(page, own_app, LONG)
    wait_until(lambda: epochs_of(run) > 20)
    press(page, "Pause")
    expect(page.get_by_text("Paused after epoch", exact=False)).to_be_visible(timeout=60_000)
    seen = epochs_of(run)
    picture(page, "paused")
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_enabled()  # the machine is free
    page.reload()
    settled(page)
    expect(page.get_by_text("Paused after epoch", exact=False)).to_be_visible(timeout=30_000)
    assert epochs_of(run) == seen
    press(page, "Resume")
    wait_until(lambda: epochs_of(run) > seen + 20)
    expect(page.get_by_text(re.compile("Epoch .* of at most"))).to_be_visible(timeout=30_000)
    press(page, "Stop")
    expect(page.get_by_text("Stopped on request", exact=False).first).to_be_visible(timeout=60_000)
    events = [json.loads(line) for line in (run / "progress.jsonl").read_text().splitlines()]
    epochs = [event["epoch"] for event in events if event["event"] == "epoch"]
    assert epochs == list(range(1, len(epochs) + 1))
    assert state_of(run) == "stopped"


def submit(page: Page, app: App, link: str) -> Path:
    before = set(runs_of(app.store))
    page.goto(f"{app.url}/{link}")
    settled(page)
    press(page, "Train")
    wait_until(lambda: len(runs_of(app.store)) > len(before))
    (run,) = set(runs_of(app.store)) - before
    return run


@pytest.mark.long  # in tests/jobs without a browser
def test_two_that_wait_see_their_place_and_their_time_and_one_cancels(
    own_app: App, page: Page, other_page: Page, chromium: Browser
) -> None:
    submit(page, own_app, SURVIVAL)
    expect(page.locator(FINISHED)).to_be_visible(timeout=60_000)  # how long such a run takes
    first = submit(page, own_app, LONG)
    wait_until(lambda: epochs_of(first) > 3)
    phone, second_page = chromium.new_context(viewport=PHONE), other_page
    try:
        third_page = phone.new_page()
        second = submit(second_page, own_app, SURVIVAL)
        third = submit(third_page, own_app, SURVIVAL)
        expect(second_page.get_by_text("Waiting: 1 before this one")).to_be_visible(timeout=30_000)
        expect(third_page.get_by_text(re.compile("Waiting: 2 before this one · begins in about .+"))).to_be_visible(
            timeout=60_000
        )
        queue = third_page.get_by_text("The queue: one run trains at a time")
        expect(queue).to_be_visible()
        expect(third_page.get_by_text("Tiny survival · waiting · yours")).to_be_visible()
        expect(third_page.get_by_text("Tiny survival · training · somebody else's")).to_be_visible()
        picture(second_page, "queue-1440")
        third_page.get_by_text("Waiting: 2 before this one").scroll_into_view_if_needed()
        picture(third_page, "queue-390")
        press(second_page, "Cancel")
        expect(second_page.get_by_text("Cancelled", exact=False).first).to_be_visible(timeout=30_000)
        expect(third_page.get_by_text("Waiting: 1 before this one")).to_be_visible(timeout=30_000)
        press(page, "Stop")
        expect(third_page.locator(FINISHED)).to_be_visible(timeout=60_000)
        assert [state_of(run) for run in (first, second, third)] == ["stopped", "cancelled", "finished"]
    finally:
        phone.close()
