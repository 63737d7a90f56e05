"""A run while it is carried out: its states, and how it is asked to stop."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

StopRequested = Callable[[], bool]


class State(StrEnum):
    """The states of a run. The last five are final."""

    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    STOPPED = "stopped"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"
    FAILED = "failed"

    @property
    def is_final(self) -> bool:
        return self not in (State.WAITING, State.RUNNING, State.PAUSED)

    @property
    def has_report(self) -> bool:
        return self in (State.FINISHED, State.STOPPED)
