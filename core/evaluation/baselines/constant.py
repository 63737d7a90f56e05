"""The constant forecast: the training mean, class shares, quantiles, or equal risks. What any model must beat first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.contracts import Column, Examples, Task
from core.errors import UserError
from core.kinds import KINDS, kind_of
from core.kinds.targets import multiples, size_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Constant:
    """Says the same of everybody."""

    name: str = "constant"
    title: str = "Constant forecast"
    candidates: tuple[Mapping[str, Any], ...] = ({},)

    @property
    def kinds(self) -> tuple[str, ...]:
        """Those that have a best constant prediction."""
        return tuple(name for name, kind in KINDS.all().items() if kind.constant)

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
        constant = kind_of(task).constant
        if constant is None:
            raise UserError(
                "There is no best constant prediction of kind {kind!r}. Take another baseline.", kind=str(task.kind)
            )
        said = constant(task, target)
        size = size_of(task.relative_to, examples.features)
        return [np.tile(said, (len(r), 1)) * size[r, None] for r in rows]


BASELINE = Constant()
