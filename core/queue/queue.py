"""The queue of a store: SQLite tables that survive every process. Order of arrival; one job at a time. A damaged file
is put aside and made anew from the run folders."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from core.errors import UserError
from core.logs import Event, of
from core.queue import repair, rows
from core.queue.repair import RunFolders
from core.queue.rows import MOST_TEXT, Job, Note
from core.store.files import lock_at

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
T = TypeVar("T")


Admit = Callable[[list[Job]], None]  # raises UserError where the jobs that are there leave no room


class Queue:
    """Every call opens, commits and closes; SQLite's own lock keeps two processes apart."""

    def __init__(self, store: Path, *, folders: RunFolders | None = None) -> None:
        """folders: with these rows must agree, and from them a damaged queue is made anew."""
        self.path, self._folders = store / "queue.sqlite", folders
        self._odd: frozenset[str] = frozenset()
        try:
            store.mkdir(parents=True, exist_ok=True)
            self._do(_all)
        except (OSError, sqlite3.Error) as error:
            raise UserError(
                "Runs are kept in a folder that can be written; {store} cannot be used ({error}). Set "
                "PROVING_GROUND_STORE to another folder.",
                store=store,
                error=error,
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
            _note(db, run, reason[:MOST_TEXT])
            db.execute("UPDATE notes SET deaths = deaths + ? WHERE run = ?", (int(died), run))
            return int(db.execute("SELECT deaths FROM notes WHERE run = ?", (run,)).fetchone()[0])

        return self._do(put)

    def pause(self, run: str, *, taken: bool, admit: Admit = lambda jobs: None, reason: str = "") -> bool:
        """Put a run aside that waits, or (`taken`) that was being carried out; False when it stands otherwise. `admit`
        is asked first, about all jobs, while nobody else changes them. reason: why, where nobody asked for it."""

        def pause(db: sqlite3.Connection) -> bool:
            db.execute("BEGIN IMMEDIATE")
            admit(_all(db))
            row = db.execute(
                f"DELETE FROM jobs WHERE run = ? AND taken IS {'NOT ' if taken else ''}NULL RETURNING visitor", (run,)
            ).fetchone()
            if row:
                db.execute("INSERT OR REPLACE INTO paused VALUES (?, ?, ?)", (run, row[0], time.time()))
                _note(db, run, reason[:MOST_TEXT])
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
                db.execute(
                    "INSERT INTO notes VALUES (?, ?, ?, ?)", (run, 0, unsealed.reason[:MOST_TEXT], unsealed.state)
                )

        self._do(done)

    def jobs(self) -> list[Job]:
        """The taken run first, then those that wait, in their order. Paused ones are not in it."""
        return self._do(rows.queued)

    def paused(self) -> list[Job]:
        """The runs that were put aside, the longest first."""
        return self._do(rows.paused)

    def note(self, run: str) -> Note:
        """What is remembered of a run."""

        def read(db: sqlite3.Connection) -> Note | None:
            row = db.execute("SELECT deaths, reason, state FROM notes WHERE run = ?", (run,)).fetchone()
            return rows.note(*row) if row else None

        row = self._do(read)
        return row or Note()

    def compare(self, *, at_once: bool = True) -> bool:
        """Look at the whole file, and at rows and unsealed runs both ways, and mend what differs; whether anything did.
        Not at_once: only what differed at the last look too; a run may be on its way. Some milliseconds."""
        if not repair.is_sound(self.path, _BUSY_S):
            log.warning("the queue's file is damaged", extra=of(Event.QUEUE_MENDED))
            self._renew(by_force=False)
            return True
        before, self._odd = self._odd, frozenset() if self._folders is None else self._do(self._differing)
        if not (self._odd if at_once else self._odd & before):
            return False

        def mend(db: sqlite3.Connection) -> list[str]:
            db.execute("BEGIN IMMEDIATE")
            return self._reconcile(db)

        return bool(self._do(mend))

    def _differing(self, db: sqlite3.Connection) -> frozenset[str]:
        """The runs of which rows and folders say different things."""
        assert self._folders is not None
        known = {(job.run, job.visitor) for job in self._folders.unsealed()}
        found = _all(db)
        named = [job.run for job in found]
        taken = [job.run for job in found if job.taken is not None]
        ghosts = {(job.run, job.visitor) for job in found if job.taken is None or self._folders.is_ghost(job)} - known
        lost = {run for run, _ in known} - {*named} - rows.ended(db)
        trained = {job.run for job in found if not job.paused and job.taken is None and self._folders.is_trained(job)}
        twice = {run for run in named if named.count(run) > 1}
        return frozenset({run for run, _ in ghosts} | lost | twice | trained | {*taken[1:]})

    def _reconcile(self, db: sqlite3.Connection) -> list[str]:
        mended = [] if self._folders is None else repair.reconcile(db, self._folders)
        for words in mended:
            log.warning("%s", words, extra=of(Event.QUEUE_MENDED))
        return mended

    def _do(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """One transaction; raises sqlite3.Error when the file is locked for long or the disk is full. Whatever else
        SQLite or a row says is damage: the file is mended or put aside, and made anew."""
        for by_force in (False, True):
            try:
                return self._once(work)
            except sqlite3.Error as error:
                if not repair.is_damage(error, self.path):
                    raise
                log.warning("the queue's file is damaged: %s", error, extra=of(Event.QUEUE_MENDED))
            self._renew(by_force=by_force)
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

    def _renew(self, *, by_force: bool) -> None:
        """Put the damaged file aside, once, whoever else found it too; by_force, even if nothing is found wrong."""
        with lock_at(self.path.with_suffix(".lock")).acquire(timeout=_BUSY_S):
            if self.path.exists() and (by_force or not repair.is_sound(self.path, _BUSY_S)):
                repair.put_aside(self.path)
            db = sqlite3.connect(self.path, timeout=_BUSY_S, isolation_level="IMMEDIATE")
            try:
                self._fill(db)
            finally:
                db.close()

    def _fill(self, db: sqlite3.Connection) -> None:
        """Make the tables where they are missing, with the runs that have no end yet."""
        with db:
            db.execute("BEGIN IMMEDIATE")
            for statement in _SCHEMA.split(";"):
                db.execute(statement)
            self._reconcile(db)


def queue_of(store: Path) -> Queue:
    """The store's queue, which a damaged file does not take with it."""
    return Queue(store, folders=RunFolders(store))


def _all(db: sqlite3.Connection) -> list[Job]:
    return [*rows.queued(db), *rows.paused(db)]


def _add(db: sqlite3.Connection, run: str, visitor: str) -> None:
    repair.insert(db, Job(run, visitor, None))


def _note(db: sqlite3.Connection, run: str, reason: str) -> None:
    db.execute(
        "INSERT INTO notes (run, reason) VALUES (?, ?) ON CONFLICT (run) DO UPDATE SET reason = excluded.reason",
        (run, reason),
    )
