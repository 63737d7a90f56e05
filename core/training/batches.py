"""Rows in the order of an epoch: shuffled once into contiguous copies, then sliced. Knows tensors alone."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from core.contracts import TableInputs

_CHUNK_NUMBERS = 16_000_000  # of the shuffled copy: 64 MB


@dataclass(frozen=True, kw_only=True, slots=True)
class NetworkRows:
    """The rows of one network: its fold's place in the inputs, and its training and validation row ids. place: which of
    its run's networks it is, so that its randomness is its own whoever else is in the sheet."""

    fold: int
    train: np.ndarray
    validation: np.ndarray
    place: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingData:
    """numeric (folds, N, F), category (folds, N, C), target (folds, N, T), the rows of the K networks, and how much
    each row counts (folds, N), above 0."""

    inputs: Sequence[TableInputs]
    numeric: Tensor
    category: Tensor
    target: Tensor
    networks: Sequence[NetworkRows]
    weight: Tensor


@dataclass(frozen=True, slots=True)
class Batch:
    """numeric (K, B, F), category (K, B, C), target (K, B, T); share (K, B, 1): what each row counts, 1 in sum, 0 where
    padded; rows: how many are not padded."""

    numeric: Tensor
    category: Tensor
    target: Tensor
    share: Tensor
    rows: int


class Rows:
    """The tables on their device, and the rows of every network in them."""

    def __init__(self, data: TrainingData, device: torch.device) -> None:
        self.device = device
        _, num_rows, _ = data.numeric.shape
        self.numeric, self.category, self.target = (
            table.to(device).flatten(0, 1) for table in (data.numeric, data.category.to(torch.int32), data.target)
        )
        self.weight = data.weight.to(device).flatten()
        self.num_rows = num_rows
        self.choose(data.networks)

    def choose(self, networks: Sequence[NetworkRows]) -> None:
        """Go on with these networks."""
        self.networks = networks
        self.offset = np.array([network.fold * self.num_rows for network in networks])[:, None]

    def padded(self, rows: Sequence[np.ndarray]) -> tuple[Tensor, Tensor]:
        """Row ids (K, n) into the flat tables, padded with each network's first row, and weights, 0 where padded."""
        width = max(len(r) for r in rows)
        index = np.stack([np.pad(r, (0, width - len(r)), constant_values=r[0]) for r in rows]) + self.offset
        present = np.stack([np.arange(width) < len(r) for r in rows])
        return self.pick(index, present)

    def pick(self, index_Kn: np.ndarray, present_Kn: np.ndarray) -> tuple[Tensor, Tensor]:
        """Row ids and weights on the device."""
        index = torch.from_numpy(index_Kn).to(self.device)
        return index, self.weight[index] * torch.from_numpy(present_Kn).to(self.device)

    def epoch(self, generators: Sequence[np.random.Generator], steps: int) -> Iterator[Batch]:
        """Every network's training rows in its own order, cut into the same number of steps."""
        orders = [g.permutation(n.train) for g, n in zip(generators, self.networks, strict=True)]
        size = max(math.ceil(len(order) / steps) for order in orders)
        cuts = np.arange(steps + 1)[None] * np.array([len(order) for order in orders])[:, None] // steps
        at = cuts[:, :-1, None] + np.arange(size)  # (K, steps, B): places in each order
        present = at < np.maximum(cuts[:, 1:], cuts[:, :-1] + 1)[..., None]
        index = np.stack([o[np.minimum(a, len(o) - 1)] for o, a in zip(orders, at, strict=True)])
        index += self.offset[..., None]
        a_step = len(orders) * size * (self.numeric.shape[1] + self.category.shape[1] + self.target.shape[1] + 1)
        many = max(1, _CHUNK_NUMBERS // max(1, a_step))
        for first in range(0, steps, many):
            yield from self._chunk(index[:, first : first + many], present[:, first : first + many])

    def tables(self, index: Tensor) -> tuple[Tensor, ...]:
        """Numbers, categories and targets of row ids (...): each (..., columns)."""
        flat = index.flatten()
        return tuple(
            table.index_select(0, flat).view(*index.shape, -1) if table.shape[1] else table.new_empty(*index.shape, 0)
            for table in (self.numeric, self.category, self.target)
        )

    def _chunk(self, index_KSB: np.ndarray, present_KSB: np.ndarray) -> Iterator[Batch]:
        index, weight = self.pick(index_KSB, present_KSB)
        step_first, weights = index.transpose(0, 1).contiguous(), weight.transpose(0, 1)
        shares = (weights / weights.sum(2, keepdim=True).clamp_min(1e-12))[..., None]
        numeric, category, target = self.tables(step_first)
        for s, rows in enumerate(present_KSB.sum((0, 2)).tolist()):
            yield Batch(numeric[s], category[s], target[s], shares[s], rows)
