"""Writing files so that a reader sees the old one or the new one, never half of one, also after the machine died."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from filelock import FileLock

from core.contracts.plain import ANYTHING
from core.environment import ROOM_MB
from core.formatting.as_json import as_json
from core.formatting.messages import message
from core.formatting.numbers import apart, significant
from core.store.shapes import parse_json

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FULL_IN_WORDS = ("No space left on device", "disk is full")  # errors of Rust and C++ that carry no number


def write_atomically(
    path: Path, write: Callable[[Path], object], *, durable: bool = True, make_folder: bool = True
) -> None:
    """Call `write` with a temporary path beside `path`, then put it in place. durable: on the disk before it is in
    place, some 8 ms; a cache that can be made anew does without. Without make_folder a folder that was deleted stays
    so: FileNotFoundError. A folder in the file's place is moved aside."""
    if make_folder:
        path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.tmp")
    try:
        write(temporary)
        if durable:
            flush(temporary)
        try:
            os.replace(temporary, path)
        except IsADirectoryError:
            make_way(path)
            os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def flush(path: Path) -> None:
    """Return when the file's content is on the disk."""
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_json(path: Path, value: Any, *, make_folder: bool = True) -> None:
    """Write JSON atomically; a NaN or infinity is written as null."""
    text = as_json(value, indent=1)
    write_atomically(path, lambda p: p.write_text(text, encoding="utf-8"), make_folder=make_folder)


def bytes_of(folder: Path) -> int:
    """The size of all files under a folder; what goes meanwhile counts as nothing."""
    total = 0
    for root, _folders, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += os.lstat(os.path.join(root, name)).st_size
    return total


def make_way(path: Path, *, folder: bool = False) -> None:
    """Where a file (or a folder) of ours belongs and something else lies, that is moved aside. Raises OSError."""
    if (path.is_dir() if folder else path.is_file()) or not os.path.lexists(path):
        return
    move_aside(path, f"{path.name}.aside-{{}}")


def move_aside(path: Path, name: str) -> None:
    """Rename to `name`, which has a place for a number; nothing where it has gone. Raises OSError."""
    others = (path.with_name(name.format(number)) for number in range(1, 10_000))
    with suppress(FileNotFoundError):  # somebody else was first
        path.rename(next(other for other in others if not os.path.lexists(other)))


def remove(path: Path) -> None:
    """Remove a file; a folder in its place is moved aside. Raises OSError, but not where nothing is."""
    with suppress(FileNotFoundError, NotADirectoryError):
        make_way(path)
        path.unlink(missing_ok=True)


def make_folder(path: Path) -> None:
    """Make a folder, also where something else lies. Raises OSError."""
    make_way(path, folder=True)
    path.mkdir(parents=True, exist_ok=True)


def lock_at(path: Path) -> FileLock:
    """The lock of this file, whatever lies in its place. Raises OSError."""
    make_folder(path.parent)
    make_way(path)
    return FileLock(path)


def keep_small(log: Path, most_bytes: int = 2_000_000) -> None:
    """Move what a log holds aside when it has grown too large. Whoever appends to it goes on at its new beginning."""
    try:
        if log.stat().st_size > most_bytes:
            shutil.copyfile(log, log.with_name(f"{log.name}.1"))
            os.truncate(log, 0)
    except FileNotFoundError:
        return  # nothing was written yet


def read_json(path: Path | str, shape: Any = ANYTHING) -> Any:
    """Read JSON that holds what `shape` describes; raises OSError, or ValueError with half a sentence."""
    with open(path, "rb") as file:
        return parse_json(file.read(), shape)


def is_full_disk(error: BaseException) -> bool:
    """Whether an error, or one that it came from, says that the disk (or a quota on it) is full."""
    return any(_says_full(e) for e in _chain(error))


def _says_full(error: BaseException) -> bool:
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno in _FULL
    return any(words in str(error) for words in _FULL_IN_WORDS)


def _chain(error: BaseException) -> Iterator[BaseException]:
    found: BaseException | None = error
    while found is not None:
        yield found
        found = found.__cause__ or found.__context__


def lacks_room(folder: Path) -> str:
    """A sentence when the disk has too little room for another run (50 MB, or $PROVING_GROUND_ROOM_MB); else empty."""
    least_mb = ROOM_MB.read()
    try:
        free_mb = shutil.disk_usage(folder).free / 1e6
    except OSError:
        return ""  # a store that is gone is told by whoever opens it
    if free_mb >= least_mb:
        return ""
    least, free = apart(least_mb, free_mb, lambda mb, more: significant(mb, 3 + more))
    return message(
        "The disk is full: trainings need {least} MB free in {folder}, and {free} MB are. Free some space; the queue "
        "then goes on by itself.",
        least=least,
        folder=str(folder),
        free=free,
    )
