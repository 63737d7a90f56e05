"""Ridge regression (scikit-learn) for quantiles: one line for the middle, and the quantiles of its errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from core.contracts import Column, Examples, Task
from core.evaluation.baselines._by_form import FitsForms
from core.evaluation.baselines._linear import pipeline
from core.kinds import form_of
from core.kinds.forms import Form, Quantiles
from core.kinds.targets import multiples, size_of, weights


@dataclass(frozen=True, kw_only=True, slots=True)
class RidgeQuantiles(FitsForms):
    """The same spread around the line for everybody."""

    name: str = "ridge_quantiles"
    title: str = "Ridge regression"
    forms: ClassVar[tuple[type[Form], ...]] = (Quantiles,)
    candidates: tuple[Mapping[str, Any], ...] = (
        {"alpha": 1.0, "numbers": "standard"},
        *({"alpha": a, "numbers": n} for n in ("standard", "log") for a in (0.1, 10.0, 100.0)),
    )

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
        """Quantiles (N, levels): the line, plus the quantiles of what it misses on the training rows."""
        from sklearn.linear_model import Ridge

        model = pipeline(columns, candidate["numbers"], Ridge(alpha=candidate["alpha"]))
        table, target = examples.features.iloc[train], multiples(task, examples)[train, 0]
        model.fit(table, target, ridge__sample_weight=weights(task, examples)[train])
        missed = np.quantile(target - model.predict(table), form_of(task, Quantiles).levels(task))
        size = size_of(task.relative_to, examples.features)
        return [(model.predict(examples.features.iloc[r])[:, None] + missed) * size[r, None] for r in rows]


BASELINE = RidgeQuantiles()
