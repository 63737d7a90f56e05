"""Sweeps: runs of one use case that were submitted together, and what is asked of all of them."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from pathlib import Path

from core.errors import RunError
from core.formatting.text import plain
from core.jobs import Jobs
from core.store import runs
from core.store.runs import Run

_ID = re.compile(r"sweep-[0-9a-f]{8}")


def new_id() -> str:
    """A name for the runs that are about to be submitted together."""
    return f"sweep-{secrets.token_hex(4)}"


def sweep_of(run: Run) -> str | None:
    """The sweep that a run belongs to."""
    found = run.config.get("sweep")
    return found if isinstance(found, str) and _ID.fullmatch(found) else None


def is_id(name: str) -> bool:
    """Whether a name is a sweep's, and no run's."""
    return _ID.fullmatch(name) is not None


def runs_of(store: Path, sweep: str) -> list[Run]:
    """The runs of a sweep that are still there, in their order; raises RunError where there are none."""
    found = [run for run in reversed(runs.list_runs(store)) if not run.recorded and sweep_of(run) == sweep]
    if not found:
        raise RunError(
            "No sweep is called {sweep!r} in this store. `python -m core runs --json` names them.", sweep=plain(sweep)
        )
    return found


def ask_all(ask: Callable[..., None], jobs: Jobs, found: list[Run], *, visitor: str) -> None:
    """Ask the same of all runs of a sweep that have not ended. They are resumed in their order, and stopped and paused
    from the last, so that none begins in the place of one that has just been asked."""
    for run in found if ask == jobs.resume else reversed(found):
        if not jobs.status(run).state.is_final:
            ask(run, visitor=visitor)
