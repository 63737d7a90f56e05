"""Gradient-boosted trees (scikit-learn's HistGradientBoosting): classes, or one model per quantile level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from core.contracts import Column, ColumnKind, Examples, Task
from core.evaluation.baselines._by_form import FitsForms
from core.kinds import form_of, kind_of
from core.kinds.forms import Chances, Form, Quantiles
from core.kinds.targets import multiples, size_of, weights

_MOST_CATEGORIES = 255  # HistGradientBoosting puts a column into as many bins


@dataclass(frozen=True, kw_only=True, slots=True)
class GradientBoosting(FitsForms):
    """What wins most table competitions."""

    name: str = "gradient_boosting"
    title: str = "Gradient boosting"
    forms: ClassVar[tuple[type[Form], ...]] = (Chances, Quantiles)
    candidates: tuple[Mapping[str, Any], ...] = (
        {},
        *(
            {"learning_rate": 0.05, "max_iter": trees, "max_leaf_nodes": leaves, "l2_regularization": 5.0}
            | {"min_samples_leaf": 30, "max_features": share}
            for leaves, trees in ((4, 160), (8, 100), (31, 60))
            for share in (0.3, 1.0)
        ),
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
        """Chances (N, O), or quantiles (N, levels), for each group of rows."""
        from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

        tables = _coded(columns, examples.features.iloc[train], [examples.features.iloc[r] for r in rows])
        mask = [c.kind is ColumnKind.CATEGORY for c in columns]
        common = {**candidate, "random_state": seed, "categorical_features": mask}
        form = kind_of(task).form
        if isinstance(form, Chances):
            classifier = HistGradientBoostingClassifier(**common).fit(tables[0], form.classes(examples, train))
            found = [classifier.predict_proba(t) for t in tables[1:]]
            return [form.prediction(task, chances, classifier.classes_) for chances in found]
        target, levels = multiples(task, examples)[train, 0], form_of(task, Quantiles).levels(task)
        weight = weights(task, examples)[train] if task.relative_to else None  # weights of 1 cost half a second a fit
        models = [
            HistGradientBoostingRegressor(loss="quantile", quantile=level, **common).fit(tables[0], target, weight)
            for level in levels
        ]
        predicted = [np.sort(np.stack([m.predict(t) for m in models], axis=1), axis=1) for t in tables[1:]]
        size = size_of(task.relative_to, examples.features)
        return [p * size[r, None] for p, r in zip(predicted, rows, strict=True)]


def _coded(columns: Sequence[Column], train: pd.DataFrame, features: Sequence[pd.DataFrame]) -> list[np.ndarray]:
    """Tables as floats: categories become codes known from the training rows, anything else missing. Of more categories
    than the trees can tell apart, the rarest share one code."""
    tables = [train, *features]
    coded = [np.empty((len(t), len(columns))) for t in tables]
    for i, column in enumerate(columns):
        known = _told_apart(train[column.name]) if column.kind is ColumnKind.CATEGORY else None
        for table, out in zip(tables, coded, strict=True):
            values = table[column.name]
            if known is not None:
                codes = pd.Index(known, dtype=object).get_indexer(pd.Index(values, dtype=object)).astype(float)
                out[:, i] = np.where(codes < 0, np.nan, np.minimum(codes, _MOST_CATEGORIES - 1))
            else:
                out[:, i] = values.to_numpy(dtype=float, na_value=np.nan)
    return coded


def _told_apart(values: pd.Series) -> list[str]:
    """The categories in the order of their names; where there are too many, the most frequent first."""
    counts = values.value_counts()
    named = sorted(counts.index)
    if len(named) <= _MOST_CATEGORIES:
        return named
    return sorted(named, key=lambda name: -counts[name])


BASELINE = GradientBoosting()
