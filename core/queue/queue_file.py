"""The file behind a store's queue: transactions in SQLite, and what is damaged or differs from the runs mended."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from core.errors import UserError
from core.logs import Event, of
from core.queue import repair, requests, rows
from core.queue.repair import RunFolders
from core.store.files import lock_at, remove

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
CREATE TABLE IF NOT EXISTS requests (run TEXT NOT NULL, request TEXT NOT NULL, PRIMARY KEY (run, request));
CREATE TABLE IF NOT EXISTS notes (
    run TEXT PRIMARY KEY, deaths INTEGER NOT NULL DEFAULT 0, reason TEXT NOT NULL DEFAULT '', state TEXT
);
CREATE TABLE IF NOT EXISTS messages (run TEXT PRIMARY KEY, reason TEXT NOT NULL, message TEXT NOT NULL);
"""
_BUSY_S = 5.0
T = TypeVar("T")


class QueueFile:
    """Every transaction opens, commits and closes; SQLite's own lock keeps two processes apart. A damaged file is put
    aside and made anew from the run folders."""

    def __init__(self, store: Path, *, folders: RunFolders | None = None) -> None:
        """folders: with these rows must agree, and from them a damaged queue is made anew."""
        self.path, self._store, self._folders = store / "queue.sqlite", store, folders
        self._odd: frozenset[str] = frozenset()
        try:
            store.mkdir(parents=True, exist_ok=True)
            self.transact(self._of_this_version)
        except (OSError, sqlite3.Error) as error:
            raise UserError(
                "Runs are kept in a folder that can be written; {store} cannot be used ({error}). Set "
                "PROVING_GROUND_STORE to another folder.",
                store=store,
                error=error,
            ) from error

    def transact(self, work: Callable[[sqlite3.Connection], T]) -> T:
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

    def compare(self, *, at_once: bool = True) -> bool:
        """Look at the whole file, and at rows and unfinalized runs both ways, and mend what differs; whether it did.
        Not at_once: only what differed at the last look too; a run may be on its way. Some milliseconds."""
        if not repair.is_sound(self.path, _BUSY_S):
            log.warning("the queue's file is damaged", extra=of(Event.QUEUE_MENDED))
            self._renew(by_force=False)
            return True
        self._carry_flags()
        before, self._odd = self._odd, frozenset() if self._folders is None else self.transact(self._differing)
        mended = self.transact(self._mend) if (self._odd if at_once else self._odd & before) else []
        if self._folders is not None:
            self._folders.clear_traces({job.run for job in self.transact(rows.every)})
        return bool(mended)

    def _mend(self, db: sqlite3.Connection) -> list[str]:
        db.execute("BEGIN IMMEDIATE")
        mended = self._reconcile(db)
        repair.copy_requests(db, self._store)
        return mended

    def _of_this_version(self, db: sqlite3.Connection) -> None:
        """The queue of an earlier version gets what it lacks; what was asked by files is taken over."""
        of_later = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('requests', 'messages')"
        if db.execute(of_later).fetchone()[0] < 2:
            self._fill(db)
        rows.every(db)

    def _carry_flags(self) -> None:
        """A client of an earlier version asks by files."""
        if next(requests.flags(self._store), None) is None:
            return

        def carry(db: sqlite3.Connection) -> list[Path]:
            read = repair.carry_flags(db, self._store)
            repair.copy_requests(db, self._store)
            return read

        for path in self.transact(carry):
            remove(path)

    def _differing(self, db: sqlite3.Connection) -> frozenset[str]:
        """The runs of which rows and folders say different things."""
        assert self._folders is not None
        known = {(job.run, job.visitor) for job in self._folders.unfinalized()}
        found = rows.every(db)
        named = [job.run for job in found]
        taken = [job.run for job in found if job.taken is not None]
        ghosts = {(job.run, job.visitor) for job in found if job.taken is None or self._folders.is_ghost(job)} - known
        lost = {run for run, _ in known} - {*named} - rows.ended(db)
        trained = {job.run for job in found if not job.paused and job.taken is None and self._folders.is_trained(job)}
        twice = {run for run in named if named.count(run) > 1}
        asked = rows.requests(db).keys() - {*named} - {run for run, _ in known}
        return frozenset({run for run, _ in ghosts} | lost | twice | trained | asked | {*taken[1:]})

    def _reconcile(self, db: sqlite3.Connection) -> list[str]:
        mended = [] if self._folders is None else repair.reconcile(db, self._folders)
        for words in mended:
            log.warning("%s", words, extra=of(Event.QUEUE_MENDED))
        return mended

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
        """Make the tables where they are missing, with the runs that have no end yet and what they were asked."""
        with db:
            db.execute("BEGIN IMMEDIATE")
            had_requests = db.execute("SELECT 1 FROM sqlite_master WHERE name = 'requests'").fetchone()
            for statement in _SCHEMA.split(";"):
                db.execute(statement)
            if not had_requests:
                repair.restore_requests(db, self._store)
            read = repair.carry_flags(db, self._store)
            self._reconcile(db)
            repair.copy_requests(db, self._store)
        for path in read:
            remove(path)
