"""Ridge regression (scikit-learn) for a quantile task: one line for the middle, and the quantiles of its errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.contracts import Column, ColumnKind, Examples, Kind, Task
from core.targets import multiples, size_of, weights


@dataclass(frozen=True, kw_only=True, slots=True)
class RidgeQuantiles:
    """The same spread around the line for everybody."""

    name: str = "ridge_quantiles"
    title: str = "Ridge regression"
    kinds: tuple[Kind, ...] = (Kind.QUANTILE,)
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
        from sklearn.compose import make_column_transformer
        from sklearn.impute import SimpleImputer
        from sklearn.linear_model import Ridge
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

        numeric = [c.name for c in columns if c.kind is not ColumnKind.CATEGORY]
        category = [c.name for c in columns if c.kind is ColumnKind.CATEGORY]
        squash = FunctionTransformer(_log if candidate["numbers"] == "log" else None)
        fill = SimpleImputer(strategy="median", add_indicator=True)
        model = make_pipeline(
            make_column_transformer(
                (make_pipeline(squash, fill, StandardScaler()), numeric),
                (OneHotEncoder(handle_unknown="ignore"), category),
            ),
            Ridge(alpha=candidate["alpha"]),
        )
        table, target = examples.features.iloc[train], multiples(task, examples)[train, 0]
        model.fit(table, target, ridge__sample_weight=weights(task, examples)[train])
        missed = np.quantile(target - model.predict(table), task.levels)
        size = size_of(task.relative_to, examples.features)
        return [(model.predict(examples.features.iloc[r])[:, None] + missed) * size[r, None] for r in rows]


def _log(values: np.ndarray) -> np.ndarray:
    """log(1 + |x|) with the sign of x: the same choice that the network has."""
    return np.sign(values) * np.log1p(np.abs(values))


BASELINE = RidgeQuantiles()
