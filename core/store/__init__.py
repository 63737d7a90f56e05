"""Runs, baselines and examples on disk. A run folder has one writer and many readers."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from core.environment import READ_ONLY, STORE
from core.store.overlay import overlay_of

_DEFAULT = Path(__file__).parents[2] / "store"


def store_folder() -> Path:
    """Where runs are kept: $PROVING_GROUND_STORE, or store/ beside the code. In read-only mode
    ($PROVING_GROUND_READ_ONLY), on a disk that cannot be written, a folder that stands for it."""
    asked = STORE.text() or str(_DEFAULT)
    store = _resolved(asked, "" if os.path.isabs(asked) else os.getcwd())  # the working folder may have been deleted
    return overlay_of(store) if READ_ONLY.read() else store


@lru_cache(maxsize=16)
def _resolved(store: str, folder: str) -> Path:
    """Asked twenty times for a page; folder: what a relative path begins at."""
    return Path(folder, store).resolve()
