"""The queue of a store: SQLite tables that survive every process. Order of arrival; one job at a time. A damaged file
is put aside and made anew from the run folders."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from filelock import FileLock

from core.errors import UserError

log = logging.getLogger("proving_ground.queue")

_SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    run TEXT NOT NULL UNIQUE,
    visitor TEXT NOT NULL,
    created REAL NOT NULL,
    taken REAL
);
CREATE TABLE IF NOT EXISTS paused (run TEXT PRIMARY KEY, visitor TEXT NOT NULL, since REAL NOT NULL);
CREATE TABLE IF NOT EXISTS notes (
    run TEXT PRIMARY KEY, deaths INTEGER NOT NULL DEFAULT 0, reason TEXT NOT NULL DEFAULT '', state TEXT
);
"""
_BUSY_S = 5.0
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_LOST = "no such table"  # somebody removed the file under a client that had made it
T = TypeVar("T")


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
    final state where the folder could not be sealed."""

    deaths: int = 0
    reason: str = ""
    state: str | None = None


Admit = Callable[[list[Job]], None]  # raises UserError where the jobs that are there leave no room


class Queue:
    """Every call opens, commits and closes; SQLite's own lock keeps two processes apart."""

    def __init__(self, store: Path, *, unsealed: Callable[[], list[Job]] = list) -> None:
        """unsealed: the runs without an end, in their order, from which a damaged queue is made anew."""
        self.path, self._unsealed = store / "queue.sqlite", unsealed
        try:
            store.mkdir(parents=True, exist_ok=True)
            self._do(lambda db: db.execute("SELECT 1 FROM jobs LIMIT 1"))
        except (OSError, sqlite3.Error) as error:
            raise UserError(
                f"Runs are kept in a folder that can be written; {store} cannot be used ({error}). "
                "Set PROVING_GROUND_STORE to another folder."
            ) from error

    def add(self, run: str, visitor: str) -> None:
        """Put a run at the end."""
        self._do(lambda db: _add(db, run, visitor))

    def enter(self, make: Callable[[], str], visitor: str, admit: Admit) -> str:
        """Put a run at the end that is made only once `admit` lets it in, while nobody else changes the queue: of many
        who ask at once as many come in as there is room for. Returns the id that `make` gave; `make` may be asked
        again, and must then give the same."""

        def enter(db: sqlite3.Connection) -> str:
            db.execute("BEGIN IMMEDIATE")
            admit(_all(db))
            run = make()
            _add(db, run, visitor)
            return run

        return self._do(enter)

    def take(self) -> str | None:
        """The first waiting run, now taken; None when nothing waits or one is already taken."""
        row = self._do(
            lambda db: db.execute(
                "UPDATE jobs SET taken = ? WHERE place = (SELECT place FROM jobs WHERE taken IS NULL "
                "ORDER BY place LIMIT 1) AND NOT EXISTS (SELECT 1 FROM jobs WHERE taken IS NOT NULL) RETURNING run",
                (time.time(),),
            ).fetchone()
        )
        return row[0] if row else None

    def put_back(self, run: str, reason: str, *, died: bool) -> int:
        """A taken run waits again, at its old place, which is the first; returns how often its worker has died."""

        def put(db: sqlite3.Connection) -> int:
            db.execute("UPDATE jobs SET taken = NULL WHERE run = ?", (run,))
            _note(db, run, reason)
            db.execute("UPDATE notes SET deaths = deaths + ? WHERE run = ?", (int(died), run))
            return int(db.execute("SELECT deaths FROM notes WHERE run = ?", (run,)).fetchone()[0])

        return self._do(put)

    def pause(self, run: str, *, taken: bool, admit: Admit = lambda jobs: None) -> bool:
        """Put a run aside that waits, or (`taken`) that was being carried out; False when it stands otherwise. `admit`
        is asked first, about all jobs, while nobody else changes them."""

        def pause(db: sqlite3.Connection) -> bool:
            db.execute("BEGIN IMMEDIATE")
            admit(_all(db))
            row = db.execute(
                f"DELETE FROM jobs WHERE run = ? AND taken IS {'NOT ' if taken else ''}NULL RETURNING visitor", (run,)
            ).fetchone()
            if row:
                db.execute("INSERT OR REPLACE INTO paused VALUES (?, ?, ?)", (run, row[0], time.time()))
                _note(db, run, "")
            return row is not None

        return self._do(pause)

    def resume(self, run: str, *, admit: Admit = lambda jobs: None) -> bool:
        """Put a paused run at the end; False when it is not paused. `admit` as in `pause`."""

        def resume(db: sqlite3.Connection) -> bool:
            db.execute("BEGIN IMMEDIATE")
            admit(_all(db))
            row = db.execute("DELETE FROM paused WHERE run = ? RETURNING visitor", (run,)).fetchone()
            if row:
                _add(db, run, row[0])
            return row is not None

        return self._do(resume)

    def withdraw(self, run: str, seal: Callable[[], object] = lambda: None) -> bool:
        """Remove a run that waits or is paused; False when it was taken or is not there. `seal` is called before others
        see that it has gone, so that nobody takes it for an interrupted one."""

        def withdraw(db: sqlite3.Connection) -> bool:
            waited = db.execute("DELETE FROM jobs WHERE run = ? AND taken IS NULL", (run,)).rowcount == 1
            paused = db.execute("DELETE FROM paused WHERE run = ?", (run,)).rowcount == 1
            if waited or paused:
                db.execute("DELETE FROM notes WHERE run = ?", (run,))
                seal()
            return waited or paused

        return self._do(withdraw)

    def done(self, run: str, *, unsealed: Note | None = None) -> None:
        """Remove a run that has ended; `unsealed` keeps how, where its folder cannot say it."""

        def done(db: sqlite3.Connection) -> None:
            for table in ("jobs", "paused", "notes"):
                db.execute(f"DELETE FROM {table} WHERE run = ?", (run,))
            if unsealed is not None:
                db.execute("INSERT INTO notes VALUES (?, ?, ?, ?)", (run, 0, unsealed.reason, unsealed.state))

        self._do(done)

    def jobs(self) -> list[Job]:
        """The taken run first, then those that wait, in their order. Paused ones are not in it."""
        return self._do(_queued)

    def paused(self) -> list[Job]:
        """The runs that were put aside, the longest first."""
        return self._do(_paused)

    def note(self, run: str) -> Note:
        """What is remembered of a run."""
        row = self._do(
            lambda db: db.execute("SELECT deaths, reason, state FROM notes WHERE run = ?", (run,)).fetchone()
        )
        return Note(*row) if row else Note()

    def _do(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """One transaction; raises sqlite3.Error when the file is locked for long or the disk is full."""
        try:
            return self._once(work)
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", None) not in _DAMAGED and _LOST not in str(error):
                raise
            log.warning("the queue %s is damaged (%s)", self.path, error)
        self._renew()
        return self._once(work)

    def _once(self, work: Callable[[sqlite3.Connection], T]) -> T:
        is_new = not self.path.exists()
        db = sqlite3.connect(self.path, timeout=_BUSY_S, isolation_level="IMMEDIATE")
        try:
            if is_new:
                self._fill(db)
            with db:
                return work(db)
        finally:
            db.close()

    def _renew(self) -> None:
        """Put the damaged file aside, once, whoever else found it too."""
        with FileLock(self.path.with_suffix(".lock"), timeout=_BUSY_S):
            if self.path.exists() and not _is_sound(self.path):
                place = next(i for i in range(1, 10_000) if not self._aside(i).exists())
                self.path.rename(self._aside(place))
                self.path.with_name(f"{self.path.name}-journal").unlink(missing_ok=True)
            db = sqlite3.connect(self.path, timeout=_BUSY_S, isolation_level="IMMEDIATE")
            try:
                self._fill(db)
            finally:
                db.close()

    def _aside(self, place: int) -> Path:
        return self.path.with_name(f"queue.damaged-{place}.sqlite")

    def _fill(self, db: sqlite3.Connection) -> None:
        """Make the tables where they are missing, with the runs that have no end yet."""
        with db:
            db.execute("BEGIN IMMEDIATE")
            missing = db.execute("SELECT 1 FROM sqlite_master WHERE name = 'jobs'").fetchone() is None
            for statement in _SCHEMA.split(";"):
                db.execute(statement)
            for job in self._unsealed() if missing else []:
                if job.paused:
                    db.execute("INSERT INTO paused VALUES (?, ?, ?)", (job.run, job.visitor, time.time()))
                else:
                    _add(db, job.run, job.visitor)
                    db.execute("UPDATE jobs SET taken = ? WHERE run = ?", (job.taken, job.run))


def _queued(db: sqlite3.Connection) -> list[Job]:
    rows = db.execute("SELECT run, visitor, taken FROM jobs ORDER BY taken IS NULL, place").fetchall()
    return [Job(*row) for row in rows]


def _paused(db: sqlite3.Connection) -> list[Job]:
    rows = db.execute("SELECT run, visitor FROM paused ORDER BY since, rowid").fetchall()
    return [Job(run, visitor, None, paused=True) for run, visitor in rows]


def _all(db: sqlite3.Connection) -> list[Job]:
    return [*_queued(db), *_paused(db)]


def _add(db: sqlite3.Connection, run: str, visitor: str) -> None:
    db.execute("INSERT OR IGNORE INTO jobs (run, visitor, created) VALUES (?, ?, ?)", (run, visitor, time.time()))


def _note(db: sqlite3.Connection, run: str, reason: str) -> None:
    db.execute(
        "INSERT INTO notes (run, reason) VALUES (?, ?) ON CONFLICT (run) DO UPDATE SET reason = excluded.reason",
        (run, reason),
    )


def _is_sound(path: Path) -> bool:
    db = sqlite3.connect(path, timeout=_BUSY_S)
    try:
        found = db.execute("PRAGMA quick_check").fetchone()
        return bool(found and found[0] == "ok")
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", None) in _DAMAGED:
            return False
        raise
    finally:
        db.close()
