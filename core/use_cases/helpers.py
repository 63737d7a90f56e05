"""What a use case is declared with: tasks, features, plans, assumptions and presets, for use cases from outside too."""

from core.use_cases._assumptions import from_data, guess, per_year, slider
from core.use_cases._columns import binary, category, number, typed_features
from core.use_cases._plans import group_tests, random_folds, random_tests, time_split, walk_forward
from core.use_cases._presets import crawl, fade, memorise, overshoot, quick, recommended, with_defaults
from core.use_cases._tasks import (
    QUANTILE_LEVELS,
    binary_task,
    detection_task,
    generation_task,
    multiclass_task,
    one_class_task,
    quantile_task,
)

__all__ = [
    "QUANTILE_LEVELS",
    "binary",
    "binary_task",
    "category",
    "crawl",
    "detection_task",
    "fade",
    "from_data",
    "generation_task",
    "group_tests",
    "guess",
    "memorise",
    "multiclass_task",
    "number",
    "one_class_task",
    "overshoot",
    "per_year",
    "quantile_task",
    "quick",
    "random_folds",
    "random_tests",
    "recommended",
    "slider",
    "time_split",
    "typed_features",
    "walk_forward",
    "with_defaults",
]
