"""Requests to a running job, as flag files, and the lock that says whether a run has a living worker."""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

from filelock import FileLock, Timeout

_LOOK_EVERY_S = 0.02


class Request(StrEnum):
    """What a running job can be asked: to end with what it has learned, to leave off until it is resumed, or to leave
    off because its supervisor ends (it goes on with the next one)."""

    STOP = "stop"
    PAUSE = "pause"
    YIELD = "yield"


def flag(store: Path, run_id: str, request: Request) -> Path:
    """The file whose presence asks."""
    return store / "requests" / f"{run_id}.{request.value}"


def ask(store: Path, run_id: str, request: Request) -> None:
    """Ask a running job; raises OSError."""
    path = flag(store, run_id, request)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()


def asked(store: Path, run_id: str, request: Request) -> bool:
    """Whether it was asked, and has not been done yet."""
    return flag(store, run_id, request).exists()


def withdraw(store: Path, run_id: str, *requests: Request) -> None:
    """Take requests back."""
    for request in requests:
        flag(store, run_id, request).unlink(missing_ok=True)


def now_and_then(look: Callable[[], bool]) -> Callable[[], bool]:
    """A look at the disk fifty times a second at most, however often one asks."""
    seen, next_s = False, 0.0

    def cheap() -> bool:
        nonlocal seen, next_s
        now = time.monotonic()
        if now >= next_s:
            seen, next_s = look(), now + _LOOK_EVERY_S
        return seen

    return cheap


def run_lock(store: Path, run_id: str) -> FileLock:
    """The lock that a worker holds while it writes a run; the system frees it when the worker dies."""
    (store / "locks").mkdir(parents=True, exist_ok=True)
    return FileLock(store / "locks" / f"{run_id}.lock")


def has_worker(store: Path, run_id: str) -> bool:
    """Whether a living worker holds the run."""
    lock = run_lock(store, run_id)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    lock.release()
    return False


def clear(store: Path, run_id: str) -> None:
    """Remove the lock file and every request of a run that nobody carries out any more."""
    (store / "locks" / f"{run_id}.lock").unlink(missing_ok=True)
    withdraw(store, run_id, *Request)
