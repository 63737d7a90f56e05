"""Runs, baselines and examples on disk. A run folder has one writer and many readers."""

from __future__ import annotations

from pathlib import Path

from core.environment import READ_ONLY, STORE
from core.store.stage import stage_of

_DEFAULT = Path(__file__).parents[2] / "store"


def store_folder() -> Path:
    """Where runs are kept: $PROVING_GROUND_STORE, or store/ beside the code. On a stage ($PROVING_GROUND_READ_ONLY)
    whose disk cannot be written, a folder that stands for it."""
    store = Path(STORE.text() or _DEFAULT).resolve()
    return stage_of(store) if READ_ONLY.read() else store
