"""Rows in the order of an epoch: shuffled once into contiguous copies, then sliced."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from core.contracts import TableInputs

Score = Callable[[int, np.ndarray, np.ndarray], float]  # the headline: fold, row ids, scaled predictions
_CHUNK_NUMBERS = {"cpu": 16_000_000}  # of the shuffled copy: 64 MB
_CHUNK_NUMBERS_ON_GPU = 128_000_000


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

    def copy(self) -> Batch:
        """One of its own memory."""
        numeric, category, target, share = (t.clone() for t in self._tensors())
        return Batch(numeric, category, target, share, self.rows)

    def overwrite(self, other: Batch) -> None:
        """Take the numbers of another of the same shape."""
        for own, its in zip(self._tensors(), other._tensors(), strict=True):
            if own.numel():
                own.copy_(its)

    def _tensors(self) -> tuple[Tensor, ...]:
        return self.numeric, self.category, self.target, self.share


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
        self.lengths = [len(network.train) for network in networks]
        self.train, _ = self.padded([network.train for network in networks])
        self.cuts: dict[int, tuple[Tensor, Tensor, list[int]]] = {}

    def padded(self, rows: Sequence[np.ndarray]) -> tuple[Tensor, Tensor]:
        """Row ids (K, n) into the flat tables, padded with each network's first row, and weights, 0 where padded."""
        width = max(len(r) for r in rows)
        index = np.stack([np.pad(r, (0, width - len(r)), constant_values=r[0]) for r in rows]) + self.offset
        present = np.stack([np.arange(width) < len(r) for r in rows])
        on_device = torch.from_numpy(index).to(self.device)
        return on_device, self.weight[on_device] * torch.from_numpy(present).to(self.device)

    def epoch(self, order_Kn: Tensor, steps: int) -> Iterator[Batch]:
        """Every network's training rows in its own order, (K, longest), cut into the same number of steps."""
        at, present, rows = self._cuts(steps)
        index = self.train.gather(1, order_Kn).gather(1, at.flatten(1)).view(at.shape)
        numbers = self.numeric.shape[1] + self.category.shape[1] + self.target.shape[1] + 1
        a_step = index[:, 0].numel() * numbers
        most = _CHUNK_NUMBERS.get(self.device.type, _CHUNK_NUMBERS_ON_GPU)
        many = max(1, most // max(1, a_step))
        for first in range(0, steps, many):
            part = slice(first, first + many)
            yield from self._chunk(index[:, part], present[:, part], rows[part])

    def _cuts(self, steps: int) -> tuple[Tensor, Tensor, list[int]]:
        """Places in each order, (K, steps, B), which of them are not padded, and how many of a step's rows."""
        if steps not in self.cuts:
            length = np.array(self.lengths)[:, None]
            cuts = np.arange(steps + 1)[None] * length // steps
            at = cuts[:, :-1, None] + np.arange(math.ceil(length.max() / steps))
            present = at < np.maximum(cuts[:, 1:], cuts[:, :-1] + 1)[..., None]
            at = np.minimum(at, length[..., None] - 1)
            on_device = (torch.from_numpy(a).to(self.device) for a in (at, present))
            self.cuts[steps] = (*on_device, present.sum((0, 2)).tolist())
        return self.cuts[steps]

    def tables(self, index: Tensor) -> tuple[Tensor, ...]:
        """Numbers, categories and targets of row ids (...): each (..., columns)."""
        flat = index.flatten()
        return tuple(
            table.index_select(0, flat).view(*index.shape, -1) if table.shape[1] else table.new_empty(*index.shape, 0)
            for table in (self.numeric, self.category, self.target)
        )

    def _chunk(self, index_KSB: Tensor, present_KSB: Tensor, rows_S: Sequence[int]) -> Iterator[Batch]:
        step_first = index_KSB.transpose(0, 1).contiguous()
        weights = self.weight[step_first] * present_KSB.transpose(0, 1)
        shares = (weights / weights.sum(2, keepdim=True).clamp_min(1e-12))[..., None]
        numeric, category, target = self.tables(step_first)
        for s, rows in enumerate(rows_S):
            yield Batch(numeric[s], category[s], target[s], shares[s], rows)
