"""Gradient boosting with many small trees: where smooth effects add up, and a hundred trees are too few."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.evaluation.baselines.gradient_boosting import GradientBoosting


@dataclass(frozen=True, kw_only=True, slots=True)
class ManyTrees(GradientBoosting):
    """The same trees, several times as many and smaller ones, as an expert would set them by hand."""

    name: str = "many_trees"
    title: str = "Gradient boosting, many small trees"
    candidates: tuple[Mapping[str, Any], ...] = (
        {"learning_rate": 0.1, "max_iter": 750, "max_leaf_nodes": 8, "l2_regularization": 5.0},
    )


BASELINE = ManyTrees()
