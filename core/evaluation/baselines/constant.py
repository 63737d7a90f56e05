"""The constant forecast: the training mean, class shares, quantiles, or equal risks. What any model must beat first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.contracts import Column, Examples, Kind, Task
from core.kinds.targets import multiples, size_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Constant:
    """Says the same of everybody."""

    name: str = "constant"
    title: str = "Constant forecast"
    kinds: tuple[Kind, ...] = (Kind.BINARY, Kind.MULTICLASS, Kind.QUANTILE, Kind.SURVIVAL)
    candidates: tuple[Mapping[str, Any], ...] = ({},)

    def fit_predict(
        self,
        task: Task,
        columns: Sequence[Column],
        examples: Examples,
        train: np.ndarray,
        rows: Sequence[np.ndarray],
        candidate: Mapping[str, Any],
        seed: int,
    ) -> list[np.ndarray]:
        """The same prediction (N, O) on every row; of a relative target, the same multiple."""
        target = multiples(task, examples)[train]
        if task.kind is Kind.QUANTILE:
            said = np.quantile(target[:, 0], task.levels)
        elif task.kind is Kind.SURVIVAL:
            said = np.zeros(1)
        elif task.kind is Kind.MULTICLASS:
            said = np.bincount(target[:, 0].astype(int), minlength=len(task.outputs)) / len(target)
        else:
            said = target[:, :1].mean(axis=0)
        size = size_of(task.relative_to, examples.features)
        return [np.tile(said, (len(r), 1)) * size[r, None] for r in rows]


BASELINE = Constant()
