"""Errors that a person is meant to read: rule, fact, next step. Nothing else raises them for control flow."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class UserError(ValueError):
    """Something a person asked for cannot be done; the message is one clear sentence or two."""


class UnknownNameError(UserError):
    """A name that no registry knows. The message names the nearest known ones."""

    def __init__(self, what: str, name: str, known: Iterable[str]) -> None:
        names = sorted(str(k) for k in known)
        near = get_close_matches(name, names, n=1, cutoff=0.4)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        super().__init__(f"No {what} named {name!r}.{hint} Known: {', '.join(names) or 'none'}.")
        self.nearest = near[0] if near else None


class DataError(UserError):
    """A data file is missing or is not the one that the card describes."""


class RunError(UserError):
    """A run folder cannot be read: damaged, half-written or of another schema version."""
