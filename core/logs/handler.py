"""Writing the log of a store: a handler of the standard library's logging that many processes may share.

A record is one line of JSON, appended by one call of the system, so that lines of two processes never mix. A file that
has grown too large becomes `log.jsonl.1`, in the place of the one before.
"""

from __future__ import annotations

import logging
import os
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import Timeout

from core.formatting.as_json import as_json
from core.store.files import lock_at, make_way

NAME = "log.jsonl"
MOST_BYTES = 1_000_000  # of each of the two files
_MOST_TEXT, _MOST_TRACE = 4_000, 12_000  # letters
_LOCK_S = 1.0
LOGGERS = ("proving_ground", "core")


def path_of(store: Path) -> Path:
    """The log of a store; what was before it lies in `older`."""
    return store / NAME


def older(path: Path) -> Path:
    """Where a log lies that had grown too large."""
    return path.with_name(f"{path.name}.1")


def start(process: str, store: Callable[[], Path]) -> StoreHandler:
    """Have this process log into the store from now on; asked again, it takes the last one's place. process: what it
    is called in the log. store: asked for every record."""
    handler = StoreHandler(process, store)
    for name in LOGGERS:
        logger = logging.getLogger(name)
        logger.setLevel(logging.INFO)
        for old in [h for h in logger.handlers if isinstance(h, StoreHandler)]:
            logger.removeHandler(old)
        logger.addHandler(handler)
    return handler


class StoreHandler(logging.Handler):
    """Appends records to a store's log. Where that cannot be written they go to stderr, with the reason."""

    def __init__(self, process: str, store: Callable[[], Path], *, most_bytes: int = MOST_BYTES) -> None:
        super().__init__()
        self.process, self.store, self.most_bytes = process, store, most_bytes

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record. Never raises: the log must not end what it tells of."""
        try:
            line = as_json(self._entry(record)) + "\n"
        except Exception:  # a message whose parts do not fit it: logging's own way to say so
            self.handleError(record)
            return
        try:
            append(path_of(self.store()), line.encode(), most_bytes=self.most_bytes)
        except (OSError, ValueError) as error:  # ValueError: an environment that names no store
            with suppress(OSError):  # on a full disk stderr may be a file there too
                print(f"The log cannot be written ({error}): {line}", file=sys.stderr, end="")

    def _entry(self, record: logging.LogRecord) -> dict[str, Any]:
        at = datetime.fromtimestamp(record.created, UTC)
        error = record.exc_info[1] if record.exc_info else None
        trace = "" if error is None else "".join(traceback.format_exception(error))
        return {
            "time": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "event": getattr(record, "event", ""),
            "run": getattr(record, "run", ""),
            "process": self.process,
            "pid": record.process,
            "text": _whole(record.getMessage()[:_MOST_TEXT]),
            "trace": _whole(trace[-_MOST_TRACE:]),
        }


def _whole(text: str) -> str:
    """Without halves of characters, as names of files may hold them."""
    return text.encode(errors="replace").decode()


def append(path: Path, line: bytes, *, most_bytes: int = MOST_BYTES) -> None:
    """Append a line, after the end of whatever was cut off before it; raises OSError."""
    _rotate(path, len(line), most_bytes)
    make_way(path)
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        size = os.fstat(descriptor).st_size
        if size and os.pread(descriptor, 1, size - 1) not in (b"\n", b""):
            line = b"\n" + line
        os.write(descriptor, line)
    finally:
        os.close(descriptor)


def _rotate(path: Path, coming: int, most_bytes: int) -> None:
    """Move a full log aside, once, whoever else found it full too."""
    if not _is_full(path, coming, most_bytes):
        return
    try:
        with lock_at(path.with_name("log.lock")).acquire(timeout=_LOCK_S):
            if _is_full(path, coming, most_bytes):
                os.replace(path, older(path))
    except Timeout:
        return  # somebody else is at it; this line is the last of the full one


def _is_full(path: Path, coming: int, most_bytes: int) -> bool:
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        return False
    return size > 0 and size + coming > most_bytes
