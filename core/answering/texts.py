"""Which texts networks read, and what somebody may type: what pages and the answer worker both know."""

from __future__ import annotations

from core.contracts import ArrayInput, UseCase
from core.errors import UserError

MOST_CHARACTERS = 10_000  # of what is typed; what stands after the input's length is not read


def read_text(use_case: UseCase) -> ArrayInput | None:
    """The text that networks read; None where they read none."""
    return next((array for array in use_case.arrays if array.pieces), None)


def typed(text: object) -> str:
    """What somebody types, what cannot be seen of it as spaces. Raises UserError for what is no text, and for what is
    longer than anybody's question."""
    if not isinstance(text, str):
        raise UserError("There is no text in this question. Type one.")
    if len(text) > MOST_CHARACTERS:
        raise UserError(
            "A question has at most {most} characters; this one has {has}. Leave something out.",
            most=MOST_CHARACTERS,
            has=len(text),
        )
    return "".join(sign if sign.isprintable() else " " for sign in text)
