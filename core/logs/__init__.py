"""The log of a store: what happened, in one format, written by every process and read by `python -m core log`."""

from __future__ import annotations

from enum import StrEnum


class Event(StrEnum):
    """What a record is about; one without an event is a remark."""

    SUBMITTED = "submitted"
    STARTED = "started"
    ADOPTED = "adopted"
    ASKED = "asked"
    PAUSED = "paused"
    RESUMED = "resumed"
    RECOVERED = "recovered"
    FINISHED = "finished"
    STOPPED = "stopped"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"
    FAILED = "failed"
    DELETED = "deleted"
    WORKER_DIED = "worker died"
    ANSWER_WORKER_RESTARTED = "answer worker restarted"
    QUESTION_FAILED = "question failed"
    QUEUE_MENDED = "queue mended"
    SUPERVISOR_STARTED = "supervisor started"
    SUPERVISOR_ENDED = "supervisor ended"
    PAGE_FAILED = "page failed"


def of(event: Event, run: str = "") -> dict[str, str]:
    """What a record is about, as `extra` of a call of logging."""
    return {"event": event.value, "run": run}
