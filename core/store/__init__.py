"""Runs, baselines and examples on disk. A run folder has one writer and many readers."""

from __future__ import annotations

from pathlib import Path

from core.environment import STORE

_DEFAULT = Path(__file__).parents[2] / "store"


def store_folder() -> Path:
    """Where runs are kept: $PROVING_GROUND_STORE, or store/ beside the code."""
    return Path(STORE.text() or _DEFAULT).resolve()
