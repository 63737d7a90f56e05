"""A trained ensemble: stacked parameters with each fold's preprocessing. Predicts from feature tables, on the CPU."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
        chosen = list(range(len(self.fold_of))) if networks is None else list(networks)
        params = {name: value[chosen] for name, value in self.params.items()}
        folds = [self.fold_of[k] for k in chosen]
        used = sorted(set(folds))
        place = [used.index(fold) for fold in folds]
        parts = []
        for start in range(0, max(1, len(features)), _CHUNK_ROWS):
            rows = features.iloc[start : start + _CHUNK_ROWS]
            numeric, category = stack([self.preprocessing[f].transform(rows) for f in used], self._width())
            scaled = loop.predict(self.model, self.loss, params, self.settings, numeric[place], category[place])
            size = self.preprocessing[0].size(rows)
            unscaled = [self.preprocessing[f].unscale(p, size) for f, p in zip(folds, scaled, strict=True)]
            parts.append(np.stack(unscaled).astype(np.float64))
        return np.concatenate(parts, axis=1)

    def _width(self) -> int:
        """Numeric inputs of the networks: as many as the widest fold has, whichever folds are asked."""
        return max(p.inputs.num_numeric for p in self.preprocessing)


def stack(inputs: Sequence[tuple[np.ndarray, np.ndarray]], width: int) -> tuple[Tensor, Tensor]:
    """One fold's numeric (N, F) and category (N, C) each -> (folds, N, width) and (folds, N, C), padded with zeros."""
    numeric = np.stack([np.pad(n, ((0, 0), (0, width - n.shape[1]))) for n, _ in inputs])
    category = np.stack([c for _, c in inputs])
    return torch.from_numpy(numeric), torch.from_numpy(category)
