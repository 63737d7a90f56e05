"""Two shared web servers behind one door, on one store: a run that is started at one is seen at the other, whoever
started it may stop it from there and nobody else, also after a reload, and it is carried out once."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

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
    behind: Door, page: Page, other_page: Page, tmp_path: Path
) -> None:
    run = start_long_training(App(store=tmp_path, port=behind.port), page)
    other_page.goto(f"{behind.url}/{TRAIN}")
    settled(other_page)
    assert {cookies(page)[COOKIE], cookies(other_page)[COOKIE]} == {"0", "1"}
    expect(other_page.get_by_text("Only who started this run can stop it.")).to_be_visible(timeout=30_000)
    expect(other_page.get_by_role("button", name="Stop")).to_have_count(0)
    owner = cookies(page)["proving_ground_visitor"]
    assert len(owner) == 32
    assert owner not in (run / "config.json").read_text(), "a run must not tell its visitor's secret"
    page.reload()
    settled(page)
    expect(page.get_by_role("button", name="Stop")).to_be_visible(timeout=30_000)  # still the same visitor
    other_page.context.add_cookies([{"name": "proving_ground_visitor", "value": owner, "url": behind.url}])
    other_page.reload()
    settled(other_page)
    other_page.get_by_role("button", name="Stop").click()
    expect(other_page.get_by_text("Stopping: the best weights are kept", exact=False)).to_be_visible(timeout=30_000)
    assert Request.STOP in queue_of(tmp_path).asked().get(run.name, ()) or state_of(run) == "stopped"
    expect(page.get_by_text(re.compile("Stopping|Stopped on request")).first).to_be_visible(timeout=30_000)
    assert min(behind.seen) > 0
    told = [json.loads(line) for line in path_of(tmp_path).read_text().splitlines()]
    begun = [entry for entry in told if entry.get("event") == Event.STARTED]
    assert [entry["run"] for entry in begun] == [run.name], "nothing is carried out twice"
    assert sum(entry.get("event") == Event.SUPERVISOR_STARTED for entry in told) == 1
