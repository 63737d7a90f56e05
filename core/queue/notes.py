"""What the queue remembers of a run. Beside a reason stands the message that it is made of, so that each visitor reads
it in a language of their own; an earlier version writes the reason alone, and then that is what is read."""

from __future__ import annotations

import json
import sqlite3
from contextlib import suppress
from dataclasses import replace

from core.formatting.as_json import as_json
from core.formatting.messages import Message, from_json, to_json
from core.queue import rows
from core.queue.rows import MOST_TEXT, Note

_MOST_MESSAGE = 20_000  # of a reason of as many letters as are kept


def note_of(db: sqlite3.Connection, run: str) -> Note:
    """What is remembered of a run."""
    found = db.execute(
        "SELECT deaths, notes.reason, state, message FROM notes "
        "LEFT JOIN messages ON messages.run = notes.run AND messages.reason = notes.reason WHERE notes.run = ?",
        (run,),
    ).fetchone()
    if not found:
        return Note()
    *told, message = found
    note = rows.note(*told)
    with suppress(ValueError, TypeError, RecursionError):  # what is no message leaves the reason in English
        return replace(note, reason=from_json(note.reason, json.loads(message)))
    return note


def keep_reason(db: sqlite3.Connection, run: str, reason: str) -> None:
    """Why a run stands where it does; what else is remembered of it stays."""
    db.execute(
        "INSERT INTO notes (run, reason) VALUES (?, ?) ON CONFLICT (run) DO UPDATE SET reason = excluded.reason",
        (run, _cut(reason)),
    )
    _keep_message(db, run, reason)


def keep_end(db: sqlite3.Connection, run: str, note: Note) -> None:
    """How a run ended whose folder cannot say it."""
    db.execute("INSERT INTO notes VALUES (?, ?, ?, ?)", (run, 0, _cut(note.reason), note.state))
    _keep_message(db, run, note.reason)


def forget(db: sqlite3.Connection, run: str) -> None:
    """Nothing is remembered of a run any more."""
    for table in ("notes", "messages"):
        db.execute(f"DELETE FROM {table} WHERE run = ?", (run,))


def _cut(reason: str) -> str:
    return str.__str__(reason)[:MOST_TEXT]


def _keep_message(db: sqlite3.Connection, run: str, reason: str) -> None:
    db.execute("DELETE FROM messages WHERE run = ?", (run,))
    if isinstance(reason, Message) and len(reason) <= MOST_TEXT:
        written = as_json(to_json(reason)["message"])
        if len(written) <= _MOST_MESSAGE:
            db.execute("INSERT INTO messages VALUES (?, ?, ?)", (run, _cut(reason), written))
