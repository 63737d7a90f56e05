"""What is wrong with a queue's file, found and mended: damage that SQLite tells and damage that it does not, and rows
that differ from the run folders, which hold the truth."""

from __future__ import annotations

import os
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path

from core.contracts.plain import TEXT
from core.formatting.as_json import as_json
from core.queue import requests, rows
from core.queue.requests import Request
from core.queue.rows import TABLES, Job
from core.store import runs
from core.store.files import move_aside, read_json, remove, write_atomically

COPY = "requests.json"
_TRACES = (".lock", ".pulse")
_PASSING = (
    *(sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL),
    *(sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_PROTOCOL),
)
_OF_THE_PLACE = (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM)


@dataclass(frozen=True, slots=True)
class RunFolders:
    """The runs without an end, as their folders have them."""

    store: Path

    def unfinalized(self) -> list[Job]:
        """In the order in which they were made, as if all waited; a folder with a stranger's name is left out."""
        found = runs.unfinalized(self.store)
        return [Job(r.id, rows.visitor_of(r.config), None) for r in found if rows.is_run_id(r.id)]

    def stands(self, entry: Job, *, asked_to_pause: bool = False) -> Job:
        """How it stands, told without its row. Whether one that is taken lives, its lock says later."""
        lives = self.is_trained(entry)
        paused = not lives and asked_to_pause
        return Job(entry.run, entry.visitor, time.time() if lives else None, paused)

    def is_trained(self, entry: Job) -> bool:
        """Whether a living worker has it."""
        return requests.has_worker(self.store, entry.run)

    def clear_traces(self, queued: set[str]) -> None:
        """Remove locks and signs of life of runs that nobody carries out any more and that are in no queue: of one
        whose folder was deleted while it waited. Raises OSError."""
        folder = self.store / "locks"
        left = {path.stem for path in folder.iterdir() if path.suffix in _TRACES} if folder.is_dir() else set()
        known = queued | {run.run for run in self.unfinalized()} if left else set()  # after the look: a run comes first
        for run in left - known:
            if not requests.has_worker(self.store, run):
                requests.clear(self.store, run)

    def is_ghost(self, entry: Job) -> bool:
        """Whether there is nothing of it: no folder, and nobody who writes one."""
        return not (self.store / "runs" / entry.run).is_dir() and self.stands(entry).taken is None


def is_damage(error: sqlite3.Error, path: Path) -> bool:
    """Whether an error says that the file is not the queue that was written. Busy and full pass; what cannot be written
    or opened is damage where the system would allow it."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is None or code & 0xFF not in (*_PASSING, *_OF_THE_PLACE):
        return True
    if code & 0xFF in _PASSING:
        return False
    if not path.is_file():
        return path.exists()
    return os.access(path, os.R_OK | os.W_OK) and os.access(path.parent, os.W_OK | os.X_OK)


def is_sound(path: Path, timeout_s: float) -> bool:
    """Whether everything in the file can be read and has been written by the product; raises sqlite3.Error for what
    passes."""
    if not path.is_file():
        return False
    try:
        db = sqlite3.connect(path, timeout=timeout_s)
        try:
            found = db.execute("PRAGMA integrity_check").fetchone()
            if not found or found[0] != "ok" or not _has_our_tables(db):
                return False
            for table in TABLES:
                if db.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone():
                    _read(db, table)
            return True
        finally:
            db.close()
    except sqlite3.Error as error:
        if is_damage(error, path):
            return False
        raise


def _has_our_tables(db: sqlite3.Connection) -> bool:
    """Whether those of our tables that are there are ours; a missing one is made."""
    for kind, name in db.execute("SELECT type, name FROM sqlite_master").fetchall():
        if kind not in ("table", "index"):
            return False  # a trigger or a view, which nobody of ours makes
        if name in TABLES and tuple(row[1] for row in db.execute(f"PRAGMA table_info({name})")) != TABLES[name]:
            return False
    return True


def _read(db: sqlite3.Connection, table: str) -> None:
    for row in db.execute(f"SELECT {', '.join(TABLES[table])} FROM {table}"):
        if table == "jobs":
            rows.job(row[1], row[2], row[4])
            rows.moment(row[3])
        elif table == "requests":
            rows.run_id(row[0])
            rows.request(row[1])
        elif table == "paused":
            rows.job(row[0], row[1], row[2])
        else:
            rows.run_id(row[0])
            if table == "notes":
                rows.note(row[1], row[2], row[3])


def put_aside(path: Path) -> None:
    """Move a damaged file away, and with it what SQLite keeps beside it; raises OSError."""
    move_aside(path, f"{path.stem}.damaged-{{}}{path.suffix}")
    for kind in ("journal", "wal", "shm"):
        remove(path.with_name(f"{path.name}-{kind}"))


def reconcile(db: sqlite3.Connection, folders: RunFolders) -> list[str]:
    """Make the rows agree with the runs that have no end: a waiting or paused row without such a run is a ghost and
    goes; a run without a row comes back, in the order in which they were made; one that a living worker has is taken.
    Returns what was done, in words."""
    done, known = [], {each.run: each for each in folders.unfinalized()}
    queued, paused, ended, asked = rows.queued(db), rows.paused(db), rows.ended(db), rows.requests(db)
    ghosts = set()
    for row in [*queued, *paused]:
        table, real = "paused" if row.paused else "jobs", known.get(row.run)
        if real is None and (row.taken is None or folders.is_ghost(row)):
            db.execute(f"DELETE FROM {table} WHERE run = ?", (row.run,))
            ghosts.add(row.run)
            done.append(f"{row.run} was in the queue and is no run that could be trained")
        elif real is not None and real.visitor != row.visitor:
            db.execute(f"UPDATE {table} SET visitor = ? WHERE run = ?", (real.visitor, row.run))
            done.append(f"{row.run} stood there for another visitor")
    for row in queued:
        if row.taken is None and row.run in known and folders.is_trained(row):
            db.execute("UPDATE jobs SET taken = ? WHERE run = ?", (time.time(), row.run))
            done.append(f"{row.run} was said to wait while it is trained")
    for row in [r for r in queued if r.taken is not None][1:]:  # one is trained at a time
        if folders.stands(row).taken is None:
            db.execute("UPDATE jobs SET taken = NULL WHERE run = ?", (row.run,))
            done.append(f"{row.run} was said to be in training")
    for row in paused:
        if any(row.run == other.run for other in queued):
            db.execute("DELETE FROM paused WHERE run = ?", (row.run,))
            done.append(f"{row.run} was in the queue twice")
    there = {row.run for row in [*queued, *paused]} - ghosts
    for run in known.values():
        if run.run not in there | ended:
            insert(db, folders.stands(run, asked_to_pause=Request.PAUSE in asked.get(run.run, ())))
            done.append(f"{run.run} was missing in the queue")
    for name in asked.keys() - known.keys() - there:
        db.execute("DELETE FROM requests WHERE run = ?", (name,))
        done.append(f"{name} was asked something and is in the queue no more")
    return done


def restore_requests(db: sqlite3.Connection, store: Path) -> None:
    """What runs were asked, as the copy beside a damaged queue has it."""
    try:
        found = read_json(store / COPY, [[TEXT]])
    except (OSError, ValueError):
        return  # nothing was asked yet, or the copy is damaged too
    for pair in found:
        if len(pair) == 2 and rows.is_run_id(pair[0]) and pair[1] in {r.value for r in Request}:
            db.execute("INSERT OR IGNORE INTO requests VALUES (?, ?)", tuple(pair))


def copy_requests(db: sqlite3.Connection, store: Path) -> None:
    """Keep a copy of what runs are asked, which a damaged queue is made anew from; raises OSError."""
    pairs = [[run, asked.value] for run, each in rows.requests(db).items() for asked in sorted(each)]
    write_atomically(store / COPY, lambda p: p.write_text(as_json(pairs), encoding="utf-8"), durable=False)


def carry_flags(db: sqlite3.Connection, store: Path) -> list[Path]:
    """Take over what an earlier version asked by files; returns the files, which have been read."""
    found = list(requests.flags(store))
    for _, run, asked in found:
        if rows.is_run_id(run):
            db.execute("INSERT OR IGNORE INTO requests VALUES (?, ?)", (run, asked.value))
    return [path for path, _, _ in found]


def insert(db: sqlite3.Connection, entry: Job) -> None:
    """Put a job at the end, or among those that are paused."""
    now_s = time.time()
    if entry.paused:
        db.execute("INSERT OR REPLACE INTO paused VALUES (?, ?, ?)", (entry.run, entry.visitor, now_s))
        return
    db.execute(
        "INSERT OR IGNORE INTO jobs (run, visitor, created, taken) VALUES (?, ?, ?, ?)",
        (entry.run, entry.visitor, now_s, entry.taken),
    )
