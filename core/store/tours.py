"""Who wants no more tour of the first five minutes: an empty file for each browser, named by a hash of its secret."""

from __future__ import annotations

import hashlib
from pathlib import Path

_FOLDER = "tours_ended"


def ended(store: Path, secret: str) -> bool:
    """Whether this browser has had it, or skipped it."""
    return _path(store, secret).exists()


def end(store: Path, secret: str) -> None:
    """For good. Raises OSError."""
    path = _path(store, secret)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()


def _path(store: Path, secret: str) -> Path:
    return store / _FOLDER / hashlib.sha256(secret.encode()).hexdigest()[:16]
