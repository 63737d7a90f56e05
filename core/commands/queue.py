"""`python -m core queue | pause | resume | stop`: the queue, and the words for a run that waits."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from core.commands.printing import print_json
from core.contracts import State
from core.formatting.durations import about
from core.formatting.text import SENTENCE, plain, say
from core.jobs import Jobs, Status
from core.jobs.backends import backend
from core.jobs.rules import OWNER, check_delete
from core.jobs.sweeps import ask_all, is_id, runs_of
from core.store import runs, store_folder
from core.store.runs import Run

if TYPE_CHECKING:
    from core.commands.parser import Parsers

_ASKING = {
    "pause": "leave a run at its next checkpoint",
    "resume": "put a paused run at the end of the queue",
    "stop": "end a run with what it has learned so far, or cancel one that has not trained",
    "delete": "remove a run that has ended, for good",
}


def add(commands: Parsers) -> list[argparse.ArgumentParser]:
    """Add the commands' parsers, and return them."""
    queue = commands.add_parser("queue", help="the run in training, those that wait and those that are paused")
    queue.set_defaults(command=_queue)
    requests = []
    for name, what in _ASKING.items():
        request = commands.add_parser(name, help=what)
        request.add_argument("run", help="its id, or that of a sweep")
        request.set_defaults(command=_request, asked=name)
        requests.append(request)
    return [queue, *requests]


def standing(status: Status) -> str:
    """Where a run stands that is not being trained, or not well, in a line; else empty."""
    parts = {
        State.WAITING: [f"waiting, {status.before} before this one"],
        State.PAUSED: ["paused; it goes on after: python -m core resume RUN"],
    }.get(status.state, [])
    if status.wait_s is not None and status.before:
        parts.append(f"for about {about(status.wait_s)}")
    if status.reason and not status.state.is_final:
        parts.append(status.reason)
    return ", ".join(parts)


def _queue(options: argparse.Namespace) -> int:
    store = store_folder()
    jobs, rows = backend(store), []
    for job in jobs.open_jobs():
        run = runs.read(store / "runs" / job.run)
        rows.append(
            {"run": job.run, "use_case": run.use_case, "visitor": job.visitor, **_standing_json(jobs.status(run))}
        )
    if options.json:
        print_json(rows)
    for row in [] if options.json else rows:
        wait = "" if row["wait_s"] is None else f"in about {about(row['wait_s'])}"
        say(f"{row['run']:54} {row['state']:9} {row['before']:3} {wait:14} {plain(row['reason'], SENTENCE)}")
    return 0


def _request(options: argparse.Namespace) -> int:
    """Pause, resume, stop or delete a run or a whole sweep, and tell where it stands then."""
    store = store_folder()
    jobs, is_sweep = backend(store), is_id(options.run)
    found = runs_of(store, options.run) if is_sweep else [runs.load_run(store, options.run)]
    ask: dict[str, Callable[..., None]] = {"pause": jobs.pause, "resume": jobs.resume, "stop": jobs.stop}
    if options.asked == "delete":
        for run in found:  # all or none
            check_delete(run, OWNER, jobs.status(run).state)
        for run in found:
            jobs.delete(run, visitor=OWNER)
    elif is_sweep:
        ask_all(ask[options.asked], jobs, found, visitor=OWNER)
    else:
        ask[options.asked](found[0], visitor=OWNER)
    rows = [{"run": run.id, **_stands_now(jobs, run, deleted=options.asked == "delete")} for run in found]
    if options.json:
        print_json({"sweep": options.run, "runs": rows} if is_sweep else rows[0])
    for row in [] if options.json else rows:
        say(f"{row['run']}: {row['state']}. {plain(row['reason'], SENTENCE)}")
    return 0


def _stands_now(jobs: Jobs, run: Run, *, deleted: bool) -> dict[str, Any]:
    return {"state": "deleted", "reason": ""} if deleted else _standing_json(jobs.status(run))


def _standing_json(status: Status) -> dict[str, Any]:
    wait_s = None if status.wait_s is None else round(status.wait_s, 1)
    shown = {"state": status.state.value, "before": status.before, "wait_s": wait_s, "reason": status.reason}
    return {**shown, "asked": status.asked}
