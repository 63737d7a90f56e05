"""The held-out picture in which boxes appear while a network learns: its address, its form, its classes' colours."""

from __future__ import annotations

from typing import Any

from core.charts.boxes import colour_of
from core.kinds import kind_of
from core.store import profiles
from pages.components.context import Context
from pages.components.kept import Kept

_profiles = Kept(20)


def watched(context: Context) -> dict[str, Any] | None:
    """None for a kind without boxes. The picture comes with the shipped profile of the data; without one, boxes stand
    on plain ground."""
    use_case = context.use_case
    if kind_of(use_case.task).boxes is None or use_case.task.detection is None:
        return None
    found = _profiles.get((use_case.name, use_case.variant), lambda: profiles.shipped(use_case))
    pictures = found["watched"]["pictures"] if found and "watched" in found else {}
    height, width = use_case.arrays[0].shape[:2]
    return {
        "picture": next(iter(pictures.values()), ""),
        "ratio": width / height,
        "colours": [colour_of(kind) for kind in range(len(use_case.task.detection.classes))],
    }
