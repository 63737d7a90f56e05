"""What a forward pass leaves for the backward pass, and the buffers that both reuse in every step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import torch
from torch import Tensor

Kept = TypeVar("Kept")


class Workspace(list[Any]):
    """Filled by a model's `forward`, read by its `backward`. A step of a small network spends more time on finding
    fresh memory and making views than on arithmetic, so results are written to buffers (`out=`), and views are cached,
    for as long as the workspace lives: one stack of networks with the same parameters and batches of one size."""

    def __init__(self) -> None:
        self._kept: dict[str, Any] = {}

    def cached(self, name: str, make: Callable[[], Kept]) -> Kept:
        """What was made under that name in the first step."""
        found = self._kept.get(name)
        if found is None:
            found = self._kept[name] = make()
        return cast("Kept", found)

    def buffer(self, name: str, shape: tuple[int, ...], like: Tensor) -> Tensor:
        """A tensor to be overwritten, of the type and device of `like`; the same one while the shape is the same."""
        found = self._kept.get(name)
        if found is None or found.shape != shape:
            found = self._kept[name] = torch.empty(shape, dtype=like.dtype, device=like.device)
        return cast("Tensor", found)
