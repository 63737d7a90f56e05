"""What the networks of one training share, and what each has of its own: settings, rates, dropout, seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from core.contracts import ArrayShape, InputShapes, Layer
from core.errors import UserError
from core.training.dropout import Dropout
from core.training.optimisers import Rates
from core.training.parameters import Layout

OWN = ("learning_rate", "weight_decay", "l1", "momentum", "clip_norm", "dropout", "patience", "keep", "seed")


def common(each: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The first network's settings, once those that a stack of networks must share are the same for all; raises
    UserError."""
    for settings in each:
        different = [n for n in each[0] if n not in OWN and settings[n] != each[0][n]]
        if different:
            raise UserError(
                "Networks trained in one go share everything but {names}; {different} differs. Train them apart.",
                names=", ".join(OWN),
                different=different[0],
            )
    return each[0]


def rates_of(each: Sequence[Mapping[str, Any]], layout: Layout, layers: Sequence[Layer], device: torch.device) -> Rates:
    """Weight decay and L1 pull at weights only: a bias towards zero would be a claim about the base rate."""

    def column(name: str) -> Tensor:
        return torch.tensor([float(s[name]) for s in each], device=device)[:, None]

    decays = layout.mask(name for layer in layers for name in layer.weights)
    names = ("learning_rate", "weight_decay", "l1", "momentum", "clip_norm")
    return Rates(decays=decays.to(device), **{name: column(name) for name in names})


def dropout_of(each: Sequence[Mapping[str, Any]], seeds: Sequence[int], device: torch.device) -> Dropout | None:
    """Each network's dropout; None where none has any."""
    rates = [float(s.get("dropout", 0.0)) for s in each]
    if not any(rates):
        return None
    return Dropout(rates, [seed + 1 for seed in seeds], device)


def seed_of(seed: int, place: int) -> int:
    """The seed of one network of a run, whatever networks are beside it."""
    return int(np.random.SeedSequence(seed, spawn_key=(place,)).generate_state(1)[0])


def widest(shapes: Sequence[InputShapes]) -> InputShapes:
    """What a stack of networks is built for, so that the inputs of each fit in."""

    def codes(arrays: tuple[ArrayShape, ...]) -> ArrayShape:
        return max(arrays, key=lambda array: array.num_codes)

    return replace(
        shapes[0],
        num_numeric=max(s.num_numeric for s in shapes),
        cardinalities=tuple(max(sizes) for sizes in zip(*(s.cardinalities for s in shapes), strict=True)),
        arrays=tuple(codes(arrays) for arrays in zip(*(s.arrays for s in shapes), strict=True)),
    )
