"""Gradient-boosted trees with candidates for hundreds of thousands of rows: more trees, larger leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.evaluation.baselines.gradient_boosting import GradientBoosting


@dataclass(frozen=True, kw_only=True, slots=True)
class LargeGradientBoosting(GradientBoosting):
    """The same trees, tuned where rows are many. A class of its own: kept predictions are keyed by its file."""

    name: str = "gradient_boosting_large"
    candidates: tuple[Mapping[str, Any], ...] = (
        {},
        *(
            {"learning_rate": 0.05, "max_iter": trees, "max_leaf_nodes": leaves, "l2_regularization": 5.0}
            | {"min_samples_leaf": 200, "max_features": 0.3}
            for leaves, trees in ((8, 300), (31, 250))
        ),
    )


BASELINE = LargeGradientBoosting()
