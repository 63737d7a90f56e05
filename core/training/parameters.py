"""All parameters of K networks in one tensor (K, P), and views of it by name."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each parameter lies in a row of P numbers: name -> (first, last, shape without K)."""

    places: Mapping[str, tuple[int, int, tuple[int, ...]]]
    size: int

    @classmethod
    def of(cls, params: Mapping[str, Tensor]) -> Layout:
        """The layout of parameters, each (K, ...)."""
        places, at = {}, 0
        for name, value in params.items():
            count = math.prod(value.shape[1:])
            places[name] = (at, at + count, tuple(value.shape[1:]))
            at += count
        return cls(places, at)

    def flatten(self, params: Mapping[str, Tensor]) -> Tensor:
        """Parameters by name -> (K, P)."""
        return torch.cat([params[name].flatten(1) for name in self.places], dim=1)

    def views(self, flat_KP: Tensor) -> dict[str, Tensor]:
        """Views by name, each (K, ...); writing to one writes to the whole. For autograd they are one step."""
        parts = torch.split(flat_KP, [b - a for a, b, _shape in self.places.values()], dim=1)
        return {n: p.view(-1, *shape) for p, (n, (_a, _b, shape)) in zip(parts, self.places.items(), strict=True)}

    def mask(self, names: Iterable[str]) -> Tensor:
        """(P,) with 1 where a named parameter lies."""
        chosen = torch.zeros(self.size)
        for name in names:
            first, last, _ = self.places[name]
            chosen[first:last] = 1
        return chosen
