"""Reading the log of a store, whole or as it grows. A line that is none is counted and passed over."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping
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
    """Reads what has come since the last look, across rotation. Raises OSError for a log that may not be read.

    Both files stay open: who had opened the log before it was moved aside may still write there, and by its place on
    the disk a file is known under either name."""

    def __init__(self, store: Path) -> None:
        self.path, self._damaged = path_of(store), 0
        self._tails: list[_Tail] = []  # the oldest first

    @property
    def damaged(self) -> int:
        """How many lines were none so far; half a line counts where nobody goes on with it any more."""
        return self._damaged + sum(bool(tail.rest) for tail in self._tails[:-1])

    def new(self) -> Iterator[Entry]:
        """The entries that have come."""
        while True:
            gone = self._find()
            for tail in [*gone, *self._tails]:
                for line in tail.lines():
                    entry = _entry(line)
                    if entry is not None:
                        yield entry
                    elif line:
                        self._damaged += 1
            self._let_go(gone)
            if not self._tails or _place(self.path) in (None, self._tails[-1].place):
                return  # without a file another comes with the next record

    def close(self) -> None:
        """Let the files go; a later look begins at the start of what is there then."""
        self._let_go(self._tails)
        self._tails = []

    def _find(self) -> list[_Tail]:
        """Hold the files that are there now; returns those that are there no more, to be read for the last time."""
        held = {tail.place: tail for tail in self._tails}
        found: dict[tuple[int, int], _Tail] = {}
        for path in (self.path, older(self.path)):  # the other way round the log might become older between the two
            if (tail := _Tail.at(path, held | found)) is not None:
                found[tail.place] = tail
        gone = [tail for tail in self._tails if tail.place not in found]
        self._tails = [*reversed(found.values())]
        return gone

    def _let_go(self, tails: list[_Tail]) -> None:
        for tail in tails:
            self._damaged += bool(tail.rest)
            tail.file.close()


@dataclass(slots=True)
class _Tail:
    """An open file of the log, and the half line that was read last."""

    file: BufferedReader
    place: tuple[int, int]
    rest: bytes = b""

    @classmethod
    def at(cls, path: Path, held: Mapping[tuple[int, int], _Tail]) -> _Tail | None:
        """The file there, as it is held already, or opened; None where there is none. Raises OSError."""
        if (known := held.get(_place(path) or (0, 0))) is not None:
            return known
        try:
            file = open(path, "rb")  # noqa: SIM115  # until it is let go
        except FileNotFoundError:
            return None
        told = os.fstat(file.fileno())
        if (known := held.get((told.st_dev, told.st_ino))) is not None:  # moved aside between the two looks
            file.close()
            return known
        return cls(file, (told.st_dev, told.st_ino))

    def lines(self) -> list[bytes]:
        """The whole lines that have come."""
        *found, self.rest = (self.rest + self.file.read()).split(b"\n")
        return found


def _place(path: Path) -> tuple[int, int] | None:
    """Which file of the disk that is; None where there is none."""
    try:
        told = os.stat(path)
    except FileNotFoundError:
        return None
    return told.st_dev, told.st_ino


def _entry(line: bytes) -> Entry | None:
    try:
        found = parse_json(line, _LINE)
    except ValueError:
        return None
    return Entry(**{name: found[name] for name in _LINE})
