"""Choosing a device and the number of threads."""

from __future__ import annotations

import platform

import torch

from core.environment.machine import worker_threads
from core.errors import UserError


def here() -> list[str]:
    """The devices of this machine by name; the processor is always one."""
    found = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    return [name for name, is_here in found.items() if is_here]


def choose(name: str) -> torch.device:
    """The device called auto, cpu, cuda or mps; raises UserError for one that is not here."""
    present = here()
    if name == "auto":
        return torch.device(next((d for d in ("cuda", "mps") if d in present), "cpu"))
    if name not in present:
        raise UserError(
            "Training needs a device that this machine has; {name!r} is not here. Use: auto, {names}.",
            name=name,
            names=", ".join(present),
        )
    return torch.device(name)


def describe(device: torch.device) -> str:
    """The device in words: 'cpu (x86_64, 1 thread)', 'cuda (NVIDIA H100)'."""
    if device.type == "cuda":
        return f"cuda ({torch.cuda.get_device_name(device)})"
    if device.type == "cpu":
        threads = torch.get_num_threads()
        return f"cpu ({platform.machine()}, {threads} thread{'s' if threads > 1 else ''})"
    return device.type


def make_repeatable() -> None:
    """The same bits from the same seed, where the device can; a warning where not. Fresh memory need not be filled for
    that: nothing reads it before it is written."""
    torch.use_deterministic_algorithms(True, warn_only=True)
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]


def set_threads() -> None:
    """Leave a core to the pages: two busy threads on two cores collapse when anything else runs."""
    torch.set_num_threads(worker_threads())


def release_memory() -> None:
    """What a finished run has left on a GPU goes back to it: torch keeps freed memory for itself."""
    if torch.cuda.is_available() and torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
        torch.cuda.empty_cache()
    if torch.backends.mps.is_available():
        torch.mps.empty_cache()
