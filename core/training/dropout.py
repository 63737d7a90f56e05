"""Masks for dropout: every network's from its own generator, sixteen random bits a unit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from core.training.hashing import Hashed

_LEVELS = 65_536


class Dropout:
    """Called with a hidden layer (K, B, H), gives its mask: 0 where a unit is dropped, else 1 / (1 - rate). A mask is
    good until the next step begins.

    torch's own bernoulli_ takes one call and a float a unit for each network; four units from every random integer
    are some ten times as fast. On the processor numpy's SFC64 draws them, in half the time of torch's Mersenne twister;
    and comparing in floating point avoids the slow way from truth values to numbers.
    """

    def __init__(self, rates: Sequence[float], seeds: Sequence[int], device: torch.device) -> None:
        self.device = device
        self.source = random_words(seeds, device)
        cuts = torch.tensor([round(rate * _LEVELS) - _LEVELS // 2 for rate in rates], device=device)
        self.below = (cuts - 1).float()[:, None, None]
        self.scale = torch.tensor([1 / (1 - rate) for rate in rates], device=device)[:, None, None]
        self.rooms: list[Tensor] = []
        self.calls = 0

    def begin(self) -> None:
        """A step begins: its masks may overwrite those of the step before."""
        self.calls = 0

    def select(self, networks: np.ndarray) -> None:
        """Go on with the numbered networks alone."""
        self.source.select(networks)
        self.below, self.scale = self.below[networks], self.scale[networks]
        self.rooms, self.calls = [], 0

    def __call__(self, hidden_KBH: Tensor) -> Tensor:
        members, rows, width = hidden_KBH.shape
        words = self.source.words(-(-rows * width // 2))
        units = words.view(torch.int16)[:, : rows * width].view(members, rows, width)
        mask = self._room(hidden_KBH)
        mask.copy_(units).sub_(self.below)  # 1 or more where a unit stays, else 0 or less
        return mask.clamp_(0, 1).mul_(self.scale)

    def _room(self, hidden_KBH: Tensor) -> Tensor:
        """The mask of a step's first, second, ... hidden layer; in 32 bits, whatever the layer's."""
        place, self.calls = self.calls, self.calls + 1
        if place == len(self.rooms):
            self.rooms.append(torch.empty(0, device=self.device))
        if self.rooms[place].shape != hidden_KBH.shape:
            self.rooms[place] = torch.empty(hidden_KBH.shape, device=self.device)
        return self.rooms[place]

    def state(self) -> list[Any]:
        """Where the random bits stand, as JSON."""
        return self.source.state()

    def restore(self, state: Sequence[Any]) -> None:
        """Take up what `state` gave."""
        self.source.restore(state)


def random_words(seeds: Sequence[int], device: torch.device) -> _Drawn | Hashed:
    """Random integers of K networks, each network's from its own seed."""
    return _Drawn(seeds) if device.type == "cpu" else Hashed(seeds, device)


class _Drawn:
    """Random bits on the processor: each network's from its own SFC64."""

    def __init__(self, seeds: Sequence[int]) -> None:
        self.sources = [np.random.SFC64(seed) for seed in seeds]

    def select(self, networks: np.ndarray) -> None:
        self.sources = [self.sources[int(k)] for k in networks]

    def words(self, number: int) -> Tensor:
        """(K, number) random int32 or one more, others each time."""
        pairs = -(-number // 2)
        drawn = np.empty((len(self.sources), pairs), dtype=np.int64)
        for own, source in zip(drawn, self.sources, strict=True):
            own[:] = source.random_raw(pairs).view(np.int64)
        return torch.from_numpy(drawn).view(torch.int32)

    def state(self) -> list[Any]:
        return [source.state["state"]["state"].tolist() for source in self.sources]

    def restore(self, states: Sequence[Any]) -> None:
        for source, state in zip(self.sources, states, strict=True):
            fresh = source.state
            fresh["state"]["state"] = np.array(state, dtype=np.uint64)
            source.state = fresh
