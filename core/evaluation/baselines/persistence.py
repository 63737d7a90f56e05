"""Persistence: it stays as it is. The quantiles of how far it went on training rows, around where it stands now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from core.contracts import Column, Examples, Task
from core.errors import UserError
from core.evaluation.baselines._by_form import FitsForms
from core.kinds import form_of
from core.kinds.forms import Form, Quantiles
from core.kinds.targets import multiples, size_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Persistence(FitsForms):
    """As much as there is now, which is the feature that the target is a multiple of; tuned: with the median of how far
    it went, and without."""

    name: str = "persistence"
    title: str = "It stays as it is"
    forms: ClassVar[tuple[type[Form], ...]] = (Quantiles,)
    candidates: tuple[Mapping[str, Any], ...] = ({"drift": False}, {"drift": True})

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
        """Quantiles (N, levels) around what there is now; raises UserError for a task that names no such feature."""
        if not task.relative_to:
            raise UserError("What stays as it is must be known; the task names no feature in `relative_to`. Name one.")
        levels = np.asarray(form_of(task, Quantiles).levels(task))
        multiple = np.quantile(multiples(task, examples)[train, 0], levels)
        if not candidate["drift"]:
            multiple = multiple + 1 - np.quantile(multiples(task, examples)[train, 0], 0.5)
        size = size_of(task.relative_to, examples.features)
        return [size[r, None] * multiple for r in rows]


BASELINE = Persistence()
