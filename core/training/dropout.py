"""Masks for dropout: every network's from its own generator, sixteen random bits a unit. Knows no model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

_LEVELS = 65_536


class Dropout:
    """Called with a hidden layer (K, B, H), gives its mask: 0 where a unit is dropped, else 1 / (1 - rate).

    torch's own bernoulli_ takes one call and a float a unit for each network; four units from every random integer
    are some ten times as fast.
    """

    def __init__(self, rates: Sequence[float], generators: Sequence[torch.Generator], device: torch.device) -> None:
        self.generators = generators
        cuts = torch.tensor([round(rate * _LEVELS) - _LEVELS // 2 for rate in rates], device=device)
        self.cut = cuts.to(torch.int16)[:, None, None]
        self.scale = torch.tensor([1 / (1 - rate) for rate in rates], device=device)[:, None, None]

    def keep(self, networks: np.ndarray) -> None:
        """Go on with the numbered networks alone."""
        self.generators = [self.generators[k] for k in networks]
        self.cut, self.scale = self.cut[networks], self.scale[networks]

    def __call__(self, hidden_KBH: Tensor) -> Tensor:
        members, rows, width = hidden_KBH.shape
        whole = -(-rows * width // 4)
        bits = torch.empty(members, whole, dtype=torch.int64, device=hidden_KBH.device)
        for own, generator in zip(bits, self.generators, strict=True):
            own.random_(-(2**63), None, generator=generator)
        units = bits.view(torch.int16)[:, : rows * width].view(members, rows, width)
        return (units >= self.cut) * self.scale
