"""Random bits of many networks in a dozen launches, for a GPU: a hash of each network's seed and a counter. Constants:
the 32-bit mixer `lowbias32` of Chris Wellons, 2018."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

_GOLDEN = 0x9E3779B9


class Hashed:
    """The counter is a tensor, so that a recorded step draws anew each time it is played."""

    def __init__(self, seeds: Sequence[int], device: torch.device) -> None:
        words = np.array([np.random.SeedSequence(seed).generate_state(1)[0] for seed in seeds], dtype=np.uint32)
        self.seeds = torch.from_numpy(words.view(np.int32)).to(device)[:, None]
        self.count = torch.zeros((), dtype=torch.int32, device=device)

    def select(self, networks: np.ndarray) -> None:
        """Go on with the numbered networks alone."""
        self.seeds = self.seeds[torch.from_numpy(networks).to(self.seeds.device)]

    def words(self, number: int) -> Tensor:
        """(K, number) random int32, others each time."""
        self.count.add_(1)
        place = torch.arange(number, dtype=torch.int32, device=self.seeds.device)
        return _mix(_mix(self.seeds + self.count * _wrapped(_GOLDEN)) + place)

    def state(self) -> list[Any]:
        """Where the counter stands, as JSON."""
        return [int(self.count)]

    def restore(self, state: Sequence[Any]) -> None:
        """Take up what `state` gave."""
        self.count.fill_(int(state[0]))


def _mix(word: Tensor) -> Tensor:
    for shift, factor in ((16, 0x7FEB352D), (15, 0x846CA68B), (16, 1)):
        low = (1 << (32 - shift)) - 1  # a shift of signed numbers drags the sign along
        word = (word ^ ((word >> shift) & low)) * _wrapped(factor)
    return word


def _wrapped(number: int) -> int:
    """The signed 32-bit number of the same bits."""
    return (number + 2**31) % 2**32 - 2**31
