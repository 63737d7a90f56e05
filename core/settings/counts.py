"""How much is measured: what a training and an evaluation take, and an estimate counts with. Light to import."""

from __future__ import annotations

MAX_TRAIN_SCORE_ROWS = 1024  # of a network's training rows, so many are measured after an epoch
EVALUATION_ROWS = 8192  # are measured in one go
MOST_TOGETHER = 8192  # rows of one group, which are in a batch together: as many as the largest batch


def draw_count(units: int) -> int:
    """Bootstrap draws of a test set: fewer for larger ones, whose intervals are narrow anyway."""
    return int(min(1000.0, max(200.0, 5_000_000 / max(1, units))))
