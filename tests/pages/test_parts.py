"""A change in a part of a page draws that part again, and nothing else: as a browser is told at the WebSocket."""

from __future__ import annotations

import asyncio
import gc
import os
import secrets
import threading
import time
import weakref
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs

import pytest
from streamlit.proto.Delta_pb2 import Delta

from benchmarks._guest import Guest
from benchmarks._held_page import HeldPage
from benchmarks._plan import Plan, Tally
from benchmarks._server import ROOT, running_server
from benchmarks._widgets import StripRow, change, option_text
from core.answering.own_picture import FOLDER
from core.store import store_folder
from pages.components import upkeep
from pages.components.kept import Kept, forget_all


class Watched(HeldPage):
    """Notes what a run sends: texts, components with what they are told, and which part it was."""

    def __init__(self, errors: Counter[str]) -> None:
        super().__init__(errors)
        self.texts: list[str] = []
        self.told: dict[str, str] = {}
        self.parts: list[set[str]] = []
        self.drawn = 0

    def begin(self, fragments: Iterable[str]) -> None:
        super().begin(fragments)
        self.parts.append(set(self.fragments))
        if not self.fragments:
            self.texts.clear()

    def take(self, delta: Delta, path: Sequence[int]) -> None:
        super().take(delta, path)
        self.drawn += 1
        element = delta.new_element
        if element.WhichOneof("type") == "heading":
            self.texts.append(element.heading.body)
        if element.WhichOneof("type") == "bidi_component":
            self.told[element.bidi_component.component_name] = element.bidi_component.json


class Watcher(Guest):
    """A visitor with a page that notes what it is sent."""

    page: Watched

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan, Tally(), 1)
        self.page = Watched(self.tally.errors)

    async def begin(self, section: str) -> None:
        """Open the page on a section."""
        await self.open()
        bar = self._sections()
        assert bar is not None, self.tally.errors
        names = [option_text(option) for option in bar.proto.options]
        await self.choose_section(next(name for name in names if name.endswith(section)))

    async def move(self, label: str) -> None:
        """Change what has this label, and forget what was sent before."""
        widget = next(w for w in self.page.widgets.values() if w.label.startswith(label))
        page = self.page
        page.texts, page.told, page.parts, page.drawn = [], {}, [], 0
        change(widget, self.random)
        await self._timed(widget.fragment)

    async def assume(self, label: str, place: int) -> None:
        """Move an assumption to another stop."""
        widget = next(w for w in self.page.widgets.values() if isinstance(w, StripRow) and w.label.startswith(label))
        self.page.drawn = 0
        widget.move(widget.proto["stops"][place])
        await self._timed(widget.fragment)


def visited(use: Callable[[Watcher], Any]) -> None:
    """A visitor of a server with a fresh store."""

    async def visit(address: str) -> None:
        watcher = Watcher(Plan(address=address, page="healthcare-heart_disease", kinds=("slider",), auto_rerun=False))
        try:
            await use(watcher)
        finally:
            await watcher.close()
        assert not watcher.tally.errors

    with running_server(ROOT / "streamlit_app.py", {}) as server, ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, visit(server.address)).result()  # a browser's tests leave an event loop in this one


def test_a_setting_draws_the_settings_alone_and_the_link_follows() -> None:
    async def use(watcher: Watcher) -> None:
        await watcher.begin("Train")
        assert watcher.page.parts[-1], "another section is the page without what is around every page"
        assert any("proving_ground_monitor" in name for name in watcher.page.told)
        await watcher.move("Epochs")
        assert len(watcher.page.parts) == 1
        assert watcher.page.parts[0]
        assert not watcher.page.texts
        assert [name.rpartition("proving_ground_")[2] for name in watcher.page.told] == ["follow_link"]
        (query,) = (told for name, told in watcher.page.told.items() if "follow_link" in name)
        chosen = next(w for w in watcher.page.widgets.values() if w.label.startswith("Epochs"))
        assert chosen.state.string_array_value.data[0].replace(",", "") in parse_qs(query)["set.num_epochs"][0]

    visited(use)


def test_the_head_is_drawn_again_where_it_would_say_otherwise() -> None:
    async def use(watcher: Watcher) -> None:
        await watcher.begin("Money")
        await watcher.assume("Cost of", 0)
        assert not watcher.page.parts[-1], "the head has to say that its money has the declared assumptions"
        await watcher.assume("Cost of", 1)
        assert watcher.page.parts[-1], "it says so already"
        assert watcher.page.drawn <= 12, "the strip is one component, however many assumptions there are"

    visited(use)


def test_what_is_kept_is_made_once_and_only_so_much_is_kept() -> None:
    made: list[str] = []
    kept = Kept(2)

    def get(name: str) -> str:
        return kept.get(name, lambda: made.append(name) or name.upper())  # type: ignore[func-returns-value]

    assert [get("a"), get("b"), get("a"), get("c"), get("a"), get("b")] == ["A", "B", "A", "C", "A", "B"]
    assert made == ["a", "b", "c", "b"]
    forget_all()
    get("a")
    assert made[-1] == "a"


def test_what_is_kept_may_be_asked_for_from_within_what_is_made() -> None:
    kept, done = Kept(5), threading.Event()

    def ask() -> None:
        assert kept.get("sum", lambda: kept.get("part", lambda: 1) + 1) == 2
        done.set()

    threading.Thread(target=ask, daemon=True).start()
    assert done.wait(5)


class Ring:
    """Nothing but a collection can give it back."""

    def __init__(self) -> None:
        self.itself = self


def test_a_server_deletes_pictures_that_were_left_as_it_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    class Ended(Exception):
        pass

    slept: list[float] = []
    asleep, here = time.sleep, threading.current_thread()

    def sleep(seconds: float) -> None:
        if threading.current_thread() is not here:  # a server that another test began sees to itself
            return asleep(seconds)
        slept.append(seconds)
        if len(slept) == 2:
            raise Ended

    left = store_folder() / FOLDER / secrets.token_hex(32)
    left.parent.mkdir(parents=True, exist_ok=True)
    left.write_bytes(b"film")
    os.utime(left, (0, 0))
    monkeypatch.setattr(upkeep, "time", SimpleNamespace(sleep=sleep))
    try:
        with pytest.raises(Ended):
            upkeep._collect_garbage()
    finally:
        gc.unfreeze()
    assert not left.exists()


def test_what_lives_is_set_aside_and_what_dies_is_given_back_in_the_end() -> None:
    try:
        old = Ring()
        gone = weakref.ref(old)
        upkeep.collect(whole=False)
        set_aside = gc.get_freeze_count()
        assert set_aside > 10_000, "a collection looks at what is new alone"
        new = weakref.ref(Ring())
        del old
        upkeep.collect(whole=False)
        assert new() is None
        upkeep.collect(whole=True)
        assert gone() is None
    finally:
        gc.unfreeze()
