"""Reading a file once while it stays the same: by time, size and inode, never by time alone."""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Callable
from functools import lru_cache, wraps
from pathlib import Path
from typing import TypeVar

Stamp = tuple[int, int, int, int]
T = TypeVar("T")
_SETTLED_NS = 50_000_000  # a file system's clock ticks every few milliseconds: two writes may share a time


def stamp_of(path: Path | str) -> Stamp:
    """What changes when a file is written or exchanged: both its times, size and inode. Raises OSError."""
    found = os.stat(path)
    if not stat.S_ISREG(found.st_mode):  # a folder, or a pipe that nobody writes to
        raise OSError(errno.EINVAL, "it is no file", os.fspath(path))
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino


def read_once(maxsize: int) -> Callable[[Callable[[str], T]], Callable[[Path | str], T]]:
    """Keeps what a function has read of a path until that file changes. One that was written a moment ago is read
    again, because the next write may carry the same time. Raises OSError where there is no file."""

    def decorate(read: Callable[[str], T]) -> Callable[[Path | str], T]:
        @lru_cache(maxsize=maxsize)
        def kept(path: str, stamp: Stamp) -> T:
            return read(path)

        @wraps(read)
        def once(path: Path | str) -> T:
            stamp = stamp_of(path)
            if abs(time.time_ns() - max(stamp[:2])) < _SETTLED_NS:
                return read(os.fspath(path))
            return kept(os.fspath(path), stamp)

        return once

    return decorate
