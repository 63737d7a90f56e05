"""The queue of a store: who waits, who is trained, who is paused and what each is asked. It survives every process."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.queue import notes, repair, rows
from core.queue.queue_file import QueueFile
from core.queue.repair import RunFolders
from core.queue.requests import Request
from core.queue.rows import Job, Note

Admit = Callable[[list[Job]], None]  # raises UserError where the jobs that are there leave no room


@dataclass(frozen=True, slots=True)
class Entry:
    """All that the queue says of a run: its row, the rows before it, what is remembered and what it is asked."""

    job: Job | None
    before: tuple[Job, ...]
    note: Note
    asked: frozenset[Request]


class Queue:
    """Every call is one transaction. Order of arrival; one job at a time."""

    def __init__(self, store: Path, *, folders: RunFolders | None = None) -> None:
        """folders: with these rows must agree, and from them a damaged queue is made anew."""
        self._store, self._file = store, QueueFile(store, folders=folders)
        self.path, self._do = self._file.path, self._file.transact

    def add(self, run: str, visitor: str) -> None:
        """Put a run at the end."""
        self._do(lambda db: _add(db, run, visitor))

    def enter(self, make: Callable[[], Sequence[str]], visitor: str, admit: Admit) -> None:
        """Put runs at the end, in their order, that are made only once `admit` lets them in, while nobody else changes
        the queue: of many who ask at once as many come in as there is room for. `make` returns their ids; it may be
        asked again, and must then give the same."""

        def enter(db: sqlite3.Connection) -> None:
            db.execute("BEGIN IMMEDIATE")
            admit(rows.every(db))
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
            notes.keep_reason(db, run, reason)
            db.execute("UPDATE notes SET deaths = deaths + ? WHERE run = ?", (int(died), run))
            return int(db.execute("SELECT deaths FROM notes WHERE run = ?", (run,)).fetchone()[0])

        return self._do(put)

    def put_aside(self, run: str, reason: str = "") -> bool:
        """Pause a run that was being carried out; False when it stands otherwise. reason: why, where nobody asked for
        it."""

        def pause(db: sqlite3.Connection) -> bool:
            self._forget(db, run, Request.YIELD)
            return _pause(db, run, reason, taken=True)

        return self._do(pause)

    def ask_to_pause(self, run: str, admit: Admit = lambda jobs: None) -> bool:
        """Put a run aside that waits, and ask one that runs to leave off; nothing where it has ended. Returns whether
        it waited. `admit` is asked first, about all jobs, while nobody else changes them."""

        def pause(db: sqlite3.Connection) -> bool:
            db.execute("BEGIN IMMEDIATE")
            found = rows.every(db)
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
            if all(job.run != run for job in rows.every(db)):
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
            admit(rows.every(db))
            self._forget(db, run, Request.PAUSE)
            return _resume(db, run)

        return self._do(resume)

    def withdraw(self, run: str, finalize: Callable[[], object] = lambda: None) -> bool:
        """Remove a run that waits or is paused; False when it was taken or is not there. `finalize` is called before
        others see that it has gone, so that nobody takes it for an interrupted one."""

        def withdraw(db: sqlite3.Connection) -> bool:
            waited = db.execute("DELETE FROM jobs WHERE run = ? AND taken IS NULL", (run,)).rowcount == 1
            paused = db.execute("DELETE FROM paused WHERE run = ?", (run,)).rowcount == 1
            if waited or paused:
                notes.forget(db, run)
                self._forget(db, run, *Request)
                finalize()
            return waited or paused

        return self._do(withdraw)

    def done(self, run: str, *, unfinalized: Note | None = None) -> None:
        """Remove a run that has ended; `unfinalized` keeps how, where its folder cannot say it."""

        def done(db: sqlite3.Connection) -> None:
            for table in ("jobs", "paused"):
                db.execute(f"DELETE FROM {table} WHERE run = ?", (run,))
            notes.forget(db, run)
            self._forget(db, run, *Request)
            if unfinalized is not None:
                notes.keep_end(db, run, unfinalized)

        self._do(done)

    def jobs(self) -> list[Job]:
        """The taken run first, then those that wait, in their order. Paused ones are not in it."""
        return self._do(rows.queued)

    def paused(self) -> list[Job]:
        """The runs that were put aside, the longest first."""
        return self._do(rows.paused)

    def note(self, run: str) -> Note:
        """What is remembered of a run."""
        return self._do(lambda db: notes.note_of(db, run))

    def entry(self, run: str) -> Entry:
        """All that the queue says of a run, as of one moment."""

        def read(db: sqlite3.Connection) -> Entry:
            db.execute("BEGIN")  # one moment for all four
            found, asked = rows.every(db), rows.requests(db).get(run, frozenset())
            at = next((place for place, job in enumerate(found) if job.run == run), None)
            if at is None:
                return Entry(None, (), notes.note_of(db, run), asked)
            return Entry(found[at], tuple(found[:at]), notes.note_of(db, run), asked)

        return self._do(read)

    def compare(self, *, at_once: bool = True) -> bool:
        """Look at the whole file, and at rows and unfinalized runs both ways, and mend what differs; whether it did.
        Not at_once: only what differed at the last look too; a run may be on its way. Some milliseconds."""
        return self._file.compare(at_once=at_once)

    def _ask(self, db: sqlite3.Connection, run: str, request: Request) -> None:
        db.execute("INSERT OR IGNORE INTO requests VALUES (?, ?)", (run, request.value))
        repair.copy_requests(db, self._store)

    def _forget(self, db: sqlite3.Connection, run: str, *requests: Request) -> None:
        """Take requests back."""
        marks = ", ".join("?" * len(requests))
        gone = db.execute(f"DELETE FROM requests WHERE run = ? AND request IN ({marks})", (run, *requests))
        if gone.rowcount:
            repair.copy_requests(db, self._store)


def queue_of(store: Path) -> Queue:
    """The store's queue, which a damaged file does not take with it."""
    return Queue(store, folders=RunFolders(store))


def _pause(db: sqlite3.Connection, run: str, reason: str, *, taken: bool) -> bool:
    row = db.execute(
        f"DELETE FROM jobs WHERE run = ? AND taken IS {'NOT ' if taken else ''}NULL RETURNING visitor", (run,)
    ).fetchone()
    if row:
        db.execute("INSERT OR REPLACE INTO paused VALUES (?, ?, ?)", (run, row[0], time.time()))
        notes.keep_reason(db, run, reason)
    return row is not None


def _resume(db: sqlite3.Connection, run: str) -> bool:
    row = db.execute("DELETE FROM paused WHERE run = ? RETURNING visitor", (run,)).fetchone()
    if row:
        _add(db, run, row[0])
    return row is not None


def _add(db: sqlite3.Connection, run: str, visitor: str) -> None:
    repair.insert(db, Job(run, visitor, None))
