"""A run: what it was started with, its states, and how it is asked to stop."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import NotRequired, TypedDict

from core.contracts.plain import Moment, Scalar

StopRequested = Callable[[], bool]


class RunConfig(TypedDict):
    """config.json: enough to reproduce a run. preset: whose settings it has. code, data_checksum: of what it was
    trained with. visitor: who asked for it. limit_s: when the clock ends it. extra: the folders in which its use case
    is found. sweep: the runs that it was submitted with. Of a folder that cannot be read there is what could be."""

    schema: NotRequired[int]
    run: str
    use_case: str
    settings: dict[str, Scalar]
    created: Moment
    preset: NotRequired[str | None]
    visitor: NotRequired[str]
    limit_s: NotRequired[float | None]
    code: NotRequired[str]
    data_checksum: NotRequired[str]
    versions: NotRequired[dict[str, Scalar | None]]
    extra: NotRequired[list[str]]
    sweep: NotRequired[str]


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
