"""A server of the app on a store of its own, a Chromium, and the words in which journeys are written."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from core.contracts import Section
from tests.browser.install import installed
from tests.processes import end_processes_of

ROOT = Path(__file__).parents[2]
SCREENSHOTS = Path(__file__).parent / "screenshots"
TITLES = {
    Section.QUESTION: "Question",
    Section.DATA: "Data",
    Section.TRAIN: "Train",
    Section.RESULTS: "Results",
    Section.UNDERSTAND: "What if",
    Section.MONEY: "Money",
}
FINISHED = "[data-testid=monitor][data-state=finished]"  # the training whose monitor is on the page
expect.set_options(timeout=20_000)  # a busy machine draws late; what is there already costs no time
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--disable-sync"]


@dataclass
class App:
    """One web server on a store; `restart` kills it like a crash and starts another on the same port."""

    store: Path
    port: int
    process: subprocess.Popen[bytes] | None = None
    log: list[Path] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        log = self.store / f"web-{self.port}-{len(self.log)}.log"
        self.log.append(log)
        with log.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "pages", "--server.port", str(self.port)],
                cwd=ROOT,
                env={**os.environ, "PROVING_GROUND_STORE": str(self.store)},
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=1)
                return
            time.sleep(0.1)
        raise AssertionError(f"The web server did not start: {log.read_text()}")

    def kill(self) -> None:
        """SIGKILL to the web server and everything in its process group."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def errors(self) -> str:
        """What the web servers logged that looks like a failure."""
        text = "\n".join(log.read_text() for log in self.log)
        return text if "Traceback" in text else ""


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    running = App(store=tmp_path_factory.mktemp("store"), port=free_port())
    running.start()
    yield running
    running.kill()
    end_processes_of(running.store)
    assert running.errors() == ""


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = installed()
    assert path, "no Chromium; run: make browser"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def desktop(chromium: Browser) -> Iterator[BrowserContext]:
    """A window whose cache stays from test to test: a page's scripts are fetched and compiled once a server."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield context
    context.close()


@pytest.fixture
def page(desktop: BrowserContext) -> Iterator[Page]:
    """A new tab of a visitor who was never here."""
    desktop.clear_cookies()
    tab = desktop.new_page()
    yield tab
    tab.close()


def settled(page: Page, timeout_s: float = 90) -> None:
    """Wait until the script has run and stays done for a moment."""
    done = "[data-testid=stApp][data-test-script-state=notRunning]"
    for _ in range(2):
        page.wait_for_selector(done, timeout=timeout_s * 1000)
        page.wait_for_timeout(150)
    page.wait_for_selector(done, timeout=timeout_s * 1000)


def open_section(page: Page, name: str) -> None:
    """By its place in the bar of steps, which are numbered: `4 Results`."""
    page.get_by_role("radio", name=re.compile(rf"^\d+ {re.escape(name)}$")).click()
    page.wait_for_timeout(200)
    settled(page)


def chart_series(page: Page, title: str, name: str) -> dict[int, float]:
    """x -> y of a named trace of the plotly chart with this title, as the browser holds it."""
    points = page.evaluate(
        """([title, name]) => {
            const plain = v => Array.from(v ?? []);
            for (const plot of document.querySelectorAll('.js-plotly-plot')) {
                if (plot.layout?.title?.text !== title) continue;
                for (const trace of plot._fullData) if (trace.name === name) return [plain(trace.x), plain(trace.y)];
            }
            return [[], []];
        }""",
        [title, name],
    )
    return dict(zip((int(x) for x in points[0]), points[1], strict=True))


def picture(page: Page, name: str, height: int | None = None) -> Path:
    """Save a screenshot under tests/browser/screenshots/, for people to look at."""
    SCREENSHOTS.mkdir(exist_ok=True)
    path = SCREENSHOTS / f"{name}.png"
    page.screenshot(path=path)
    return path
