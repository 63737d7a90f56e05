"""The rows of a queue's tables as typed values. Refuses what no version of the product has written."""

from __future__ import annotations

import math
import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.contracts import State
from core.queue.requests import Request

TABLES: Mapping[str, tuple[str, ...]] = {
    "jobs": ("place", "run", "visitor", "created", "taken"),
    "paused": ("run", "visitor", "since"),
    "notes": ("run", "deaths", "reason", "state"),
    "messages": ("run", "reason", "message"),
    "requests": ("run", "request"),
}
_RUN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}")
MOST_TEXT, _MOST_DEATHS, _MOST_TIME_S = 5_000, 100, 1e11


class OddRow(sqlite3.DatabaseError):
    """A row that no version of the product has written."""


@dataclass(frozen=True, slots=True)
class Job:
    """One entry: the run's id, who asked for it, and when it was taken (None while it waits or is paused)."""

    run: str
    visitor: str
    taken: float | None
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """What is remembered of a run beside its folder: how often its worker died, why it stands where it does, and its
    final state where the folder could not be finalized."""

    deaths: int = 0
    reason: str = ""
    state: str | None = None


def job(run: object, visitor: object, taken: object, *, paused: bool = False) -> Job:
    """A row as a job; raises OddRow."""
    return Job(run_id(run), _text(visitor), None if taken is None else moment(taken), paused)


def note(deaths: object, reason: object, state: object) -> Note:
    """A row as a note; raises OddRow."""
    if not isinstance(deaths, int) or not 0 <= deaths <= _MOST_DEATHS:
        raise OddRow(f"a run has died {deaths!r} times")
    if state is not None and (not isinstance(state, str) or state not in {s.value for s in State if s.is_final}):
        raise OddRow(f"a run has ended as {state!r}")
    return Note(deaths, _text(reason), state)


def request(value: object) -> Request:
    """What a run is asked; raises OddRow."""
    if not isinstance(value, str) or value not in {r.value for r in Request}:
        raise OddRow(f"a run is asked to {str(value)[:60]!r}")
    return Request(value)


def is_run_id(value: object) -> bool:
    """Whether a run can be called so."""
    return isinstance(value, str) and _RUN.fullmatch(value) is not None


def run_id(value: object) -> str:
    """Raises OddRow."""
    if not isinstance(value, str) or not is_run_id(value):
        raise OddRow(f"no run is called {str(value)[:60]!r}")
    return value


def visitor_of(config: Mapping[str, Any]) -> str:
    """Who asked for a run, as its configuration says; empty where it says nothing that a row may hold."""
    try:
        return _text(config.get("visitor", ""))
    except OddRow:
        return ""


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > MOST_TEXT or "\0" in value:
        raise OddRow(f"a text says {str(value)[:60]!r}")
    return value


def moment(value: object) -> float:
    """Seconds since 1970; raises OddRow."""
    if not isinstance(value, int | float) or not math.isfinite(value) or abs(value) > _MOST_TIME_S:
        raise OddRow(f"a time says {value!r}")
    return float(value)


def queued(db: sqlite3.Connection) -> list[Job]:
    """The taken run first, then those that wait, in their order."""
    found = db.execute("SELECT run, visitor, taken FROM jobs ORDER BY taken IS NULL, place").fetchall()
    return [job(*row) for row in found]


def paused(db: sqlite3.Connection) -> list[Job]:
    """Those that were put aside, the longest first."""
    found = db.execute("SELECT run, visitor FROM paused ORDER BY since, rowid").fetchall()
    return [job(run, visitor, None, paused=True) for run, visitor in found]


def every(db: sqlite3.Connection) -> list[Job]:
    """All jobs: the taken one, those that wait, those that are paused."""
    return [*queued(db), *paused(db)]


def requests(db: sqlite3.Connection) -> dict[str, frozenset[Request]]:
    """What each run is asked, of those that are asked anything."""
    found: dict[str, frozenset[Request]] = {}
    for run, asked in db.execute("SELECT run, request FROM requests ORDER BY run, request"):
        found[run_id(run)] = found.get(run_id(run), frozenset()) | {request(asked)}
    return found


def ended(db: sqlite3.Connection) -> set[str]:
    """Runs of which the queue alone remembers how they ended."""
    return {run_id(run) for (run,) in db.execute("SELECT run FROM notes WHERE state IS NOT NULL")}
