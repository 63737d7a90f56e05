"""A visitor's file where the answer worker reads it; deleted, whatever becomes of it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from core.store import store_folder


@contextmanager
def laid_down(folder: str, content: bytes) -> Iterator[str]:
    """Its name there. A name that nobody guesses: two visitors may bring the same file. Raises OSError."""
    name = secrets.token_hex(32)
    place = store_folder() / folder
    place.mkdir(parents=True, exist_ok=True)
    path = place / name
    path.write_bytes(content)
    try:
        yield name
    finally:
        with suppress(OSError):
            path.unlink()
