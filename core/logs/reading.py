"""Reading the log of a store, whole or as it grows. A line that is none is counted and passed over."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from io import BufferedReader
from pathlib import Path
from typing import Any

from core.contracts.plain import COUNT, TEXT, one_of
from core.logs.handler import older, path_of
from core.store.shapes import parse_json

LEVELS = {name.lower(): getattr(logging, name) for name in ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")}
_LINE = {
    **dict.fromkeys(("time", "event", "run", "process", "text", "trace"), TEXT),
    "level": one_of(*LEVELS),
    "pid": COUNT,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One record. time: ISO, UTC. event: one of `Event`, or empty. run: its id, or empty. trace: of an error, or
    empty."""

    time: str
    level: str
    event: str
    run: str
    process: str
    pid: int
    text: str
    trace: str

    def to_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return asdict(self)

    def fits(self, least: str, run: str | None) -> bool:
        """Whether it is at least of a level, and about a run."""
        return LEVELS[self.level] >= LEVELS[least] and run in (None, self.run)


class LogReader:
    """Reads what has come since the last look, across rotation. Raises OSError for a log that may not be read."""

    def __init__(self, store: Path) -> None:
        self.path, self.damaged = path_of(store), 0
        self._file: BufferedReader | None = None
        self._rest = b""
        self._first = True

    def new(self) -> Iterator[Entry]:
        """The entries that have come; `damaged` counts the lines that were none."""
        if self._first:
            self._first = False
            with suppress(FileNotFoundError), open(older(self.path), "rb") as before:
                yield from self._read(before)
            self.close()
        while True:
            if self._file is None:
                try:
                    self._file = open(self.path, "rb")  # noqa: SIM115  # until the log is another file
                except FileNotFoundError:
                    return  # nothing was written yet
            yield from self._read(self._file)
            if not self._was_rotated(self._file):
                return
            yield from self._read(self._file)  # what came before it was moved aside
            self.close()

    def close(self) -> None:
        """Let the file go; a later look begins at the start of what is there then."""
        if self._file is not None:
            self._file.close()
        self.damaged += bool(self._rest)  # nobody goes on with a line there
        self._file, self._rest = None, b""

    def _was_rotated(self, file: BufferedReader) -> bool:
        try:
            return os.stat(self.path).st_ino != os.fstat(file.fileno()).st_ino
        except FileNotFoundError:
            return False  # another comes with the next record

    def _read(self, file: BufferedReader) -> Iterator[Entry]:
        *lines, self._rest = (self._rest + file.read()).split(b"\n")
        for line in lines:
            entry = _entry(line)
            if entry is not None:
                yield entry
            elif line:
                self.damaged += 1


def _entry(line: bytes) -> Entry | None:
    try:
        found = parse_json(line, _LINE)
    except ValueError:
        return None
    return Entry(**{name: found[name] for name in _LINE})
