"""The form of predictions that say how strange a row is, as simple methods hear of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class AnomalyScore:
    """One number (n, 1) from 0 to 1, the higher the stranger. What belongs has 0 in the first target column; nothing is
    to be learned from other rows, whoever hands them over."""
