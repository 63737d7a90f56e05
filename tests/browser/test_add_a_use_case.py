"""docs/add-a-use-case.md keeps its word: its code, dropped into a folder, is listed, trained and opened as a page."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ROOT, App, open_section, serving, settled

NAME = "supply_chain/late_meal"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """A server that was told of a folder with nothing in it but the page's code."""
    code, _dataset = re.findall(
        r"```python\n(.*?)```", (ROOT / "docs" / "add-a-use-case.md").read_text("utf-8"), re.DOTALL
    )
    extra = tmp_path_factory.mktemp("extra")
    file = extra / "use_cases" / f"{NAME}.py"
    file.parent.mkdir(parents=True)
    file.write_text(code, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROVING_GROUND_EXTRA", str(extra))
        with serving(tmp_path_factory.mktemp("store")) as running:
            yield running


def command(app: App, *words: str) -> list | dict:
    done = subprocess.run(
        [sys.executable, "-m", "core", *words, "--json"],
        cwd=ROOT,
        env={**os.environ, "PROVING_GROUND_STORE": str(app.store)},
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_code_of_the_page_is_listed_trained_and_opened(app: App, page: Page) -> None:
    listed = command(app, "list")
    assert [u["title"] for u in listed if u["use_case"] == NAME] == ["Late meal"]
    trained = command(app, "train", NAME, "--set", "num_epochs=4", "--seed", "3")
    assert trained["headline"]["mean"] > 0.75
    assert {b["name"] for b in trained["baselines"]} >= {"logistic", "single_feature"}

    page.goto(f"{app.url}/{NAME.replace('/', '-')}")
    settled(page)
    expect(page.get_by_role("heading", name="Late meal")).to_be_visible()
    expect(page.get_by_text(f"{trained['headline']['ensemble']['mean']:.3f}").first).to_be_visible()
    open_section(page, "Money")
    expect(page.get_by_test_id("decision-panel")).to_be_visible()
    open_section(page, "Data")
    expect(page.get_by_text("Items ordered").first).to_be_visible()


def test_every_path_that_the_page_names_exists() -> None:
    text = (ROOT / "docs" / "add-a-use-case.md").read_text("utf-8")
    named = set(re.findall(r"`((?:core|data|tests|docs|pages)/[\w/.-]+)`", text))
    assert named
    assert not [path for path in named if "<" not in path and not Path(ROOT / path).exists()]
