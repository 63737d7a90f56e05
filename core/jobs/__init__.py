"""Jobs: the Protocol that pages and the command line use, and the local supervisor behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from core.contracts import State, UseCase
from core.store.runs import Run


@dataclass(frozen=True, kw_only=True, slots=True)
class Status:
    """Where a run stands: its state, how many are before it while it waits, and the reason of its end."""

    state: State
    before: int = 0
    reason: str = ""


class Jobs(Protocol):
    """What a backend offers: the local supervisor today, a cluster later."""

    def submit(
        self, use_case: UseCase, settings: Mapping[str, Any], *, visitor: str, preset: str | None = None
    ) -> Run: ...

    def status(self, run: Run) -> Status: ...

    def stop(self, run: Run, *, visitor: str = ...) -> None: ...

    def delete(self, run: Run, *, visitor: str = ...) -> None: ...

    def ask(self, question: Mapping[str, Any], *, timeout_s: float = 20.0) -> dict[str, Any]: ...

    def wake(self) -> None: ...
