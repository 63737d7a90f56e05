"""Two web servers behind one door, on one store: a run that is started at one is seen at the other, whoever started it
may stop it from there and nobody else, and it is carried out once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from core.logs import Event
from core.logs.handler import path_of
from core.queue.queue import queue_of
from core.queue.requests import Request
from tests.browser.conftest import App, free_port, settled
from tests.browser.door import COOKIE, Door
from tests.browser.test_faults import start_long_training, state_of
from tests.processes import end_processes_of

TRAIN = "testing-tiny_quantile?section=train"


@pytest.fixture
def behind(tmp_path: Path) -> Iterator[Door]:
    servers = [App(store=tmp_path, port=free_port()) for _ in range(2)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROVING_GROUND_SHARED", "1")
        patch.setenv("PROVING_GROUND_MOST_MINUTES", "6000")
        for server in servers:
            server.start()
    with closing(Door(free_port(), [server.port for server in servers])) as door:
        yield door
    for server in servers:
        server.kill()
    end_processes_of(tmp_path)
    assert [server.errors() for server in servers] == ["", ""]


def cookies(page: Page) -> dict[str, str]:
    return {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}


def test_a_run_of_one_server_is_seen_at_the_other_and_its_owner_stops_it_from_there(
    behind: Door, page: Page, chromium: Browser, tmp_path: Path
) -> None:
    run = start_long_training(App(store=tmp_path, port=behind.port), page)
    elsewhere = chromium.new_context()
    try:
        other = elsewhere.new_page()
        other.goto(f"{behind.url}/{TRAIN}")
        settled(other)
        assert {cookies(page)[COOKIE], cookies(other)[COOKIE]} == {"0", "1"}
        expect(other.get_by_text("Only who started this run can stop it.")).to_be_visible(timeout=30_000)
        expect(other.get_by_role("button", name="Stop")).to_have_count(0)
        owner = cookies(page)["proving_ground_visitor"]
        elsewhere.add_cookies([{"name": "proving_ground_visitor", "value": owner, "url": behind.url}])
        other.reload()
        settled(other)
        other.get_by_role("button", name="Stop").click()
        expect(other.get_by_text("Stopping: the best weights are kept", exact=False)).to_be_visible(timeout=30_000)
        assert Request.STOP in queue_of(tmp_path).asked().get(run.name, ()) or state_of(run) == "stopped"
    finally:
        elsewhere.close()
    assert min(behind.seen) > 0
    told = [json.loads(line) for line in path_of(tmp_path).read_text().splitlines()]
    begun = [entry for entry in told if entry.get("event") == Event.STARTED]
    assert [entry["run"] for entry in begun] == [run.name], "nothing is carried out twice"
    assert sum(entry.get("event") == Event.SUPERVISOR_STARTED for entry in told) == 1
