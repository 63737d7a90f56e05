"""Requests to a running job, as flag files, and the lock that says whether a run has a living worker."""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

from filelock import FileLock, Timeout

from core.store.files import lock_at, make_folder, make_way, remove

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
    make_folder(path.parent)
    make_way(path)
    path.touch()


def asked(store: Path, run_id: str, request: Request) -> bool:
    """Whether it was asked, and has not been done yet."""
    return flag(store, run_id, request).is_file()


def withdraw(store: Path, run_id: str, *requests: Request) -> None:
    """Take requests back."""
    for request in requests:
        remove(flag(store, run_id, request))


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
    return lock_at(store / "locks" / f"{run_id}.lock")


def has_worker(store: Path, run_id: str) -> bool:
    """Whether a living worker holds the run."""
    lock = run_lock(store, run_id)
    if not Path(lock.lock_file).exists():  # a run that waits is asked about often; a look should leave nothing behind
        return False
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    lock.release()
    return False


def holds_lock(store: Path, run_id: str, pid: int) -> bool:
    """Whether this process has the run's lock open; where the system does not tell, whether anybody holds it."""
    lock, open_files = (store / "locks" / f"{run_id}.lock").resolve(), Path("/proc") / str(pid) / "fd"
    if not Path("/proc/self/fd").exists():
        return has_worker(store, run_id)
    try:
        return any(_leads_to(link, lock) for link in open_files.iterdir())
    except OSError:
        return False  # it has gone, or is somebody else's


def _leads_to(link: Path, path: Path) -> bool:
    try:
        return link.readlink() == path
    except OSError:
        return False


def clear(store: Path, run_id: str) -> None:
    """Remove the lock file, the signs of life and every request of a run that nobody carries out any more."""
    for kind in ("lock", "pulse"):
        remove(store / "locks" / f"{run_id}.{kind}")
    withdraw(store, run_id, *Request)
