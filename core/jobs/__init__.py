"""Jobs: the Protocol that pages and the command line use, and the local supervisor behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from core.contracts import State, UseCase
from core.store.runs import Run


@dataclass(frozen=True, kw_only=True, slots=True)
class Status:
    """Where a run stands: its state; while it waits, how many are before it and for how long it is expected to wait
    (None when nobody can tell); and why it stands there. A run that is neither final nor doing well has a reason too.
    asked: "stop" or "pause" while the run has not done yet what it was asked."""

    state: State
    before: int = 0
    wait_s: float | None = None
    reason: str = ""
    asked: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenJob:
    """A run that has not ended, as everybody may see it. state: running, waiting or paused."""

    run: str
    visitor: str
    state: State


class Jobs(Protocol):
    """What a backend offers: the local supervisor today, a cluster later. Every method raises UserError when it cannot
    do what it is asked. visitor: who asks; nobody acts as the owner without saying so."""

    def submit(self, use_case: UseCase, settings: Mapping[str, Any], *, visitor: str, preset: str | None = None) -> Run:
        """Put a run with complete, checked settings at the end of the queue."""
        ...

    def submit_sweep(
        self, use_case: UseCase, settings: Sequence[Mapping[str, Any]], *, visitor: str, preset: str | None = None
    ) -> list[Run]:
        """Put a run of each of these settings at the end of the queue, all or none of them; their configurations name
        the sweep that they are of."""
        ...

    def status(self, run: Run) -> Status:
        """Where the run stands now. Never raises."""
        ...

    def open_jobs(self) -> list[OpenJob]:
        """The run that is being carried out, those that wait in their order, then those that are paused."""
        ...

    def pause(self, run: Run, *, visitor: str) -> None:
        """Leave off at the next checkpoint and free the worker; nothing happens to a run that has ended."""
        ...

    def resume(self, run: Run, *, visitor: str) -> None:
        """Put a paused run at the end of the queue; it goes on from its checkpoint."""
        ...

    def stop(self, run: Run, *, visitor: str) -> None:
        """End a run: what one that has trained has learned is kept and measured, one that has not is cancelled."""
        ...

    def delete(self, run: Run, *, visitor: str) -> None:
        """Remove a run that has ended, whole."""
        ...

    def ask(self, question: Mapping[str, Any], *, timeout_s: float = 20.0) -> dict[str, Any]:
        """The answer worker's reply."""
        ...

    def answered_by(self) -> str:
        """Who answers now: changes when another worker, perhaps of other code, has taken its place. Never raises."""
        ...

    def wake(self) -> None:
        """Make sure that somebody carries out what waits. Cheap, and safe to call often."""
        ...
