"""Many visitors at once: how long a change takes and what the server uses."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import _one_visitor
from benchmarks._guest import Guest
from benchmarks._plan import Plan, Tally
from benchmarks._report import print_result
from benchmarks._server import (
    ROOT,
    BenchmarkError,
    Server,
    Use,
    heavy_packages,
    parse_options,
    process_use,
    running_server,
)
from benchmarks._training import Training, speed_kept
from benchmarks._visitor import Visitor
from benchmarks._widgets import KINDS

LAG_STEP_S = 0.02
SETTLE_S = 1.0
_FIRST_S = 120.0  # whoever comes first waits for the answer worker and for data


def spread(values: list[float]) -> dict[str, float | int | None]:
    """Count, median, 95th percentile and largest of some times."""
    ordered = sorted(values)
    if not ordered:
        return {"count": 0, "median": None, "p95": None, "max": None}
    p95 = ordered[min(len(ordered) - 1, -(-95 * len(ordered) // 100) - 1)]
    return {
        "count": len(ordered),
        "median": round(statistics.median(ordered), 1),
        "p95": round(p95, 1),
        "max": round(ordered[-1], 1),
    }


async def watch_lag(lags: list[float]) -> None:
    """Note how late this process itself wakes up, in milliseconds."""
    while True:
        due = time.perf_counter() + LAG_STEP_S
        await asyncio.sleep(LAG_STEP_S)
        lags.append((time.perf_counter() - due) * 1000)


async def open_all(visitors: list[Visitor], ramp_s: float) -> None:
    """Let the visitors arrive evenly over some seconds and wait for all pages."""

    async def arrive(number: int, visitor: Visitor) -> None:
        await asyncio.sleep(ramp_s * number / len(visitors))
        await visitor.open()

    await asyncio.gather(*(arrive(n, visitor) for n, visitor in enumerate(visitors)))


@dataclass(frozen=True)
class Moment:
    """The clock and what the server and this process have used by then."""

    at: float
    server: Use
    client: Use
    auto_reruns: int
    received_bytes: int


def moment(server: Server, tally: Tally) -> Moment:
    """Read the clock, both processes and the running counts now."""
    return Moment(
        time.perf_counter(),
        server.use(),
        process_use(os.getpid()),
        tally.auto_reruns,
        tally.received_bytes,
    )


async def act_all(
    visitors: list[Visitor],
    duration_s: float,
    training: Training | None,
    now: Callable[[], Moment],
) -> tuple[list[float], Moment]:
    """Let all visitors act; with a training, until the last one has ended too.

    Give the training speeds and the moment the visitors stopped beginning actions.
    """
    over, stop = asyncio.Event(), asyncio.Event()
    acting = [asyncio.create_task(visitor.act_until(stop)) for visitor in visitors]
    try:
        trains = asyncio.create_task(training.repeat_until(over)) if training else None
        await asyncio.sleep(duration_s)
        over.set()
        speeds = await trains if trains else []
        return speeds, now()
    finally:
        stop.set()
        await asyncio.gather(*acting)


async def crowd(count: int, args: argparse.Namespace, server: Server, training: Training | None) -> dict[str, Any]:
    """Measure one crowd on a server that has drawn the page once before."""
    plan = make_plan(args, server)
    await warm_up(replace(plan, auto_rerun=False))
    idle = await idle_speed(args, training)
    tally, lags = Tally(), list[float]()
    now = partial(moment, server, tally)
    visitors = [Visitor(plan, tally, args.seed + number) for number in range(count)]
    before = server.use()
    watcher = asyncio.create_task(watch_lag(lags))
    try:
        await open_all(visitors, args.ramp)
        await asyncio.sleep(SETTLE_S)
        opened, opening_errors = now(), dict(tally.errors)
        lags.clear()
        speeds, after = await act_all(visitors, args.duration, training, now)
    finally:
        watcher.cancel()
        await asyncio.gather(*(visitor.close() for visitor in visitors))
    seconds = after.at - opened.at
    result: dict[str, Any] = {"visitors": count, "seconds": round(seconds, 1)}
    result |= seen(tally, opening_errors)
    received = after.received_bytes - opened.received_bytes
    result["polls"] = dict(tally.polls)
    result["auto_reruns"] = after.auto_reruns - opened.auto_reruns
    result["received_mb"] = round(received / 2**20, 1)
    result["actions_per_s"] = round(len(tally.action_ms) / seconds, 1)
    result["lost"] = sum(visitor.lost for visitor in visitors)
    result["server"] = server_use(before, opened.server, after.server, seconds)
    result["server"]["heavy"] = heavy_packages(server.process.pid)
    result["client"] = {
        "cpu_share": share(opened.client.cpu_s, after.client.cpu_s, seconds),
        "lag_ms": spread(lags),
    }
    if training is not None:
        result["training"] = speed_kept(idle, speeds)
    return result


def seen(tally: Tally, opening_errors: dict[str, int]) -> dict[str, Any]:
    """What the visitors saw, as numbers."""
    return {
        "open_ms": spread(tally.open_ms),
        "action_ms": spread(tally.action_ms),
        "opening_errors": opening_errors,
        "errors": dict(tally.errors),
        "labels": dict(tally.labels),
    }


def server_use(before: Use, opened: Use, after: Use, seconds: float) -> dict[str, Any]:
    """What the server used while the visitors came and while they acted."""
    return {
        "cpu_share": share(opened.cpu_s, after.cpu_s, seconds),
        "opening_cpu_s": minus(opened.cpu_s, before.cpu_s),
        "acting_cpu_s": minus(after.cpu_s, opened.cpu_s),
        "rss_before_mb": before.rss_mb,
        "rss_opened_mb": opened.rss_mb,
        "rss_after_mb": after.rss_mb,
    }


def make_plan(args: argparse.Namespace, server: Server) -> Plan:
    """What each visitor of this measurement does."""
    return Plan(
        address=server.address,
        page=args.page.strip("/").partition("?")[0],
        query=args.page.partition("?")[2],
        kinds=tuple(args.kinds.split(",")),
        label=args.label,
        pause_s=(args.pause[0], args.pause[1]),
        limit_s=args.limit,
        auto_rerun=not args.no_auto_rerun,
    )


async def warm_up(plan: Plan) -> None:
    """One visitor draws the page, so that imports and caches are done."""
    tally = Tally()
    visitor = Guest(replace(plan, limit_s=_FIRST_S), tally, 0)
    await visitor.open()
    for section in visitor.sections():
        await visitor.choose_section(section)
    labels = sorted(widget.label for widget in visitor.page.widgets.values())
    wanted = visitor.choices()
    await visitor.close()
    if not tally.open_ms:
        raise BenchmarkError(f"The page did not open: {'; '.join(tally.errors)}.")
    if not wanted:
        found = ", ".join(labels) or "none"
        raise BenchmarkError(f"The page has no widget to change; it shows: {found}.")


async def idle_speed(args: argparse.Namespace, training: Training | None) -> list[float]:
    """The training's speed without visitors."""
    if training is None:
        return []
    return [await training.run() for _ in range(args.idle_trainings)]


def minus(after: float | None, before: float | None) -> float | None:
    """The difference of two readings, None where one is missing."""
    return None if after is None or before is None else round(after - before, 2)


def share(before: float | None, after: float | None, seconds: float) -> float | None:
    """CPU seconds per second: 1.0 is one core in full use."""
    used = minus(after, before)
    return None if used is None else round(used / seconds, 2)


def measure(args: argparse.Namespace) -> list[dict[str, Any]]:
    """Every crowd in turn, each on a fresh server."""
    results = []
    cwd = args.app.resolve().parent
    for count in args.visitors:
        options = parse_options(args.option)
        with running_server(args.app, options, cwd, args.store) as server:
            training = None
            if args.train:
                training = Training(args.train, args.set, cwd, server.store)
            try:
                result = asyncio.run(crowd(count, args, server, training))
            except BenchmarkError:
                server.check_alive()
                raise
            server.check_alive()
        results.append(result)
        if not args.json:
            print_result(result)
    return results


def parser() -> argparse.ArgumentParser:
    """The command line of this measurement."""
    result = argparse.ArgumentParser(description=__doc__)
    add = result.add_argument
    add("--visitors", type=int, nargs="+", default=[50, 200])
    add("--duration", type=float, default=30.0, help="seconds of changes")
    add("--ramp", type=float, default=10.0, help="seconds over which visitors arrive")
    add("--page", default="/retail-coupon_response?section=train", help="path of the page")
    add("--app", type=Path, default=ROOT / "streamlit_app.py")
    add("--store", type=Path, help="store to copy for every start")
    add("--option", action="append", default=[], metavar="NAME=VALUE")
    add("--label", default="", help="change only widgets with this in their label")
    add("--kinds", default="slider,button_group", help="of: " + ",".join(KINDS))
    add("--pause", type=float, nargs=2, default=[2.0, 4.0], metavar=("LOW", "HIGH"))
    add("--limit", type=float, default=30.0, help="longest wait for one run")
    add("--no-auto-rerun", action="store_true", help="leave out the fragments' timers")
    add("--train", metavar="USE_CASE", help="train this beside the visitors")
    add("--set", action="append", default=[], metavar="NAME=VALUE")
    add("--idle-trainings", type=int, default=1)
    add("--one", action="store_true", help="one visitor at a time: what an action and a tick cost")
    add("--before", type=Path, metavar="CHECKOUT", help="the same of another build, in the same run")
    add("--turns", type=int, default=2, help="one visitor: how often both builds are measured")
    add("--rounds", type=int, default=5, help="one visitor: walks through all sections")
    add("--changes", type=int, default=5, help="one visitor: changes in a section")
    add("--ticks", type=int, default=50, help="one visitor: ticks of the monitor")
    add("--seed", type=int, default=1)
    add("--json", action="store_true")
    return result


def main() -> int:
    """Run the measurement and print it."""
    args = parser().parse_args()
    try:
        if args.one or args.before:
            print(json.dumps(_one_visitor.compare(args), indent=2))
            return 0
        results = measure(args)
    except BenchmarkError as error:
        print(error, file=sys.stderr)
        return 2
    if args.json:
        print(json.dumps(results, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
