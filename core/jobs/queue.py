"""The queue of a store: one SQLite table that survives every process. Order of arrival; one job at a time."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.errors import UserError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    run TEXT NOT NULL UNIQUE,
    visitor TEXT NOT NULL,
    created REAL NOT NULL,
    taken REAL
)
"""


@dataclass(frozen=True, slots=True)
class Job:
    """One entry: the run's id, who asked for it, and when it was taken (None while it waits)."""

    run: str
    visitor: str
    taken: float | None


class Queue:
    """Every call opens, commits and closes; SQLite's own lock keeps two processes apart."""

    def __init__(self, store: Path) -> None:
        self.path = store / "queue.sqlite"
        try:
            store.mkdir(parents=True, exist_ok=True)
            with self._open() as db:
                db.execute(_SCHEMA)
        except (OSError, sqlite3.Error) as error:
            raise UserError(
                f"Runs are kept in a folder that can be written; {store} cannot be used ({error}). "
                "Set PROVING_GROUND_STORE to another folder."
            ) from error

    def add(self, run: str, visitor: str) -> None:
        """Put a run at the end."""
        with self._open() as db:
            db.execute("INSERT INTO jobs (run, visitor, created) VALUES (?, ?, ?)", (run, visitor, time.time()))

    def take(self) -> str | None:
        """The first waiting run, now taken; None when nothing waits or one is already taken."""
        with self._open() as db:
            row = db.execute(
                "UPDATE jobs SET taken = ? WHERE place = (SELECT place FROM jobs WHERE taken IS NULL "
                "ORDER BY place LIMIT 1) AND NOT EXISTS (SELECT 1 FROM jobs WHERE taken IS NOT NULL) RETURNING run",
                (time.time(),),
            ).fetchone()
        return row[0] if row else None

    def withdraw(self, run: str, seal: Callable[[], object] = lambda: None) -> bool:
        """Remove a run that still waits; False when it was taken or is not there. `seal` is called before others see
        that it has gone, so that nobody takes it for an interrupted one."""
        with self._open() as db:
            waited = db.execute("DELETE FROM jobs WHERE run = ? AND taken IS NULL", (run,)).rowcount == 1
            if waited:
                seal()
        return waited

    def done(self, run: str) -> None:
        """Remove a run that has ended."""
        with self._open() as db:
            db.execute("DELETE FROM jobs WHERE run = ?", (run,))

    def jobs(self) -> list[Job]:
        """The taken run first, then those that wait, in their order."""
        with self._open() as db:
            rows = db.execute("SELECT run, visitor, taken FROM jobs ORDER BY taken IS NULL, place").fetchall()
        return [Job(*row) for row in rows]

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        db = sqlite3.connect(self.path, timeout=10, isolation_level="IMMEDIATE")
        try:
            with db:
                yield db
        finally:
            db.close()
