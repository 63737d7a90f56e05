"""Which devices are offered: those that this machine seems to have, told without torch. The worker knows for sure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.environment import BACKEND
from core.environment.machine import accelerators
from core.errors import UserError

_LOCAL = "local"


def offered(choices: tuple[str, ...], value: str) -> tuple[str, ...]:
    """Of the choices of a device those that are here, and the one that is chosen. All of them where another backend
    than this machine trains."""
    if BACKEND.text() not in ("", _LOCAL):
        return choices
    here = {"auto", "cpu", value, *accelerators()}
    return tuple(choice for choice in choices if choice in here)


def refuse_absent(settings: Mapping[str, Any]) -> None:
    """Raise UserError for a device that is not here, before anything waits for it."""
    chosen = str(settings.get("device", "auto"))
    present = offered(("auto", "cpu", "cuda", "mps"), "auto")
    if chosen in ("cuda", "mps") and chosen not in present:
        raise UserError(
            "Training needs a device that this machine has; {name!r} is not here. Use: {names}.",
            name=chosen,
            names=", ".join(present),
        )
