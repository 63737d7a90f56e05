"""What becomes of a run that its worker has left: done, paused, put back to go on, or given up with a reason."""

from __future__ import annotations

import logging
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from pathlib import Path

from pebble import ProcessExpired

from core.contracts import State
from core.formatting.messages import joined, message
from core.logs import Event, of
from core.queue import memory, requests
from core.queue.queue import Queue
from core.queue.requests import Request
from core.queue.rows import Note
from core.store import checkpoints, run_folders, runs
from core.store.files import is_full_disk
from core.store.runs import Run

log = logging.getLogger("proving_ground.supervisor")

MOST_DEATHS = 3
_KILLED = -9
_KILLED_FOR_MEMORY = message("The system ended the training because memory ran out.")
DISK_WAS_FULL = message("The disk was full.")


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkerExit:
    """How a worker left a run. died: in the middle, unasked. state: final, where the worker came to its end. held:
    another worker has it. unknown: the worker does not know the use case, or what that names."""

    died: bool = False
    reason: str = ""
    state: State | None = None
    held: bool = False
    unknown: bool = False


def exit_of(future: Future[WorkerExit], killed_for_memory: bool) -> WorkerExit:
    """Read the worker's answer, or the way in which it died. killed_for_memory: the system says that it killed some
    process meanwhile for want of memory."""
    try:
        return future.result(timeout=0)
    except CancelledError:
        return WorkerExit()
    except ProcessExpired as death:
        if death.exitcode == _KILLED and killed_for_memory:
            return WorkerExit(died=True, reason=joined([_KILLED_FOR_MEMORY, memory.LOWER]))
        if death.exitcode == _KILLED:
            return WorkerExit(
                died=True, reason=message("The training worker died in the middle of this run: it was killed.")
            )
        reason = message(
            "The training worker died in the middle of this run: it ended by itself (exit code {code}).",
            code=death.exitcode,
        )
        return WorkerExit(died=True, reason=reason)
    except Exception as error:  # of the pool or of unpacking; the run is marked with it
        log.warning("the training worker failed", exc_info=error)
        return WorkerExit(
            died=True, reason=message("The training worker failed: {error}.", error=f"{type(error).__name__}: {error}")
        )


def finalize(store: Path, queue: Queue, run_id: str, end: WorkerExit) -> None:
    """See to a run that has no worker any more. May be repeated after an error; raises OSError or sqlite3.Error."""
    run = runs.read(store / "runs" / run_id)
    asked = queue.asked().get(run_id, frozenset())
    if run.problem or run.final_state:  # deleted, damaged or done: its folder says so
        _finish(store, queue, run)
    elif end.state is not None:
        _finish(store, queue, run, end.state, end.reason)
    elif Request.PAUSE in asked and Request.STOP not in asked:
        queue.put_aside(run_id)
        log.info("has left off at a checkpoint", extra=of(Event.PAUSED, run_id))
    elif end.died and Request.STOP in asked and not checkpoints.exist(run.folder):
        _finish(
            store,
            queue,
            run,
            State.CANCELLED,
            joined([message("Cancelled as asked; nothing was trained yet."), end.reason]),
        )
    elif end.unknown and Request.STOP in asked:
        _finish(store, queue, run, State.CANCELLED, joined([message("Cancelled as asked."), end.reason]))
    elif end.unknown:
        queue.put_aside(run_id, end.reason)
        log.warning("%s", end.reason, extra=of(Event.PAUSED, run_id))
    else:
        _put_back(store, queue, run, end, yielded=Request.YIELD in asked)


def _put_back(store: Path, queue: Queue, run: Run, end: WorkerExit, *, yielded: bool) -> None:
    """It goes on from its last checkpoint; after three deaths it is given up, or it would hold the queue up."""
    died = end.died and not yielded
    if died and queue.note(run.id).deaths >= MOST_DEATHS:
        full = end.reason == DISK_WAS_FULL
        tried = message("It was tried {count} times.", count=MOST_DEATHS + 1)
        again = message("Free some space and train again.") if full else message("Train again.")
        reason = joined([end.reason, tried, again])
        _finish(store, queue, run, State.FAILED if full else State.INTERRUPTED, reason)
        return
    goes_on = message("It starts anew.")
    if checkpoints.exist(run.folder):
        goes_on = message("It goes on from its last checkpoint.")
    deaths = queue.put_back(run.id, joined([end.reason, goes_on]) if died else "", died=died)
    if died:
        told = f"{end.reason} {goes_on} ({deaths} of {MOST_DEATHS} deaths)"
        log.warning("%s", told, extra=of(Event.RECOVERED, run.id))
    else:
        log.info("waits again. %s", goes_on, extra=of(Event.RECOVERED, run.id))


def _finish(store: Path, queue: Queue, run: Run, state: State | None = None, reason: str = "") -> None:
    """Out of the queue, and finalized; where the folder cannot be written the queue remembers how it ended."""
    note = None
    if state is not None:
        try:
            run_folders.finalize(run, state, reason)
        except OSError as error:
            if is_full_disk(error):
                raise  # tried again until there is room
            log.warning("could not be finalized: %s", error, extra={"run": run.id})
            note = Note(state=state.value, reason=reason)
    checkpoints.discard(run.folder)  # of one whose worker was killed between the end and this
    queue.done(run.id, unfinalized=note)
    requests.clear(store, run.id)
    _log_end(run, state, reason)


def _log_end(run: Run, state: State | None, reason: str) -> None:
    """One line for every end, as loud as it is bad. A run that its worker has finalized says itself how."""
    finalized = runs.read(run.folder)
    state = finalized.final_state or state
    if state is None:
        log.warning("%s", finalized.problem, extra=of(Event.FAILED, run.id))
        return
    level = logging.ERROR if state in (State.FAILED, State.INTERRUPTED) else logging.INFO
    log.log(level, "%s", finalized.reason or reason, extra=of(Event(state.value), run.id))
