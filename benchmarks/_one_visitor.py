"""One visitor at a time: what an action and a tick of the monitor cost the web server, beside another build."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path
from typing import Any

from benchmarks._follow import Feed
from benchmarks._guest import Guest
from benchmarks._plan import Plan, Tally
from benchmarks._server import ROOT, BenchmarkError, Server, environment, running_server, store_processes
from benchmarks._training import Training
from benchmarks._widgets import Widget, change, option_text

# Section -> the words that begin the labels of what a visitor moves there; "" is all that can be moved.
WALK = {
    "Train": ("Epochs", "Learning rate", "Width", "Presets", "Networks", "Seeds"),
    "What if": (),
    "Money": (),
    "Results": ("Metric",),
}
SECTIONS = ("Question", "Data", "Train", "Results", "What if", "Money")
_FROZEN_S = "3600"
_START_S = 400.0


class Walker(Guest):
    """Changes one thing after the other, and knows what it has cost."""

    def __init__(self, plan: Plan, tally: Tally, seed: int, server: Server) -> None:
        super().__init__(plan, tally, seed)
        self.server = server
        self.spent: dict[str, list[float]] = {}

    async def walk(self, rounds: int, changes: int) -> None:
        """So many rounds through all sections, and so many changes in each that has something to move."""
        for turn in range(rounds + 1):
            self.counts = turn > 0  # the first round fills what is kept
            for section in SECTIONS:
                await self._spend("section", self._switch(section))
                if section == "Results":
                    await self._open_folds()
                if section in WALK:
                    await self._spend(section, *(self._change(section) for _ in range(changes)))

    async def _spend(self, name: str, *actions: Any) -> None:
        before = self.server.use().cpu_s or 0.0
        for action in actions:
            await action
        await asyncio.sleep(0.03)
        used = (self.server.use().cpu_s or 0.0) - before
        if self.counts:
            spent = self.spent.setdefault(name, [0.0, 0.0])
            spent[0] += used
            spent[1] += len(actions)

    async def _switch(self, title: str) -> None:
        sections = self._sections()
        if sections is None:
            raise BenchmarkError("The page has no bar of sections.")
        names = [option_text(option) for option in sections.proto.options]
        found = next((name for name in names if name.endswith(title)), None)
        if found is None:
            raise BenchmarkError(f"There is no section {title} among {', '.join(names)}.")
        await self.choose_section(found)
        self._check()

    async def _open_folds(self) -> None:
        """A fold that hides what is to be moved."""
        for fold in list(self.page.folds.values()):
            if not fold.state.bool_value and "metric" in fold.label.lower():
                fold.state.bool_value = True
                await self._timed(fold.fragment)

    async def _change(self, section: str) -> None:
        widget = self.random.choice(self._movable(section))
        change(widget, self.random)
        await self._timed(widget.fragment)
        self.tally.labels[f"{section}: {widget.label}"] += 1
        self._check()

    def _movable(self, section: str) -> list[Widget]:
        begins = WALK[section]
        skip = ("Section", "Held-out", "Language", "Run")
        found = [
            w
            for w in self.choices()
            if w.label.strip() and not w.label.startswith(skip) and (not begins or w.label.startswith(begins))
        ]
        if not found:
            seen = ", ".join(sorted(f"{w.kind} {w.label}" for w in self.page.widgets.values()))
            raise BenchmarkError(f"There is nothing to move in {section}; it has {seen}.")
        return found

    def _check(self) -> None:
        if self.lost or self.tally.errors:
            raise BenchmarkError(f"The visitor saw {dict(self.tally.errors)}.")


@contextmanager
def frozen_training(use_case: str, settings: list[str], cwd: Path, server: Server) -> Iterator[None]:
    """A training that has begun and stands still, so that it is followed and takes nothing from the processor."""
    command = Training(use_case, settings, cwd, server.store).command
    with (server.store / "frozen.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=cwd, env=environment(server.store), stdout=log, stderr=log, start_new_session=True
        )
    try:
        limit = time.time() + _START_S
        while not any(b'"epoch"' in f.read_bytes() for f in server.store.glob("runs/*/progress.jsonl")):
            if process.poll() is not None or time.time() > limit:
                raise BenchmarkError(f"The training did not begin: {(server.store / 'frozen.log').read_text()[-300:]}")
            time.sleep(0.2)
        for pid in store_processes(server.store):
            with suppress(OSError):
                if b"forkserver" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    os.kill(pid, signal.SIGSTOP)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGSTOP)
        yield
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


async def _measured(server: Server, plan: Plan, rounds: int, changes: int, ticks: int, seed: int) -> dict[str, Any]:
    early = Walker(plan, Tally(), seed, server)  # the first visitor of an older server is told "page not found"
    await early.open()
    await early.close()
    tally = Tally()
    walker = Walker(plan, tally, seed, server)
    await walker.open()
    if not tally.open_ms:
        raise BenchmarkError(f"The page did not open: {'; '.join(tally.errors)}.")
    await walker.walk(rounds, changes)
    await walker._switch("Train")
    idle = await _idle(server, 4.0)
    tick = await _ticks(walker, server, ticks, idle)
    await walker.close()
    each = {name: round(1000 * s / n, 2) for name, (s, n) in walker.spent.items()}
    actions = sum(n for _, n in walker.spent.values())
    return {
        "action_ms": round(1000 * sum(s for s, _ in walker.spent.values()) / actions, 2),
        "each_ms": each,
        "actions": int(actions),
        "tick_ms": tick,
        "idle_ms_per_s": round(1000 * idle, 2),
        "elapsed_ms": round(sum(tally.action_ms) / len(tally.action_ms), 1),
        "labels": dict(tally.labels),
    }


async def _idle(server: Server, seconds: float) -> float:
    """Processor seconds a second while nobody does anything."""
    before = server.use().cpu_s or 0.0
    await asyncio.sleep(seconds)
    return ((server.use().cpu_s or 0.0) - before) / seconds


async def _ticks(walker: Walker, server: Server, count: int, idle: float) -> float:
    """What one tick of the monitor costs: a fragment's timer, or a poll of the feed, as often as it is asked for."""
    feed, timers = Feed.of(walker.page.followed, server.address), dict(walker.timed)
    began, before = time.perf_counter(), server.use().cpu_s or 0.0
    for _ in range(count):
        if feed is not None:
            await feed.poll()
            await asyncio.sleep(feed.pace_s)
        elif timers:
            fragment, interval = next(iter(timers.items()))
            await walker._run(fragment)
            await asyncio.sleep(interval)
        else:
            raise BenchmarkError("The page follows no training.")
    used = (server.use().cpu_s or 0.0) - before - idle * (time.perf_counter() - began)
    return round(1000 * used / count, 2)


def compare(args: Any) -> dict[str, Any]:
    """This build, and another where one is named, in turns; shares are medians over the turns."""
    found: dict[str, list[dict[str, Any]]] = {}
    for _turn in range(args.turns):
        if args.before:
            with _without(_newer_packages(args.before)):
                found.setdefault("before", []).append(measure(args.before.resolve() / "streamlit_app.py", args))
        found.setdefault("now", []).append(measure(args.app, args))
    result: dict[str, Any] = dict(found)
    if args.before:
        pairs = list(zip(found["before"], found["now"], strict=True))
        for name in ("action_ms", "tick_ms"):
            shares = [round(now[name] / before[name], 3) for before, now in pairs]
            result[f"share_of_{name}"] = {"median": statistics.median(shares), "each": shares}
    return result


def _newer_packages(before: Path) -> list[str]:
    """Packages that this build asks for, and the other neither asks for nor has by what it asks for."""
    now, then = (
        {line.partition("==")[0].strip().lower() for line in (root / "requirements.txt").read_text().splitlines()}
        for root in (ROOT, before)
    )
    return sorted(now - _brought(then))


def _brought(named: set[str]) -> set[str]:
    """Packages and all that these need, as they are installed here."""
    found, left = set[str](), [name for name in named if name]
    while left:
        name = left.pop()
        if name in found:
            continue
        found.add(name)
        with suppress(PackageNotFoundError):
            needed = (text for text in requires(name) or () if "extra" not in text.partition(";")[2])
            left += [re.split(r"[^\w.-]", text, maxsplit=1)[0].lower() for text in needed]
    return found


@contextmanager
def _without(packages: list[str]) -> Iterator[None]:
    """Processes that are started meanwhile do not find these packages."""
    known = os.environ.get("PYTHONPATH")
    with tempfile.TemporaryDirectory() as hidden:
        for name in packages:
            (Path(hidden) / f"{name}.py").write_text(f"raise ModuleNotFoundError({name!r})\n")
        os.environ["PYTHONPATH"] = os.pathsep.join([hidden, *([known] if known else [])])
        try:
            yield
        finally:
            os.environ.pop("PYTHONPATH")
            if known is not None:
                os.environ["PYTHONPATH"] = known


def measure(app: Path, args: Any) -> dict[str, Any]:
    """One build: a fresh store, a training that stands still, one visitor."""
    os.environ.update(PROVING_GROUND_SILENT_S=_FROZEN_S, PROVING_GROUND_CALIBRATION="0")
    use_case = args.train or "retail/coupon_response"
    settings = args.set or ["num_epochs=200", "patience=1000"]
    with (
        running_server(app, {}, app.parent, args.store) as server,
        frozen_training(use_case, settings, app.parent, server),
    ):
        plan = Plan(
            address=server.address,
            page=args.page.strip("/").partition("?")[0],
            kinds=("slider", "button_group", "number_input"),
            limit_s=args.limit,
            auto_rerun=False,
        )
        result = asyncio.run(_measured(server, plan, args.rounds, args.changes, args.ticks, args.seed))
        server.check_alive()
        return result
