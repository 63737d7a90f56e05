"""Requests to a running job, as the queue keeps them and as its worker reads them; the lock that says whether a run has
a living worker."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from filelock import FileLock, Timeout

from core.store.files import lock_at, remove

_LOOK_EVERY_S = 0.02
_READ_ANYWAY_S = 1.0
_BUSY_S = 0.05  # a training does not wait for the queue; it looks again
T = TypeVar("T")


class Request(StrEnum):
    """What a running job can be asked: to end with what it has learned, to leave off until it is resumed, or to leave
    off because its supervisor ends (it goes on with the next one)."""

    STOP = "stop"
    PAUSE = "pause"
    YIELD = "yield"


class RequestReader:
    """What one run is asked, for somebody who looks often: a look costs a stat of the queue's file, which is read when
    it has changed, and once a second, because clocks of file systems are coarse. Never raises: while the file is gone,
    busy or damaged, the last that was read holds."""

    def __init__(self, store: Path, run_id: str) -> None:
        path = (store / "queue.sqlite").absolute()
        self._path, self._uri, self._run = str(path), f"{path.as_uri()}?mode=ro", run_id
        self._seen: tuple[int, int, int] | None = None
        self._asked: frozenset[Request] = frozenset()
        self._next_s = 0.0

    def asked(self) -> frozenset[Request]:
        """What it is asked now, and has not done yet."""
        try:
            found = os.stat(self._path)
        except OSError:
            return self._asked
        seen, now_s = (found.st_mtime_ns, found.st_size, found.st_ino), time.monotonic()
        if seen != self._seen or now_s >= self._next_s:
            asked = self._read()
            if asked is not None:
                self._asked, self._seen, self._next_s = asked, seen, now_s + _READ_ANYWAY_S
        return self._asked

    def _read(self) -> frozenset[Request] | None:
        try:
            with closing(sqlite3.connect(self._uri, uri=True, timeout=_BUSY_S)) as db:
                rows = db.execute("SELECT request FROM requests WHERE run = ?", (self._run,)).fetchall()
            return frozenset(Request(request) for (request,) in rows)
        except (sqlite3.Error, ValueError):
            return None


def flags(store: Path) -> Iterator[tuple[Path, str, Request]]:
    """Requests as files, which earlier versions asked by: file, run, request."""
    try:
        names = sorted(os.listdir(store / "requests"))
    except OSError:
        return
    for name in names:
        run, _dot, request = name.rpartition(".")
        path = store / "requests" / name
        if request in {r.value for r in Request} and path.is_file():
            yield path, run, Request(request)


def now_and_then(look: Callable[[], T]) -> Callable[[], T]:
    """What `look` says, asked fifty times a second at most, however often one asks."""
    seen, next_s = look(), time.monotonic() + _LOOK_EVERY_S

    def cheap() -> T:
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
    """Remove the lock file and the signs of life of a run that nobody carries out any more."""
    for kind in ("lock", "pulse"):
        remove(store / "locks" / f"{run_id}.{kind}")
