"""In which order each network sees its rows: every network's from its own seed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor

from core.training.hashing import Hashed


class Shuffler(Protocol):
    """Shufflers of K networks."""

    def draw(self, lengths: Sequence[int]) -> Tensor:
        """The order of one epoch, (K, longest) int64: of network k the first lengths[k] are 0 to lengths[k] - 1."""
        ...

    def select(self, networks: np.ndarray) -> None:
        """Go on with the numbered networks alone."""
        ...

    def state(self) -> list[Any]:
        """Where the shufflers stand, as JSON."""
        ...

    def restore(self, state: Sequence[Any]) -> None:
        """Take up what `state` gave."""
        ...


def shuffler_of(seeds: Sequence[int], device: torch.device) -> Shuffler:
    """On the processor numpy shuffles one network after the other; on a GPU all are sorted by random keys at once."""
    return _Shuffled(seeds) if device.type == "cpu" else _Sorted(seeds, device)


class _Shuffled:
    def __init__(self, seeds: Sequence[int]) -> None:
        self.generators = [np.random.default_rng(seed) for seed in seeds]

    def draw(self, lengths: Sequence[int]) -> Tensor:
        order = np.zeros((len(lengths), max(lengths)), dtype=np.int64)
        for own, generator, length in zip(order, self.generators, lengths, strict=True):
            own[:length] = generator.permutation(length)
        return torch.from_numpy(order)

    def select(self, networks: np.ndarray) -> None:
        self.generators = [self.generators[int(k)] for k in networks]

    def state(self) -> list[Any]:
        return [dict(generator.bit_generator.state) for generator in self.generators]

    def restore(self, state: Sequence[Any]) -> None:
        for generator, own in zip(self.generators, state, strict=True):
            generator.bit_generator.state = own


class _Sorted:
    def __init__(self, seeds: Sequence[int], device: torch.device) -> None:
        self.source, self.device = Hashed(seeds, device), device

    def draw(self, lengths: Sequence[int]) -> Tensor:
        keys, length = self.source.words(max(lengths)), torch.tensor(lengths, device=self.device)[:, None]
        beyond = torch.arange(keys.shape[1], device=self.device) >= length
        return keys.masked_fill_(beyond, torch.iinfo(torch.int32).max).sort(dim=1, stable=True).indices

    def select(self, networks: np.ndarray) -> None:
        self.source.select(networks)

    def state(self) -> list[Any]:
        return self.source.state()

    def restore(self, state: Sequence[Any]) -> None:
        self.source.restore(state)
