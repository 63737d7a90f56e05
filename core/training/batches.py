"""Rows in the order of an epoch: shuffled once into contiguous copies, then sliced."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from core.contracts import InputShapes
from core.training.blocks import Blocks

Score = Callable[[int, np.ndarray, np.ndarray], float]  # the headline: fold, row ids, scaled predictions
_CHUNK_NUMBERS = {"cpu": 16_000_000}  # of the shuffled copy: 64 MB
_CHUNK_NUMBERS_ON_GPU = 128_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class NetworkRows:
    """The rows of one network: its fold's place in the inputs, and its training and validation row ids. place: which of
    its run's networks it is, so that its randomness is its own whoever else is in the config batch."""

    fold: int
    train: np.ndarray
    validation: np.ndarray
    place: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingData:
    """tensors: what the networks read, by name, each (folds, N, ...), or (1, N, ...) where all folds share it: numeric
    (folds, N, F), category (folds, N, C), and arrays. scales: centre and scale of shared arrays in each fold, each
    (folds, ...) as the array's last dimensions: (x - centre) / scale is read. target (folds, N, T), the rows of the K
    networks, and how much each row counts (folds, N), above 0. block: rows of one number (N,) stay together in a batch;
    None: none do."""

    shapes: Sequence[InputShapes]
    tensors: Mapping[str, Tensor]
    target: Tensor
    networks: Sequence[NetworkRows]
    weight: Tensor
    scales: Mapping[str, tuple[Tensor, Tensor]] = field(default_factory=dict)
    block: np.ndarray | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """inputs by name, (K, B, ...); target (K, B, T); share (K, B, 1): what each row counts, 1 in sum, 0 where padded;
    rows: how many are not padded."""

    inputs: Mapping[str, Tensor]
    target: Tensor
    share: Tensor
    rows: int

    def copy(self) -> Batch:
        """One of its own memory."""
        inputs = {name: tensor.clone() for name, tensor in self.inputs.items()}
        return Batch(inputs, self.target.clone(), self.share.clone(), self.rows)

    def overwrite(self, other: Batch) -> None:
        """Take the numbers of another of the same shape."""
        for own, its in zip(self._tensors(), other._tensors(), strict=True):
            if own.numel():
                own.copy_(its)

    def _tensors(self) -> tuple[Tensor, ...]:
        return *self.inputs.values(), self.target, self.share


class Rows:
    """The tables on their device, and the rows of every network in them."""

    def __init__(self, data: TrainingData, device: torch.device) -> None:
        self.device = device
        folds, self.num_rows = data.weight.shape
        self.tensors = {name: _small(table).to(device).flatten(0, 1) for name, table in data.tensors.items()}
        self.shared = {name for name, table in data.tensors.items() if len(table) < folds}
        self.scales = {name: (a.to(device), b.to(device)) for name, (a, b) in data.scales.items()}
        self.target, self.weight = data.target.to(device).flatten(0, 1), data.weight.to(device).flatten()
        self.numbers = sum(math.prod(table.shape[1:]) for table in self.tensors.values())
        self.block = data.block
        self.choose(data.networks)

    def choose(self, networks: Sequence[NetworkRows]) -> None:
        """Go on with these networks."""
        self.networks = networks
        self.offset = np.array([network.fold * self.num_rows for network in networks])[:, None]
        self.lengths = [len(network.train) for network in networks]
        self.train, _ = self.padded([network.train for network in networks])
        folds = [network.fold for network in networks]
        self.scale_of = {name: (a[folds].unsqueeze(1), b[folds].unsqueeze(1)) for name, (a, b) in self.scales.items()}
        self.blocks = None if self.block is None else Blocks(self.block, [n.train for n in networks])
        self.cuts: dict[int, tuple[Tensor, Tensor, list[int]]] = {}

    def padded(self, rows: Sequence[np.ndarray]) -> tuple[Tensor, Tensor]:
        """Row ids (K, n) into the flat tables, padded with each network's first row, and weights, 0 where padded."""
        width = max(len(r) for r in rows)
        index = np.stack([np.pad(r, (0, width - len(r)), constant_values=r[0]) for r in rows]) + self.offset
        present = np.stack([np.arange(width) < len(r) for r in rows])
        on_device = torch.from_numpy(index).to(self.device)
        return on_device, self.weight[on_device] * torch.from_numpy(present).to(self.device)

    def steps(self, wanted: int) -> int:
        """How many steps an epoch has that should have so many: no more than there are blocks."""
        return wanted if self.blocks is None else self.blocks.steps(wanted)

    def epoch(self, order_Kn: Tensor, steps: int) -> Iterator[Batch]:
        """Every network's training rows in its own order, (K, longest), cut into the same number of steps."""
        if self.blocks is None:
            at, present, rows = self._cuts(steps)
        else:
            cut = self.blocks.cut(order_Kn.cpu().numpy(), steps)
            order_Kn, at, present = (torch.from_numpy(a).to(self.device) for a in cut)
            rows = cut[2].sum((0, 2)).tolist()
        index = self.train.gather(1, order_Kn).gather(1, at.flatten(1)).view(at.shape)
        a_step = index[:, 0].numel() * (self.numbers + self.target.shape[1] + 1)
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

    def read(self, index: Tensor) -> tuple[dict[str, Tensor], Tensor]:
        """Inputs and targets of row ids (..., K, B), each (..., K, B, columns)."""
        flat, found = index.flatten(), {}
        own = flat % self.num_rows if self.shared else flat
        for name, table in self.tensors.items():
            shape = *index.shape, *table.shape[1:]
            taken = table.index_select(0, own if name in self.shared else flat) if math.prod(table.shape[1:]) else table
            found[name] = taken.view(shape) if taken is not table else table.new_empty(shape)
            if name in self.scale_of:
                centre, scale = self.scale_of[name]
                found[name] = scaled(found[name], centre, scale)
        return found, self.target.index_select(0, flat).view(*index.shape, -1)

    def _chunk(self, index_KSB: Tensor, present_KSB: Tensor, rows_S: Sequence[int]) -> Iterator[Batch]:
        step_first = index_KSB.transpose(0, 1).contiguous()
        weights = self.weight[step_first] * present_KSB.transpose(0, 1)
        shares = (weights / weights.sum(2, keepdim=True).clamp_min(1e-12))[..., None]
        inputs, target = self.read(step_first)
        for s, rows in enumerate(rows_S):
            yield Batch({name: of[s] for name, of in inputs.items()}, target[s], shares[s], rows)


def scaled(values: Tensor, centre: Tensor, scale: Tensor) -> Tensor:
    """An array as networks read it, in 32 bits; 0, its mean, where it is missing."""
    return values.to(torch.float32).sub(centre).div_(scale).nan_to_num_(nan=0.0)


def _small(table: Tensor) -> Tensor:
    """Codes in 32 bits."""
    return table.to(torch.int32) if table.dtype is torch.int64 else table
