"""One simulated visitor that speaks Streamlit's websocket protocol."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from random import Random
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from benchmarks._follow import Feed
from benchmarks._held_page import HeldPage
from benchmarks._plan import Plan, Tally, Wait
from benchmarks._widgets import Widget, can_change, change

# A change inside a fragment waits this long for the fragment's own timer run, so
# that the end of that run is not taken for the end of the change.
TIMER_PATIENCE_S = 1.0
DONE = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_WITH_COMPILE_ERROR)


class Visitor:
    """A browser tab without a screen: a page, its timers, and who acts on it."""

    def __init__(self, plan: Plan, tally: Tally, seed: int) -> None:
        self.plan = plan
        self.tally = tally
        self.random = Random(seed)
        self.page = HeldPage(tally.errors)
        self.lost = False
        self._closing = False
        self._page_hash = ""
        self.timed: dict[str, float] = {}  # fragments that ask to be drawn again after so many seconds
        self._timers: dict[str, asyncio.Task[None]] = {}
        self._pending: set[str] = set()
        self._wait: Wait | None = None
        self._socket: ClientConnection | None = None
        self._poller: asyncio.Task[None] | None = None
        self._reader: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Connect and draw the page for the first time."""
        started = time.perf_counter()
        uri = self.plan.address.replace("http", "ws", 1) + "/_stcore/stream"
        try:
            self._socket = await connect(
                uri,
                subprotocols=["streamlit"],  # type: ignore[list-item]
                max_size=None,
                open_timeout=self.plan.limit_s,
                ping_interval=None,
            )
        except (OSError, TimeoutError, WebSocketException) as error:
            self._lose(f"connect: {type(error).__name__}")
            return
        self._reader = asyncio.create_task(self._read(self._socket))
        self._poller = asyncio.create_task(self._poll()) if self.plan.auto_rerun else None
        finished = await self._run("", first=True)
        if finished is not None:
            self.tally.open_ms.append((finished - started) * 1000)

    async def _poll(self) -> None:
        """Ask the feed for as long as the page is open, as its script in the browser does."""
        feed: Feed | None = None
        while not self.lost:
            new = Feed.of(self.page.followed, self.plan.address, f"visitor{id(self) % 10**8}")
            if new and (feed is None or new.run != feed.run):
                if feed:
                    feed.close()
                feed = new
            if feed is None:
                await asyncio.sleep(0.2)
                continue
            try:
                self.tally.polls[str(await feed.poll())] += 1
            except OSError as error:
                self.tally.errors[f"feed: {type(error).__name__}"] += 1
            await asyncio.sleep(feed.pace_s * self.random.uniform(0.8, 1.2))

    async def act_until(self, stop: asyncio.Event) -> None:
        """Change one widget every few seconds until the stop is set."""
        low, high = self.plan.pause_s
        due = time.perf_counter() + self.random.uniform(0, high)
        while not self.lost:
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), max(0.0, due - time.perf_counter()))
            if stop.is_set():
                return
            due = time.perf_counter() + self.random.uniform(low, high)
            await self._act()

    async def close(self) -> None:
        """Leave the page."""
        self._closing = True
        self._stop_timers()
        if self._poller is not None:
            self._poller.cancel()
        if self._socket is not None:
            await self._socket.close()
        if self._reader is not None:
            await asyncio.gather(self._reader, return_exceptions=True)

    async def _act(self) -> None:
        """Change one widget and wait until the run it causes has finished."""
        choices = self.choices()
        if not choices:
            self.tally.errors["no widget to change"] += 1
            return
        widget = self.random.choice(choices)
        change(widget, self.random)
        patience = time.perf_counter() + TIMER_PATIENCE_S
        while widget.fragment in self._pending and time.perf_counter() < patience:
            await asyncio.sleep(0.005)
        started = time.perf_counter()
        finished = await self._run(widget.fragment)
        if finished is not None:
            self.tally.action_ms.append((finished - started) * 1000)
            self.tally.labels[widget.label] += 1

    def choices(self) -> list[Widget]:
        """The widgets on the page that this visitor may change."""
        kinds, label = self.plan.kinds, self.plan.label.lower()
        return [
            widget
            for widget in self.page.widgets.values()
            if widget.kind in kinds and label in widget.label.lower() and can_change(widget)
        ]

    async def _run(self, fragment: str, first: bool = False) -> float | None:
        """Ask for a run; give the moment it finished, None if it never did."""
        wait = Wait(fragment, asyncio.get_running_loop().create_future())
        self._wait = wait
        try:
            await self._send(fragment, first=first)
            return await asyncio.wait_for(wait.done, self.plan.limit_s)
        except TimeoutError:
            cause = " (a fragment's timer run overtook it)" if wait.overtaken else ""
            self.tally.errors[f"no end of the run in {self.plan.limit_s:g} s{cause}"] += 1
        except (OSError, WebSocketException) as error:
            self._lose(f"connection: {type(error).__name__}")
        finally:
            self._wait = None
        return None

    async def _send(self, fragment: str, first: bool = False, automatic: bool = False) -> None:
        """Send one request to run the script or a fragment of it."""
        if self._socket is None or self.lost:
            return
        request = ClientState(
            page_script_hash="" if first else self._page_hash,
            page_name=self.plan.page if first else "",
            query_string=self.plan.query if first else "",
            fragment_id=fragment,
            is_auto_rerun=automatic,
            cached_message_hashes=self.page.cached(),
        )
        request.widget_states.widgets.extend(self.page.states())
        context = request.context_info
        context.timezone, context.locale, context.color_scheme = "UTC", "en-US", "light"
        context.url = f"{self.plan.address}/{self.plan.page}"
        await self._socket.send(BackMsg(rerun_script=request).SerializeToString())
        self.page.sent()

    async def _read(self, socket: ClientConnection) -> None:
        """Take in every message until the connection ends."""
        try:
            async for data in socket:
                self.tally.received_bytes += len(data)
                self._take(ForwardMsg.FromString(data))
        except WebSocketException as error:
            self._lose(f"connection: {type(error).__name__}")
        if not self._closing:
            self._lose("the server ended the connection")

    def _take(self, message: ForwardMsg) -> None:
        """Act on one message as the browser does."""
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self._start_run(message)
        elif kind == "delta":
            self.page.take(message.delta, message.metadata.delta_path)
            if message.metadata.cacheable:
                self.page.keep(message.hash, message.delta)
        elif kind == "ref_hash":
            self.page.take_cached(message.ref_hash, message.metadata.delta_path)
        elif kind == "auto_rerun":
            self.timed[message.auto_rerun.fragment_id] = message.auto_rerun.interval
            if self.plan.auto_rerun:
                self._start_timer(message.auto_rerun.fragment_id, message.auto_rerun.interval)
        elif kind == "stop_auto_rerun":
            self._stop_timers(list(message.stop_auto_rerun.fragment_ids))
        elif kind == "navigation":
            self._page_hash = message.navigation.page_script_hash
        elif kind == "page_not_found":
            self.tally.errors["page not found"] += 1
        elif kind == "session_event":
            self._take_event(message.session_event)
        elif kind == "script_finished":
            self._finish_run(message)

    def _take_event(self, event: Any) -> None:
        """Count a script that could not be compiled."""
        if event.WhichOneof("type") == "script_compilation_exception":
            shown = event.script_compilation_exception
            self.tally.errors[f"{shown.type}: {shown.message[:120]}"] += 1

    def _start_run(self, message: ForwardMsg) -> None:
        """A run begins: a full one (no fragments named) forgets all timers."""
        self.page.begin(message.metadata.run.fragment_ids)
        fragments = self.page.fragments
        if not fragments:
            self._stop_timers()
            self.timed.clear()
            self._page_hash = message.new_session.page_script_hash
        wait = self._wait
        if wait and (not fragments or wait.fragment in fragments):
            wait.started = True

    def _finish_run(self, message: ForwardMsg) -> None:
        """A run has ended: forget what it no longer shows, wake who waits."""
        status = message.script_finished
        full = not message.metadata.run.fragment_ids
        if full and status in DONE:
            self.page.end()
            self._pending.clear()
        elif status == ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY:
            ran = set(message.metadata.run.fragment_ids)
            self.page.end_of(ran)
            self._pending -= ran
            full = self._wait is not None and self._wait.fragment in ran
        wait = self._wait
        if wait and not full:
            wait.overtaken = True
        early = status == ForwardMsg.FINISHED_EARLY_FOR_RERUN
        if wait and wait.started and full and not early and not wait.done.done():
            wait.done.set_result(time.perf_counter())

    def _start_timer(self, fragment: str, interval: float) -> None:
        """Rerun a fragment every few seconds, as the browser's timer does."""
        if fragment not in self._timers:
            self._timers[fragment] = asyncio.create_task(self._tick(fragment, interval))

    async def _tick(self, fragment: str, interval: float) -> None:
        """The timer of one fragment."""
        while not self.lost:
            await asyncio.sleep(interval)
            if self._wait is not None and self._wait.fragment == fragment:
                continue
            self._pending.add(fragment)
            self.tally.auto_reruns += 1
            with suppress(OSError, WebSocketException):
                await self._send(fragment, automatic=True)

    def _stop_timers(self, fragments: list[str] | None = None) -> None:
        """Stop the timers of these fragments, or all of them."""
        for fragment in list(self._timers) if fragments is None else fragments:
            timer = self._timers.pop(fragment, None)
            if timer is not None:
                timer.cancel()

    def _lose(self, reason: str) -> None:
        """The connection is gone; the visitor does nothing more."""
        if not self.lost:
            self.lost = True
            self.tally.errors[reason] += 1
            if self._wait is not None and not self._wait.done.done():
                self._wait.done.set_exception(OSError(reason))
