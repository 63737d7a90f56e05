"""Runs, baselines and examples on disk. A run folder has one writer and many readers."""

from __future__ import annotations

import os
from pathlib import Path

STORE = "PROVING_GROUND_STORE"
_DEFAULT = Path(__file__).parents[2] / "store"


def store_folder() -> Path:
    """Where runs are kept: $PROVING_GROUND_STORE, or store/ beside the code."""
    return Path(os.environ.get(STORE) or _DEFAULT).resolve()
