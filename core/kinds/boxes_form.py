"""The form of predictions that are boxes, as simple methods hear of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Boxes:
    """Boxes of things in a picture, as `core.contracts.boxes` packs them."""
