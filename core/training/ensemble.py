"""A trained ensemble: stacked parameters with each fold's preprocessing. Predicts from feature tables, on the CPU."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from core.protocols import Model
from core.training import loop
from core.training.losses import Loss
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
        """Predictions (K, N, O) in the target's units, of all networks or of the numbered ones. arrays: what the use
        case declares beside the table, (N, ...) each."""
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
        read = [
            p.transform(features) | p.transform_arrays(arrays or {}) for p in (self.preprocessing[f] for f in folds)
        ]
        return Inputs(chosen, folds, stack(read, self._width()), self.preprocessing[0].size(features))

    def predict_inputs(self, inputs: Inputs) -> np.ndarray:
        """`predict` of what `inputs` gave."""
        folds = [self.fold_of[k] for k in inputs.networks]
        scaled = self.predict_scaled(inputs)
        unscaled = [self.preprocessing[f].unscale(p, inputs.size) for f, p in zip(folds, scaled, strict=True)]
        return np.stack(unscaled).astype(np.float64)

    def predict_scaled(self, inputs: Inputs) -> np.ndarray:
        """The same in the units that are learned, in 32 bits."""
        params = {name: value[inputs.networks] for name, value in self.params.items()}
        place = [inputs.folds.index(self.fold_of[k]) for k in inputs.networks]
        return loop.predict(self.model, self.loss, params, self.settings, inputs.tensors, place)

    def shuffled(
        self, inputs: Inputs, own: np.ndarray, columns: Sequence[str], sources: Sequence[np.ndarray]
    ) -> Inputs:
        """Some rows `own` (n,) of the inputs, once for each of C columns of the table, one after another, (C n): there
        the column is taken from the rows `source`, (N,). What a column becomes depends on no other; '' is none."""
        rows, from_rows = torch.from_numpy(own), [torch.from_numpy(source[own]) for source in sources]
        tensors = {n: t[:, rows].repeat(1, len(columns), *[1] * (t.dim() - 2)) for n, t in inputs.tensors.items()}
        size = None if inputs.size is None else np.tile(inputs.size[own], len(columns))
        for c, (column, source) in enumerate(zip(columns, from_rows, strict=True)):
            at = slice(c * len(own), (c + 1) * len(own))
            for place, fold in enumerate(inputs.folds):
                for name, numbers in self.preprocessing[fold].places(column).items():
                    if numbers:
                        given = inputs.tensors[name].flatten(2)[place]
                        tensors[name].flatten(2)[place][at][:, numbers] = given[source[:, None], numbers]
            if size is not None and inputs.size is not None and column == self.preprocessing[0].relative_to:
                size[at] = inputs.size[source.numpy()]
        return replace(inputs, tensors=tensors, size=size)

    def _width(self) -> int:
        """Numeric inputs of the networks: as many as the widest fold has, whichever folds are asked."""
        return max(p.shapes.num_numeric for p in self.preprocessing)


def stack(inputs: Sequence[Mapping[str, np.ndarray]], width: int) -> dict[str, Tensor]:
    """What each fold reads, (N, ...) by name -> (folds, N, ...); numbers are padded with zeros to (folds, N, width)."""

    def padded(name: str, values: np.ndarray) -> np.ndarray:
        return np.pad(values, ((0, 0), (0, width - values.shape[1]))) if name == "numeric" else values

    return {name: torch.from_numpy(np.stack([padded(name, of[name]) for of in inputs])) for name in inputs[0]}
