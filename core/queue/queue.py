"""The queue of a store: SQLite tables that survive every process. Order of arrival; one job at a time. A damaged file
is put aside and made anew from the run folders."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from core.errors import UserError
from core.logs import Event, of
from core.queue import repair, requests, rows
from core.queue.repair import RunFolders
from core.queue.requests import Request
from core.queue.rows import MOST_TEXT, Job, Note
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
"""
_BUSY_S = 5.0
T = TypeVar("T")


Admit = Callable[[list[Job]], None]  # raises UserError where the jobs that are there leave no room


@dataclass(frozen=True, slots=True)
class Entry:
    """All that the queue says of a run: its row, the rows before it, what is remembered and what it is asked."""

    job: Job | None
    before: tuple[Job, ...]
    note: Note
    asked: frozenset[Request]


class Queue:
    """Every call opens, commits and closes; SQLite's own lock keeps two processes apart."""

    def __init__(self, store: Path, *, folders: RunFolders | None = None) -> None:
        """folders: with these rows must agree, and from them a damaged queue is made anew."""
        self.path, self._store, self._folders = store / "queue.sqlite", store, folders
        self._odd: frozenset[str] = frozenset()
        try:
            store.mkdir(parents=True, exist_ok=True)
            self._do(self._of_this_version)
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

    def enter(self, make: Callable[[], Sequence[str]], visitor: str, admit: Admit) -> None:
        """Put runs at the end, in their order, that are made only once `admit` lets them in, while nobody else changes
        the queue: of many who ask at once as many come in as there is room for. `make` returns their ids; it may be
        asked again, and must then give the same."""

        def enter(db: sqlite3.Connection) -> None:
            db.execute("BEGIN IMMEDIATE")
            admit(_all(db))
            for run in make():
                _add(db, run, visitor)

        self._do(enter)

    def take(self) -> str | None:
        """The first waiting run, now taken; None when nothing waits or one is already taken."""

        def take(db: sqlite3.Connection) -> str | None:
            row = db.execute(
                "UPDATE jobs SET taken = ? WHERE place = (SELECT place FROM jobs WHERE taken IS NULL "
                "ORDER BY place LIMIT 1) AND NOT EXISTS (SELECT 1 FROM jobs WHERE taken IS NOT NULL) RETURNING run",
                (time.time(),),
            ).fetchone()
            if row:
                self._forget(db, row[0], Request.YIELD)  # of a supervisor that has ended
            return row[0] if row else None

        return self._do(take)

    def put_back(self, run: str, reason: str, *, died: bool) -> int:
        """A taken run waits again, at its old place, which is the first; returns how often its worker has died."""

        def put(db: sqlite3.Connection) -> int:
            db.execute("UPDATE jobs SET taken = NULL WHERE run = ?", (run,))
            self._forget(db, run, Request.YIELD)
            _note(db, run, reason[:MOST_TEXT])
            db.execute("UPDATE notes SET deaths = deaths + ? WHERE run = ?", (int(died), run))
            return int(db.execute("SELECT deaths FROM notes WHERE run = ?", (run,)).fetchone()[0])

        return self._do(put)

    def put_aside(self, run: str, reason: str = "") -> bool:
        """Pause a run that was being carried out; False when it stands otherwise. reason: why, where nobody asked for
        it."""

        def pause(db: sqlite3.Connection) -> bool:
            self._forget(db, run, Request.YIELD)
            return _pause(db, run, reason[:MOST_TEXT], taken=True)

        return self._do(pause)

    def ask_to_pause(self, run: str, admit: Admit = lambda jobs: None) -> bool:
        """Put a run aside that waits, and ask one that runs to leave off; nothing where it has ended. Returns whether
        it waited. `admit` is asked first, about all jobs, while nobody else changes them."""

        def pause(db: sqlite3.Connection) -> bool:
            db.execute("BEGIN IMMEDIATE")
            found = _all(db)
            if not any(job.run == run and not job.paused for job in found):
                return False
            admit(found)
            self._ask(db, run, Request.PAUSE)  # stays while it is paused
            return _pause(db, run, "", taken=False)

        return self._do(pause)

    def ask_to_stop(self, run: str) -> None:
        """Ask a run to end; a paused one comes back to the end of the queue for it. Nothing where it has ended: nobody
        would ever take the request back."""

        def stop(db: sqlite3.Connection) -> None:
            db.execute("BEGIN IMMEDIATE")
            if all(job.run != run for job in _all(db)):
                return
            self._ask(db, run, Request.STOP)
            self._forget(db, run, Request.PAUSE)
            _resume(db, run)

        self._do(stop)

    def ask(self, run: str, request: Request) -> None:
        """Ask the worker of a run."""
        self._do(lambda db: self._ask(db, run, request))

    def asked(self) -> dict[str, frozenset[Request]]:
        """What each run is asked and has not done yet, of those that are asked anything."""
        return self._do(rows.requests)

    def resume(self, run: str, *, admit: Admit = lambda jobs: None) -> bool:
        """Put a paused run at the end; False when it is not paused: one that was only asked to pause goes on. `admit`
        as in `ask_to_pause`."""

        def resume(db: sqlite3.Connection) -> bool:
            db.execute("BEGIN IMMEDIATE")
            admit(_all(db))
            self._forget(db, run, Request.PAUSE)
            return _resume(db, run)

        return self._do(resume)

    def withdraw(self, run: str, seal: Callable[[], object] = lambda: None) -> bool:
        """Remove a run that waits or is paused; False when it was taken or is not there. `seal` is called before others
        see that it has gone, so that nobody takes it for an interrupted one."""

        def withdraw(db: sqlite3.Connection) -> bool:
            waited = db.execute("DELETE FROM jobs WHERE run = ? AND taken IS NULL", (run,)).rowcount == 1
            paused = db.execute("DELETE FROM paused WHERE run = ?", (run,)).rowcount == 1
            if waited or paused:
                db.execute("DELETE FROM notes WHERE run = ?", (run,))
                self._forget(db, run, *Request)
                seal()
            return waited or paused

        return self._do(withdraw)

    def done(self, run: str, *, unsealed: Note | None = None) -> None:
        """Remove a run that has ended; `unsealed` keeps how, where its folder cannot say it."""

        def done(db: sqlite3.Connection) -> None:
            for table in ("jobs", "paused", "notes"):
                db.execute(f"DELETE FROM {table} WHERE run = ?", (run,))
            self._forget(db, run, *Request)
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
        return self._do(lambda db: rows.note_of(db, run))

    def entry(self, run: str) -> Entry:
        """All that the queue says of a run, as of one moment."""

        def read(db: sqlite3.Connection) -> Entry:
            db.execute("BEGIN")  # one moment for all four
            found, asked = _all(db), rows.requests(db).get(run, frozenset())
            at = next((place for place, job in enumerate(found) if job.run == run), None)
            if at is None:
                return Entry(None, (), rows.note_of(db, run), asked)
            return Entry(found[at], tuple(found[:at]), rows.note_of(db, run), asked)

        return self._do(read)

    def compare(self, *, at_once: bool = True) -> bool:
        """Look at the whole file, and at rows and unsealed runs both ways, and mend what differs; whether anything did.
        Not at_once: only what differed at the last look too; a run may be on its way. Some milliseconds."""
        if not repair.is_sound(self.path, _BUSY_S):
            log.warning("the queue's file is damaged", extra=of(Event.QUEUE_MENDED))
            self._renew(by_force=False)
            return True
        self._carry_flags()
        before, self._odd = self._odd, frozenset() if self._folders is None else self._do(self._differing)
        mended = self._do(self._mend) if (self._odd if at_once else self._odd & before) else []
        if self._folders is not None:
            self._folders.clear_traces({job.run for job in self._do(_all)})
        return bool(mended)

    def _mend(self, db: sqlite3.Connection) -> list[str]:
        db.execute("BEGIN IMMEDIATE")
        return self._reconcile(db)

    def _ask(self, db: sqlite3.Connection, run: str, request: Request) -> None:
        db.execute("INSERT OR IGNORE INTO requests VALUES (?, ?)", (run, request.value))
        repair.copy_requests(db, self._store)

    def _forget(self, db: sqlite3.Connection, run: str, *requests: Request) -> None:
        """Take requests back."""
        marks = ", ".join("?" * len(requests))
        gone = db.execute(f"DELETE FROM requests WHERE run = ? AND request IN ({marks})", (run, *requests))
        if gone.rowcount:
            repair.copy_requests(db, self._store)

    def _of_this_version(self, db: sqlite3.Connection) -> None:
        """The queue of an earlier version gets what it lacks; what was asked by files is taken over."""
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'requests'").fetchone():
            self._fill(db)
        _all(db)

    def _carry_flags(self) -> None:
        """A client of an earlier version asks by files."""
        if next(requests.flags(self._store), None) is None:
            return

        def carry(db: sqlite3.Connection) -> list[Path]:
            read = repair.carry_flags(db, self._store)
            repair.copy_requests(db, self._store)
            return read

        for path in self._do(carry):
            remove(path)

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


def queue_of(store: Path) -> Queue:
    """The store's queue, which a damaged file does not take with it."""
    return Queue(store, folders=RunFolders(store))


def _pause(db: sqlite3.Connection, run: str, reason: str, *, taken: bool) -> bool:
    row = db.execute(
        f"DELETE FROM jobs WHERE run = ? AND taken IS {'NOT ' if taken else ''}NULL RETURNING visitor", (run,)
    ).fetchone()
    if row:
        db.execute("INSERT OR REPLACE INTO paused VALUES (?, ?, ?)", (run, row[0], time.time()))
        _note(db, run, reason)
    return row is not None


def _resume(db: sqlite3.Connection, run: str) -> bool:
    row = db.execute("DELETE FROM paused WHERE run = ? RETURNING visitor", (run,)).fetchone()
    if row:
        _add(db, run, row[0])
    return row is not None


def _all(db: sqlite3.Connection) -> list[Job]:
    return [*rows.queued(db), *rows.paused(db)]


def _add(db: sqlite3.Connection, run: str, visitor: str) -> None:
    repair.insert(db, Job(run, visitor, None))


def _note(db: sqlite3.Connection, run: str, reason: str) -> None:
    db.execute(
        "INSERT INTO notes (run, reason) VALUES (?, ?) ON CONFLICT (run) DO UPDATE SET reason = excluded.reason",
        (run, reason),
    )
