"""A trained ensemble: stacked parameters with each fold's preprocessing. Predicts from feature tables, on the CPU."""

from __future__ import annotations

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


@dataclass(frozen=True, slots=True)
class Inputs:
    """Some networks, their folds, what they read in each fold, (folds, N, F) and (folds, N, C), and each row's size
    where targets are multiples of it."""

    networks: list[int]
    folds: list[int]
    numeric: Tensor
    category: Tensor
    size: np.ndarray | None

    def of(self, rows: np.ndarray) -> Inputs:
        """Those of some rows."""
        chosen, size = torch.from_numpy(rows), None if self.size is None else self.size[rows]
        return replace(self, numeric=self.numeric[:, chosen], category=self.category[:, chosen], size=size)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ensemble:
    """K networks: params (K, ...), `fold_of` each network, one preprocessing a fold."""

    model: Model
    loss: Loss
    settings: Mapping[str, Any]
    params: Mapping[str, Tensor]
    preprocessing: Sequence[Preprocessing]
    fold_of: Sequence[int]

    def predict(self, features: pd.DataFrame, networks: Sequence[int] | None = None) -> np.ndarray:
        """Predictions (K, N, O) in the target's units, of all networks or of the numbered ones."""
        parts = [
            self.predict_inputs(self.inputs(features.iloc[start : start + _CHUNK_ROWS], networks))
            for start in range(0, max(1, len(features)), _CHUNK_ROWS)
        ]
        return np.concatenate(parts, axis=1)

    def inputs(self, features: pd.DataFrame, networks: Sequence[int] | None = None) -> Inputs:
        """What the networks read of a feature table, once for each fold that one of them belongs to."""
        chosen = list(range(len(self.fold_of))) if networks is None else list(networks)
        folds = sorted({self.fold_of[k] for k in chosen})
        numeric, category = stack([self.preprocessing[f].transform(features) for f in folds], self._width())
        return Inputs(chosen, folds, numeric, category, self.preprocessing[0].size(features))

    def predict_inputs(self, inputs: Inputs) -> np.ndarray:
        """`predict` of what `inputs` gave."""
        params = {name: value[inputs.networks] for name, value in self.params.items()}
        folds = [self.fold_of[k] for k in inputs.networks]
        place = [inputs.folds.index(fold) for fold in folds]
        scaled = loop.predict(
            self.model, self.loss, params, self.settings, inputs.numeric[place], inputs.category[place]
        )
        unscaled = [self.preprocessing[f].unscale(p, inputs.size) for f, p in zip(folds, scaled, strict=True)]
        return np.stack(unscaled).astype(np.float64)

    def shuffled(self, inputs: Inputs, column: str, source: np.ndarray) -> Inputs:
        """The same inputs with one column of the table taken from the rows `source`, (N,): what a column becomes
        depends on no other."""
        numeric, category, rows = inputs.numeric.clone(), inputs.category.clone(), torch.from_numpy(source)
        for place, fold in enumerate(inputs.folds):
            numbers, categories = self.preprocessing[fold].places(column)
            numeric[place][:, numbers] = inputs.numeric[place][rows][:, numbers]
            category[place][:, categories] = inputs.category[place][rows][:, categories]
        is_size = inputs.size is not None and column == self.preprocessing[0].relative_to
        size = inputs.size[source] if is_size and inputs.size is not None else inputs.size
        return replace(inputs, numeric=numeric, category=category, size=size)

    def _width(self) -> int:
        """Numeric inputs of the networks: as many as the widest fold has, whichever folds are asked."""
        return max(p.inputs.num_numeric for p in self.preprocessing)


def stack(inputs: Sequence[tuple[np.ndarray, np.ndarray]], width: int) -> tuple[Tensor, Tensor]:
    """One fold's numeric (N, F) and category (N, C) each -> (folds, N, width) and (folds, N, C), padded with zeros."""
    numeric = np.stack([np.pad(n, ((0, 0), (0, width - n.shape[1]))) for n, _ in inputs])
    category = np.stack([c for _, c in inputs])
    return torch.from_numpy(numeric), torch.from_numpy(category)
