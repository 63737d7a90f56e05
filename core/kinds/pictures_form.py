"""The form of predictions that are made pictures, as simple methods hear of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class MadePictures:
    """How the fixed classifier sees pictures that were made: `core.judge.judged`."""
