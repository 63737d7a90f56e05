"""Logistic regression on standardised numbers, missing flags and one-hot categories (scikit-learn)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.contracts import Column, ColumnKind, Examples, Kind, Task


@dataclass(frozen=True, kw_only=True, slots=True)
class Logistic:
    """The strongest thing that fits on a page."""

    name: str = "logistic"
    title: str = "Logistic regression"
    kinds: tuple[Kind, ...] = (Kind.BINARY,)
    candidates: tuple[Mapping[str, Any], ...] = (
        {"C": 1.0, "numbers": "standard"},
        *({"C": c, "numbers": n} for n in ("standard", "log") for c in (0.003, 0.01, 0.03, 0.1)),
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
        """Probabilities (N, 1) for each feature table."""
        from sklearn.compose import make_column_transformer
        from sklearn.impute import SimpleImputer
        from sklearn.linear_model import LogisticRegression
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
            LogisticRegression(C=candidate["C"], max_iter=2000),
        )
        model.fit(examples.features.iloc[train], examples.target.iloc[train, 0].astype(int))
        return [model.predict_proba(examples.features.iloc[r])[:, 1:] for r in rows]


def _log(values: np.ndarray) -> np.ndarray:
    """log(1 + |x|) with the sign of x: the same choice that the network has."""
    return np.sign(values) * np.log1p(np.abs(values))


BASELINE = Logistic()
