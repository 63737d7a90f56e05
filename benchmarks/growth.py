"""A day of visits in fast motion: memory, open files and threads of every process, and what the store gathers."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks._guest import Guest
from benchmarks._plan import Plan, Tally
from benchmarks._server import ROOT, BenchmarkError, Server, running_server, store_processes

EXTRA = "PROVING_GROUND_EXTRA"
TINY = ("testing-tiny_quantile", "testing-tiny_stock")
BLOCKS = 10
KINDS = ("slider", "button_group", "checkbox")
WATCHED = ("rss_mb", "files", "threads")
FOLDERS = ("locks", "requests", "cache", "baselines")


@dataclass
class Watch:
    """Samples of every process, and of what the store holds beside its runs; one per few seconds."""

    server: Server
    samples: dict[str, list[dict[str, float]]] = field(default_factory=dict)

    def take(self, visits: int) -> None:
        """One sample of everything, marked with how many visits have ended."""
        for role, pid in roles(self.server).items():
            if (seen := process_facts(pid)) is not None:
                self.samples.setdefault(role, []).append({"visits": visits, "pid": pid, **seen})
        self.samples.setdefault("store", []).append({"visits": visits, **store_facts(self.server.store)})


def roles(server: Server) -> dict[str, int]:
    """Which process is which: web, supervisor, answers and, while there is one, the training worker."""
    found = {"web": server.process.pid}
    commands = {pid: command_of(pid) for pid in store_processes(server.store)}
    forks = {pid for pid, words in commands.items() if "forkserver" in words}
    for pid, words in commands.items():
        if "core.answering.worker" in words:
            found["answers"] = pid
        elif "-m core.jobs " in words:
            found["supervisor"] = pid
        elif pid in forks and parent_of(pid) in forks:
            found["trainer"] = pid
    return found


def command_of(pid: int) -> str:
    """A process's command line; empty where it has gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def parent_of(pid: int) -> int:
    """A process's parent; 0 where it has gone."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def process_facts(pid: int) -> dict[str, float] | None:
    """Resident memory (MB), open files and threads of a process; None where it has gone."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        files = len(os.listdir(f"/proc/{pid}/fd"))
        threads = len(os.listdir(f"/proc/{pid}/task"))
    except (OSError, IndexError):
        return None
    return {"rss_mb": pages * os.sysconf("SC_PAGE_SIZE") / 2**20, "files": files, "threads": threads}


def store_facts(store: Path) -> dict[str, float]:
    """How many files lie in the folders that should stay small, the log's size, and the number of runs."""
    facts: dict[str, float] = {name: _count(store / name) for name in FOLDERS}
    log = store / "supervisor.log"
    facts["log_kb"] = log.stat().st_size / 1024 if log.exists() else 0.0
    facts["runs"] = _count(store / "runs")
    return facts


def _count(folder: Path) -> int:
    return len(list(folder.iterdir())) if folder.is_dir() else 0


def slope(samples: list[dict[str, float]], what: str, warm_up: float) -> dict[str, float] | None:
    """Least squares of a figure over the visits after the warm-up: its growth per day, and its value at both ends."""
    if not samples:
        return None
    last = samples[-1]["visits"]
    kept = [(s["visits"], s[what]) for s in samples if s["visits"] >= warm_up * last]
    if len(kept) < 8:
        return None
    xs, ys = [x for x, _ in kept], [y for _, y in kept]
    middle_x, middle_y = statistics.fmean(xs), statistics.fmean(ys)
    spread = sum((x - middle_x) ** 2 for x in xs)
    per_visit = sum((x - middle_x) * (y - middle_y) for x, y in kept) / spread if spread else 0.0
    fifth = max(1, len(ys) // 5)
    return {
        "per_1000_visits": round(1000 * per_visit, 2),
        "start": round(statistics.median(ys[:fifth]), 1),
        "end": round(statistics.median(ys[-fifth:]), 1),
        "most": round(max(ys), 1),
        "floor_per_1000_visits": floor_slope(kept),
    }


def floor_slope(kept: list[tuple[float, float]]) -> float:
    """The growth of what is left after collections: memory is a saw, and its lowest points tell a leak. Theil-Sen over
    the minima of equal blocks, so that one block without a collection does not decide."""
    low, high = kept[0][0], kept[-1][0]
    floors: dict[int, tuple[float, float]] = {}
    for x, y in kept:
        block = min(BLOCKS - 1, int(BLOCKS * (x - low) / max(high - low, 1e-9)))
        floors[block] = min(floors.get(block, (x, y)), (x, y), key=lambda point: point[1])
    points = list(floors.values())
    slopes = [(b[1] - a[1]) / (b[0] - a[0]) for i, a in enumerate(points) for b in points[i + 1 :] if b[0] > a[0]]
    return round(1000 * statistics.median(slopes), 2) if slopes else 0.0


def pages_of(names: list[str], random: Random) -> str:
    """A page as visitors choose them: mostly use cases, sometimes the front page or an industry's."""
    fronts = ["", *sorted({name.split("-")[0] for name in names if not name.startswith("testing")})]
    return random.choice(fronts) if random.random() < 0.25 else random.choice(names)


async def day(args: argparse.Namespace, server: Server, watch: Watch, tally: Tally) -> None:
    """All visits, evenly over the time, each with its own page and its own steps."""
    names = use_case_pages()
    random = Random(args.seed)
    ended = 0

    async def visit(number: int) -> None:
        nonlocal ended
        train = number % args.train_every == 0
        page = random.choice(args.train_on) if train else pages_of(names, random)
        plan = Plan(address=server.address, page=page, kinds=KINDS, limit_s=args.limit)
        guest = Guest(plan, tally, args.seed + number)
        await guest.visit(random.randint(1, args.most_steps), train, (0.1, 0.6))
        ended += 1

    async def look() -> None:
        while True:
            watch.take(ended)
            await asyncio.sleep(args.every)

    looking = asyncio.create_task(look())
    under_way: set[asyncio.Task[None]] = set()
    began = time.perf_counter()
    try:
        for number in range(args.visits):
            await asyncio.sleep(max(0.0, began + args.minutes * 60 * number / args.visits - time.perf_counter()))
            while len(under_way) >= args.at_once:
                _done, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
            task = asyncio.create_task(visit(number))
            under_way.add(task)
            server.check_alive()
        await asyncio.gather(*under_way)
        watch.take(ended)
    finally:
        looking.cancel()


def use_case_pages() -> list[str]:
    """The link names of all use cases."""
    from core.use_cases import all_use_cases

    return [use_case.slug for use_case in all_use_cases()]


def measure(args: argparse.Namespace) -> dict[str, Any]:
    """Start the app on a fresh store, let the day pass, and fit what each process did."""
    os.environ[EXTRA] = str(ROOT / "tests" / "extra")
    tally = Tally()
    with running_server(ROOT / "streamlit_app.py", {}, ROOT) as server:
        watch = Watch(server)
        began = time.perf_counter()
        asyncio.run(_first(server, args))
        asyncio.run(day(args, server, watch, tally))
        seconds = time.perf_counter() - began
        server.check_alive()
        logs = {name: path.read_text(errors="replace") for name, path in logs_of(server).items() if path.exists()}
    return {
        "visits": args.visits,
        "minutes": round(seconds / 60, 1),
        "runs_of_pages": len(tally.open_ms) + len(tally.action_ms),
        "trainings": tally.labels["pressed Train"],
        "errors": dict(tally.errors),
        "action_ms_median": round(statistics.median(tally.action_ms), 1) if tally.action_ms else None,
        "growth": {
            role: {what: slope(samples, what, args.warm_up) for what in WATCHED}
            for role, samples in watch.samples.items()
            if role != "store"
        },
        "processes": {role: len({s["pid"] for s in samples if "pid" in s}) for role, samples in watch.samples.items()},
        "store": watch.samples["store"][-1],
        "failures": {name: failures(text) for name, text in logs.items()},
        "samples": watch.samples if args.samples else {},
    }


def logs_of(server: Server) -> dict[str, Path]:
    """Where the web process and the supervisor's family write."""
    return {"web": server.log, "supervisor": server.store / "supervisor.log"}


def failures(log: str) -> list[str]:
    """The last line of every traceback: what a visitor sees redacted."""
    found, inside = [], False
    for line in log.splitlines():
        if line.startswith("Traceback"):
            inside = True
        elif inside and line and not line.startswith(" "):
            found.append(line[:300])
            inside = False
    return found


async def _first(server: Server, args: argparse.Namespace) -> None:
    """One visitor on the front page: Streamlit knows the other pages from then on."""
    guest = Guest(Plan(address=server.address, page="", kinds=KINDS, limit_s=args.limit), Tally(), 0)
    await guest.visit(0, False, (0.0, 0.0))


def describe(result: dict[str, Any]) -> None:
    """The figures for a person."""
    print(
        f"{result['visits']} visits in {result['minutes']} min, {result['runs_of_pages']} page runs, "
        f"{result['trainings']} trainings, a step took {result['action_ms_median']} ms, "
        f"errors: {result['errors'] or 'none'}"
    )
    for role, found in result["growth"].items():
        parts = [
            f"{what} {f['start']} -> {f['end']} ({f['per_1000_visits']:+} per 1,000 visits, floor "
            f"{f['floor_per_1000_visits']:+}, most {f['most']})"
            for what, f in found.items()
            if f
        ]
        print(f"  {role} ({result['processes'][role]} process): {'; '.join(parts)}")
    print(f"  store at the end: {result['store']}; failures in the logs: {result['failures']}")


def parser() -> argparse.ArgumentParser:
    """The command line of this measurement."""
    result = argparse.ArgumentParser(description=__doc__)
    add = result.add_argument
    add("--visits", type=int, default=1440, help="a day of 60 visits an hour")
    add("--minutes", type=float, default=10.0, help="the time that the day takes")
    add("--at-once", type=int, default=12, help="most visitors at the same moment")
    add("--train-every", type=int, default=12, help="each n-th visit trains something tiny")
    add("--train-on", nargs="+", default=list(TINY), metavar="PAGE", help="pages on which they train")
    add("--most-steps", type=int, default=5)
    add("--warm-up", type=float, default=0.4, help="share of the visits left out of the fit")
    add("--every", type=float, default=3.0, help="seconds between samples")
    add("--limit", type=float, default=60.0, help="longest wait for one run")
    add("--seed", type=int, default=1)
    add("--samples", action="store_true", help="with --json: every sample too")
    add("--json", action="store_true")
    return result


def main() -> int:
    """Run the measurement and print it."""
    args = parser().parse_args()
    try:
        result = measure(args)
    except BenchmarkError as error:
        print(error, file=sys.stderr)
        return 2
    if args.json:
        print(json.dumps(result, indent=1))
    else:
        describe(result)
    return 0


if __name__ == "__main__":
    sys.exit(main())
