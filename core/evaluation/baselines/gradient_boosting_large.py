"""Gradient-boosted trees with candidates for hundreds of thousands of rows: more trees, larger leaves."""

from __future__ import annotations

from core.evaluation.baselines.gradient_boosting import GradientBoosting

BASELINE = GradientBoosting(
    name="gradient_boosting_large",
    title="Gradient boosting",
    candidates=(
        {},
        *(
            {"learning_rate": 0.05, "max_iter": trees, "max_leaf_nodes": leaves, "l2_regularization": 5.0}
            | {"min_samples_leaf": 200, "max_features": 0.3}
            for leaves, trees in ((8, 300), (31, 250))
        ),
    ),
)
