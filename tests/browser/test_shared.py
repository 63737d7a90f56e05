"""A shared server seen from two browsers: a visitor is the same after a reload, and another cannot stop their run."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from core.queue.queue import queue_of
from core.queue.requests import Request
from tests.browser.conftest import App, free_port, settled
from tests.browser.test_faults import start_long_training, state_of
from tests.processes import end_processes_of


@pytest.fixture
def shared(tmp_path) -> Iterator[App]:
    running = App(store=tmp_path, port=free_port())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROVING_GROUND_SHARED", "1")
        patch.setenv("PROVING_GROUND_MOST_MINUTES", "6000")  # the run that is stopped here may take its time
        running.start()
    yield running
    running.kill()
    end_processes_of(tmp_path)
    assert running.errors() == ""


def test_a_visitor_is_the_same_after_a_reload_and_no_other_stops_their_run(
    shared: App, page: Page, chromium: Browser
) -> None:
    run = start_long_training(shared, page)
    config = json.loads((run / "config.json").read_text())
    cookies = {c["name"]: c["value"] for c in page.context.cookies()}
    assert len(cookies["proving_ground_visitor"]) == 32
    assert cookies["proving_ground_visitor"] not in json.dumps(config), "a run must not tell its visitor's secret"
    elsewhere = chromium.new_context()
    try:
        other = elsewhere.new_page()
        other.goto(f"{shared.url}/testing-tiny_quantile?section=train")
        settled(other)
        expect(other.get_by_text("Only who started this run can stop it.")).to_be_visible(timeout=30_000)
        expect(other.get_by_role("button", name="Stop")).to_have_count(0)
    finally:
        elsewhere.close()
    page.reload()
    settled(page)
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Stopping: the best weights are kept", exact=False)).to_be_visible(timeout=30_000)
    assert Request.STOP in queue_of(shared.store).asked().get(run.name, ()) or state_of(run) == "stopped"
