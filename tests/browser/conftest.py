"""A server of the app on a store of its own, a Chromium, and the words in which journeys are written."""

from __future__ import annotations

import contextlib
import itertools
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
from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright

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
    Section.SHIP: "Ship",
}
DESKTOP, PHONE = ViewportSize(width=1440, height=900), ViewportSize(width=390, height=844)
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


@contextlib.contextmanager
def serving(store: Path) -> Iterator[App]:
    """A server on a store while the block lasts, with everything that it starts."""
    running = App(store=store, port=free_port())
    running.start()
    yield running
    running.kill()
    end_processes_of(running.store)
    assert running.errors() == ""


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    with serving(tmp_path_factory.mktemp("store")) as running:
        yield running


@pytest.fixture(scope="module")
def app(house: App) -> Iterator[App]:
    """The server of all files that leave it running and no training behind: its supervisor and its answer worker begin
    once, and have read the examples of a use case once."""
    yield house
    assert house.errors() == ""


@pytest.fixture(scope="module")
def own_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """A server of this file alone: to be killed, to be kept busy, to be counted."""
    with serving(tmp_path_factory.mktemp("store")) as running:
        yield running


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = installed()
    assert path, "no Chromium; run: make browser"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        yield browser
        browser.close()


def _window(chromium: Browser) -> Iterator[BrowserContext]:
    """A window whose cache stays from test to test: a page's scripts are fetched and compiled once a server."""
    context = chromium.new_context(viewport=DESKTOP)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield context
    context.close()


window = pytest.fixture(_window, scope="session")
other_window = pytest.fixture(_window, scope="session")


def _tab(window: BrowserContext) -> Iterator[Page]:
    """A new tab of a visitor who was never here."""
    window.clear_cookies()
    tab = window.new_page()
    yield tab
    tab.close()


@pytest.fixture
def page(window: BrowserContext) -> Iterator[Page]:
    """A new tab of a visitor who was never here."""
    yield from _tab(window)


@pytest.fixture
def other_page(other_window: BrowserContext) -> Iterator[Page]:
    """One of another visitor, at the same time."""
    yield from _tab(other_window)


_DONE = "[data-testid=stApp][data-test-script-state=notRunning]"
# Whether the script has been still for so long: what a component asks for begins a little later than the click.
_STILL = """
([done, stillMs, asked]) => {
    const now = performance.now(), is = document.querySelector(done) !== null;
    if (window.stillAsked !== asked || !is) [window.stillAsked, window.stillSince] = [asked, now];
    return is && now - window.stillSince >= stillMs;
}
"""
# Whether everything that the script asked for is drawn: a chart comes after its place, and after a new width.
_DRAWN = """
([asked, times]) => {
    const charts = [...document.querySelectorAll("[data-testid=stPlotlyChart]")];
    const isLate = charts.some((chart) => !chart.querySelector(".main-svg"));
    const waits = isLate || document.querySelector("[data-testid=stSkeleton]");
    const seen = charts.map((c) => c.querySelector(".main-svg")?.getBoundingClientRect().width).join()
        + (document.querySelector("[data-testid=stMain]")?.scrollHeight ?? "");
    if (window.drawnAsked !== asked || waits || seen !== window.drawnSeen) window.drawnTimes = 0;
    [window.drawnAsked, window.drawnSeen] = [asked, seen];
    window.drawnTimes += 1;
    return window.drawnTimes > times;
}
"""
_asked = itertools.count()
_POLL_MS, _STILL_MS, _STILL_TIMES = 50, 250, 4


def settled(page: Page, timeout_s: float = 90) -> None:
    """Wait until the script has run and stays done for a moment."""
    page.wait_for_function(_STILL, arg=[_DONE, _STILL_MS, next(_asked)], polling=_POLL_MS, timeout=timeout_s * 1000)


def drawn(page: Page, timeout_s: float = 60) -> None:
    """Wait until charts stand in their places and the page keeps its shape for a moment."""
    page.wait_for_function(_DRAWN, arg=[next(_asked), _STILL_TIMES], polling=_POLL_MS, timeout=timeout_s * 1000)


def link_of(page: Page) -> dict[str, str]:
    """What the page's own link carries."""
    link = page.get_by_test_id("copy-link").get_attribute("data-link") or ""
    return {name: values[0] for name, values in parse_qs(urlparse(link).query).items()}


def linked(page: Page, name: str, value: str) -> None:
    """Wait until the page's own link carries this, from its beginning: Python has heard of it, and has drawn."""
    link = page.get_by_test_id("copy-link")
    wanted = re.compile(rf"[?&]{re.escape(name)}={re.escape(value)}")
    expect(link).to_have_attribute("data-link", wanted, timeout=60_000)
    settled(page)


def open_section(page: Page, name: str) -> None:
    """By its place in the bar of steps, which are numbered: `4 Results`."""
    page.get_by_role("radio", name=re.compile(rf"^\d+ {re.escape(name)}$")).click()
    settled(page)


def unlinked(page: Page, name: str) -> None:
    """Wait until the page's own link no longer carries this."""
    link = page.get_by_test_id("copy-link")
    expect(link).not_to_have_attribute("data-link", re.compile(rf"[?&]{re.escape(name)}="))


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
