"""The jobs backends, found in this folder: one file each; `backend()` opens the one that the environment names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.environment import BACKEND
from core.errors import UnknownNameError, UserError
from core.formatting.messages import joined
from core.jobs import Jobs
from core.registry import Registry


@dataclass(frozen=True, kw_only=True, slots=True)
class Backend:
    """Who carries runs out. open: the client of a store, for this process."""

    name: str
    open: Callable[[Path], Jobs]


BACKENDS: Registry[Backend] = Registry(what="jobs backend", folder="jobs/backends", attribute="BACKEND", kind=Backend)


def chosen() -> Backend:
    """The backend that $PROVING_GROUND_BACKEND names; raises UserError for a name that nobody declares."""
    try:
        return BACKENDS.get(BACKEND.text() or "local")
    except UnknownNameError as error:
        raise UserError(
            "{variable} names who carries runs out. {told}",
            variable=BACKEND.name,
            told=joined((str(error), *BACKENDS.problems())),
        ) from error


def backend(store: Path) -> Jobs:
    """The client of a store, of the chosen backend; raises UserError."""
    return chosen().open(store)
