"""Web servers that are killed or doubled, seen from a browser: the run never notices, the page finds it again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import FINISHED, ROOT, App, free_port, picture, settled

LONG = "testing-tiny_quantile?section=train&set.num_epochs=1000000&set.patience=1000000&set.device=cpu"


def runs_of(store: Path) -> list[Path]:
    return sorted((store / "runs").iterdir()) if (store / "runs").is_dir() else []


def epochs_of(run: Path) -> int:
    return (run / "progress.jsonl").read_bytes().count(b'"epoch"') if (run / "progress.jsonl").exists() else 0


def wait_until(condition, timeout_s: float = 60) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


def state_of(run: Path) -> str | None:
    return json.loads((run / "end.json").read_text())["state"] if (run / "end.json").exists() else None


def start_long_training(app: App, page: Page) -> Path:
    before = runs_of(app.store)
    page.goto(f"{app.url}/{LONG}")
    settled(page)
    page.get_by_role("button", name="Train", exact=True).click()
    wait_until(lambda: len(runs_of(app.store)) > len(before))
    (run,) = set(runs_of(app.store)) - set(before)
    wait_until(lambda: epochs_of(run) > 3)
    return run


def test_killing_the_web_server_changes_nothing_for_the_run(own_app: App, page: Page) -> None:
    run = start_long_training(own_app, page)
    own_app.kill()
    seen = epochs_of(run)
    wait_until(lambda: epochs_of(run) > seen + 20)
    own_app.start()
    page.goto(f"{own_app.url}/testing-tiny_quantile?section=train")
    settled(page)
    stop = page.get_by_role("button", name="Stop")
    expect(stop).to_be_visible(timeout=30_000)
    stop.click()
    expect(page.get_by_text("Stopped on request", exact=False).first).to_be_visible(timeout=60_000)
    assert state_of(run) == "stopped"
    assert runs_of(own_app.store) == [run]


@pytest.mark.long  # in test_supervisor.py and test_two_servers.py
def test_two_web_servers_and_a_command_line_train_one_at_a_time(own_app: App, page: Page, other_page: Page) -> None:
    first = start_long_training(own_app, page)
    other = App(store=own_app.store, port=free_port())
    other.start()
    second_page = other_page
    command = None
    try:
        second_page.goto(f"{other.url}/testing-tiny_survival?section=train&set.num_epochs=3")
        settled(second_page)
        second_page.get_by_role("button", name="Train", exact=True).click()
        expect(second_page.get_by_text("Waiting: 1 before this one")).to_be_visible(timeout=30_000)
        picture(second_page, "waiting")
        command = subprocess.Popen(
            [sys.executable, "-m", "core", "train", "testing/tiny_survival", "--set", "num_epochs=3", "--json"],
            cwd=ROOT,
            env={**os.environ, "PROVING_GROUND_STORE": str(own_app.store)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        wait_until(lambda: len(runs_of(own_app.store)) >= 4)
        second, third = runs_of(own_app.store)[-2:]  # named by the time of their submission
        time.sleep(1)
        assert [state_of(r) for r in (first, second, third)] == [None, None, None]
        assert epochs_of(second) == epochs_of(third) == 0, "only the first may train"
        page.get_by_role("button", name="Stop").click()
        out, err = command.communicate(timeout=120)
        assert command.returncode == 0, err
        assert "waiting, 2 before this one" in err
        assert json.loads(out)["run"] == third.name
        expect(second_page.locator(FINISHED)).to_be_visible(timeout=60_000)
        ends = [json.loads((r / "end.json").read_text())["ended"] for r in (first, second, third)]
        assert ends == sorted(ends)
    finally:
        other.kill()
        if command is not None and command.poll() is None:
            command.kill()


@pytest.mark.long  # as at another server, in test_two_servers.py
def test_a_second_tab_finds_the_job(own_app: App, page: Page, other_page: Page) -> None:
    run = start_long_training(own_app, page)
    tab = other_page
    tab.goto(f"{own_app.url}/testing-tiny_quantile?section=train")
    settled(tab)
    expect(tab.get_by_role("button", name="Stop")).to_be_visible(timeout=30_000)
    page.reload()
    settled(page)
    expect(page.get_by_role("button", name="Stop")).to_be_visible(timeout=30_000)
    tab.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Stopped on request", exact=False).first).to_be_visible(timeout=60_000)
    assert state_of(run) == "stopped"
