"""A trained ensemble: stacked parameters with each fold's preprocessing. Predicts from feature tables, on the CPU."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from core.protocols import Model
from core.training import loop
from core.training.losses import Loss, SpeaksAsOne
from core.training.preprocessing import Preprocessing

if TYPE_CHECKING:
    import pandas as pd

_CHUNK_ROWS = 8192
_CHUNK_NUMBERS = 64_000_000  # of arrays, in 32 bits for each fold: 256 MB


@dataclass(frozen=True, slots=True)
class Inputs:
    """Some networks, their folds, what they read in each fold by name, (folds, N, ...), and each row's size where
    targets are multiples of it."""

    networks: list[int]
    folds: list[int]
    tensors: Mapping[str, Tensor]
    size: np.ndarray | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Ensemble:
    """K networks: params (K, ...), `fold_of` each network, one preprocessing a fold."""

    model: Model
    loss: Loss
    settings: Mapping[str, Any]
    params: Mapping[str, Tensor]
    preprocessing: Sequence[Preprocessing]
    fold_of: Sequence[int]

    def predict(
        self,
        features: pd.DataFrame,
        networks: Sequence[int] | None = None,
        arrays: Mapping[str, np.ndarray] | None = None,
    ) -> np.ndarray:
        """Predictions (K, N, O) in the target's units, of all networks or of the numbered ones, or of each fold's
        together (`voices`). arrays: what the use case declares beside the table, (N, ...) each."""
        parts, given = [], arrays or {}
        numbers = sum(math.prod(values.shape[1:]) for values in given.values()) * len(self.preprocessing)
        at_once = max(1, min(_CHUNK_ROWS, _CHUNK_NUMBERS // max(1, numbers)))
        for start in range(0, max(1, len(features)), at_once):
            rows = slice(start, start + at_once)
            read = self.inputs(features.iloc[rows], networks, {name: values[rows] for name, values in given.items()})
            parts.append(self.predict_inputs(read))
        return np.concatenate(parts, axis=1)

    def inputs(
        self,
        features: pd.DataFrame,
        networks: Sequence[int] | None = None,
        arrays: Mapping[str, np.ndarray] | None = None,
    ) -> Inputs:
        """What the networks read of a feature table and arrays, once for each fold that one of them belongs to."""
        chosen = list(range(len(self.fold_of))) if networks is None else list(networks)
        folds = sorted({self.fold_of[k] for k in chosen})
        beside = self.preprocessing[0].read(arrays or {})  # once: a spectrogram takes longer than a network
        read = [p.transform(features) | p.scaled(beside) for p in (self.preprocessing[f] for f in folds)]
        return Inputs(chosen, folds, stack(read, self._width()), self.preprocessing[0].size(features))

    def predict_inputs(self, inputs: Inputs) -> np.ndarray:
        """`predict` of what `inputs` gave."""
        return self.unscaled(inputs, self.predict_scaled(inputs), inputs.size)

    def predict_scaled(self, inputs: Inputs) -> np.ndarray:
        """The same in the units that are learned, in 32 bits."""
        place = [inputs.folds.index(self.fold_of[k]) for k in inputs.networks]
        return loop.predict(
            self.model, self.loss, self.params_of(inputs.networks), self.settings, inputs.tensors, place
        )

    def unscaled(self, inputs: Inputs, scaled: Iterable[np.ndarray], size: np.ndarray | None) -> np.ndarray:
        """What each network says of as many rows as sizes, in the target's units."""
        folds = self.voices(inputs.networks)
        found = [self.preprocessing[f].unscale(p, size) for f, p in zip(folds, scaled, strict=True)]
        return np.stack(found).astype(np.float64)

    def voices(self, networks: Sequence[int] | None = None) -> list[int]:
        """The fold of each prediction that these networks, or all, make: one a network, or one a fold where the
        networks of a fold speak as one."""
        folds = [self.fold_of[k] for k in (range(len(self.fold_of)) if networks is None else networks)]
        return sorted(set(folds)) if isinstance(self.loss, SpeaksAsOne) else folds

    def params_of(self, networks: Sequence[int]) -> dict[str, Tensor]:
        """Of some networks, stacked."""
        return {name: value[networks] for name, value in self.params.items()}

    def _width(self) -> int:
        """Numeric inputs of the networks: as many as the widest fold has, whichever folds are asked."""
        return max(p.shapes.num_numeric for p in self.preprocessing)


def stack(inputs: Sequence[Mapping[str, np.ndarray]], width: int) -> dict[str, Tensor]:
    """What each fold reads, (N, ...) by name -> (folds, N, ...); numbers are padded with zeros to (folds, N, width)."""

    def padded(name: str, values: np.ndarray) -> np.ndarray:
        return np.pad(values, ((0, 0), (0, width - values.shape[1]))) if name == "numeric" else values

    return {name: torch.from_numpy(np.stack([padded(name, of[name]) for of in inputs])) for name in inputs[0]}
