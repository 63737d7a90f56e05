"""Masks for dropout: every network's from its own generator, sixteen random bits a unit. Knows no model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

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
        self.sources = [_Source(seed, device) for seed in seeds]
        cuts = torch.tensor([round(rate * _LEVELS) - _LEVELS // 2 for rate in rates], device=device)
        self.below = (cuts - 1).float()[:, None, None]
        self.scale = torch.tensor([1 / (1 - rate) for rate in rates], device=device)[:, None, None]
        self.rooms: list[Tensor] = []
        self.calls = 0

    def begin(self) -> None:
        """A step begins: its masks may overwrite those of the step before."""
        self.calls = 0

    def keep(self, networks: np.ndarray) -> None:
        """Go on with the numbered networks alone."""
        self.sources = [self.sources[int(k)] for k in networks]
        self.below, self.scale, self.rooms = self.below[networks], self.scale[networks], []

    def __call__(self, hidden_KBH: Tensor) -> Tensor:
        members, rows, width = hidden_KBH.shape
        bits = torch.empty(members, -(-rows * width // 4), dtype=torch.int64, device=self.device)
        for own, source in zip(bits, self.sources, strict=True):
            source.fill(own)
        units = bits.view(torch.int16)[:, : rows * width].view(members, rows, width)
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

    def state(self) -> list[dict[str, Any]]:
        """The sources' states, as JSON."""
        return [source.state() for source in self.sources]

    def restore(self, states: Sequence[Mapping[str, Any]]) -> None:
        """Take up what `state` gave."""
        for source, state in zip(self.sources, states, strict=True):
            source.restore(state)


class _Source:
    """Random bits of one network: by numpy on the processor, by torch on its device elsewhere."""

    def __init__(self, seed: int, device: torch.device) -> None:
        self.numpy = np.random.SFC64(seed) if device.type == "cpu" else None
        self.torch = None if self.numpy is not None else torch.Generator(device).manual_seed(seed)

    def fill(self, bits: Tensor) -> None:
        if self.numpy is not None:
            bits.copy_(torch.from_numpy(self.numpy.random_raw(len(bits)).view(np.int64)))
        else:
            bits.random_(-(2**63), None, generator=self.torch)

    def state(self) -> dict[str, Any]:
        if self.numpy is None:
            assert self.torch is not None
            return {"torch": self.torch.get_state().tolist()}
        return {"numpy": self.numpy.state["state"]["state"].tolist()}

    def restore(self, state: Mapping[str, Any]) -> None:
        if self.numpy is None:
            assert self.torch is not None
            self.torch.set_state(torch.tensor(state["torch"], dtype=torch.uint8))
        else:
            fresh = self.numpy.state
            fresh["state"]["state"] = np.array(state["numpy"], dtype=np.uint64)
            self.numpy.state = fresh
