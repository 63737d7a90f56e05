"""Where a run stands: the one place that says it, from its folder, its row in the queue and its worker's lock."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from core.contracts import State
from core.formatting.messages import message
from core.jobs import Status
from core.jobs.wait import expected_s
from core.queue.queue import Entry, Queue
from core.queue.requests import Request, has_worker
from core.store import runs
from core.store.files import lacks_room
from core.store.runs import Run


def status_of(store: Path, queue: Queue, run: Run) -> Status:
    """The run's state now; never raises. Its folder goes before the queue: a finalized run has ended, whatever a row
    says. A run that is not finalized and that no queue knows was interrupted."""
    try:
        for _ in range(2):  # a run may be finalized between the two looks
            fresh = runs.read(run.folder)
            if fresh.problem:
                return Status(state=State.FAILED, reason=fresh.problem)
            if fresh.final_state:
                return Status(state=fresh.final_state, reason=fresh.reason)
            entry = queue.entry(run.id)
            if entry.job is not None:
                return _in_queue(store, run.id, entry)
        if entry.note.state is not None:  # its folder could not be written
            return Status(state=State(entry.note.state), reason=entry.note.reason)
        return Status(state=State.INTERRUPTED, reason=message("The run was left before it ended. Train again."))
    except (OSError, sqlite3.Error) as error:
        state = State.RUNNING if run.progress() else State.WAITING
        told = message("The queue cannot be read now ({error}). It is tried again.", error=str(error))
        return Status(state=state, reason=told)


def _in_queue(store: Path, run_id: str, entry: Entry) -> Status:
    assert entry.job is not None
    if entry.job.paused:
        return Status(state=State.PAUSED, reason=entry.note.reason)
    asked = next((r.value for r in (Request.STOP, Request.PAUSE) if r in entry.asked), "")
    trouble = lacks_room(store)
    if entry.job.taken is not None or has_worker(store, run_id):  # a queue made anew may not know that it is taken
        return Status(state=State.RUNNING, reason=trouble, asked=asked)
    return Status(
        state=State.WAITING,
        before=len(entry.before),
        wait_s=None if trouble else expected_s(store, entry.before),
        reason=trouble or entry.note.reason,
        asked=asked,
    )
