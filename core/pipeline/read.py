"""What trained networks say of many rows at once, read from the tensors that the training has made of them already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from core.contracts import FROZEN, Examples
from core.training.ensemble import Ensemble, Inputs

_ROWS_AT_ONCE = 2048  # of every network: what a layer makes of them stays near the processor


@dataclass(frozen=True, kw_only=True, slots=True)
class Reader:
    """An ensemble before its examples. tables: what each fold's preprocessing makes of all rows, (folds, N, ...) by
    name, as `prepare` has made it; of a fold's training rows it may hold other rates. Without it, rows are brought
    through the preprocessing again."""

    ensemble: Ensemble
    examples: Examples
    tables: Mapping[str, Tensor] | None = None

    @classmethod
    def of(cls, ensemble: Ensemble, examples: Examples, tensors: Mapping[str, Tensor] | None = None) -> Reader:
        """tensors: of the training; arrays, which all folds share, are scaled batch by batch there, and anew here,
        unless a frozen part has made of them already all that is read."""
        arrays, made = {a.name for a in ensemble.preprocessing[0].beside}, tensors or {}
        is_read = not arrays or any(name.startswith(FROZEN) for name in made)
        tables = {name: table for name, table in made.items() if name not in arrays}
        return cls(ensemble=ensemble, examples=examples, tables=tables if made and is_read else None)

    def predict(self, folds: Sequence[int], rows: Sequence[np.ndarray]) -> list[np.ndarray]:
        """What each fold's networks say of its own rows: (M, n, O) each, in the target's units."""
        asked = [[k for k, of in enumerate(self.ensemble.fold_of) if of == fold] for fold in folds]
        if self.tables is None:
            return [self._through_preprocessing(own, of) for own, of in zip(asked, rows, strict=True)]
        longest = max(len(of) for of in rows)
        padded = torch.from_numpy(np.stack([np.pad(of, (0, longest - len(of))) for of in rows]))
        networks = [k for own in asked for k in own]
        found: list[list[np.ndarray]] = [[] for _ in folds]
        for start in range(0, longest, _ROWS_AT_ONCE):
            at = padded[:, start : start + _ROWS_AT_ONCE]
            read = {
                n: torch.stack([_of_fold(t, f)[own] for f, own in zip(folds, at, strict=True)])
                for n, t in self.tables.items()
            }
            scaled = self.ensemble.predict_scaled(Inputs(networks, list(folds), read, None))
            for place, own in enumerate(asked):
                found[place].append(scaled[[networks.index(k) for k in own]])
        return [
            self._in_units(fold, np.concatenate(parts, axis=1)[:, : len(of)], of)
            for fold, parts, of in zip(folds, found, rows, strict=True)
        ]

    def inputs(self, rows: np.ndarray, networks: Sequence[int]) -> Inputs:
        """What some networks read of some rows, training rows of their folds among them."""
        features, has_rates = self.examples.features.iloc[rows], any(p.rates for p in self.ensemble.preprocessing)
        if self.tables is None or has_rates:
            table = features.reset_index(drop=True)
            return self.ensemble.inputs(table, networks, self.examples.arrays_of(rows))
        folds = sorted({self.ensemble.fold_of[k] for k in networks})
        chosen = torch.from_numpy(rows)
        read = {name: torch.stack([_of_fold(t, fold)[chosen] for fold in folds]) for name, t in self.tables.items()}
        return Inputs(list(networks), folds, read, self.ensemble.preprocessing[0].size(features))

    def _through_preprocessing(self, networks: Sequence[int], rows: np.ndarray) -> np.ndarray:
        return self.ensemble.predict(self.examples.features.iloc[rows], networks, self.examples.arrays_of(rows))

    def _in_units(self, fold: int, scaled_MNO: np.ndarray, rows: np.ndarray) -> np.ndarray:
        preprocessing = self.ensemble.preprocessing[fold]
        size = preprocessing.size(self.examples.features.iloc[rows]) if preprocessing.relative_to else None
        return np.stack([preprocessing.unscale(p, size) for p in scaled_MNO]).astype(np.float64)


def _of_fold(table: Tensor, fold: int) -> Tensor:
    """One fold's rows of a table, or those that all folds share."""
    return table[fold if len(table) > 1 else 0]
