"""Errors that a person is meant to read: rule, fact, next step; and the one signal of the training loop, Paused."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher

from core.formatting.messages import Message, message
from core.formatting.text import plain

_ALIKE = 0.4


class UserError(ValueError):
    """Something a person asked for cannot be done; the message is one clear sentence or two: an English template,
    and by name what is filled in, or a message as it is."""

    def __init__(self, text: str, /, **parameters: object) -> None:
        super().__init__(text if isinstance(text, Message) else message(text, **parameters))


class UnknownNameError(UserError):
    """A name that no registry knows. The message names the nearest known ones."""

    def __init__(self, what: str, name: str, known: Iterable[str]) -> None:
        name = plain(name)  # of a link or a run folder, and of any length
        names = sorted(str(k) for k in known)
        self.nearest = nearest(name, names)
        about = {
            "what": what if isinstance(what, Message) else message(what),
            "name": name,
            "known": ", ".join(names) or message("none"),
        }
        told = message("No {what} named {name!r}. Known: {known}.", **about)
        if self.nearest:
            told = message(
                "No {what} named {name!r}. Did you mean {nearest!r}? Known: {known}.", nearest=self.nearest, **about
            )
        super().__init__(told)


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The known name that is most alike, as a whole or in its beginning: people leave out ends."""

    def alike(known: str) -> float:
        return max(SequenceMatcher(None, name, part).ratio() for part in (known, known[: len(name) + 1]))

    best = max(names, key=alike, default=None)
    return best if best is not None and alike(best) >= _ALIKE else None


class DataError(UserError):
    """A data file is missing or is not the one that the card describes."""


class RunError(UserError):
    """A run folder cannot be read: damaged, half-written or of another schema version."""


class Paused(Exception):
    """Training was asked to pause, and its state has been written."""
