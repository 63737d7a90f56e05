"""The panels by which kinds of tasks and value models are drawn, under the names that those give them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from core.contracts import StoredReport
from pages.components import (
    money_confidence,
    money_level,
    money_threshold,
    results_allocation,
    results_binary,
    results_clusters,
    results_detection,
    results_generation,
    results_multiclass,
    results_one_class,
    results_quantile,
    results_ranking,
    results_survival,
)
from pages.components.context import Context
from pages.components.held_out import HeldOut

RESULTS: Mapping[str, Callable[[Context, StoredReport, HeldOut], None]] = {
    "allocation": results_allocation.draw,
    "binary": results_binary.draw,
    "clusters": results_clusters.draw,
    "detection": results_detection.draw,
    "generation": results_generation.draw,
    "multiclass": results_multiclass.draw,
    "one_class": results_one_class.draw,
    "quantile": results_quantile.draw,
    "ranking": results_ranking.draw,
    "survival": results_survival.draw,
}
MONEY: Mapping[str, Callable[[Context, Any, HeldOut, dict[str, float]], None]] = {
    "threshold": money_threshold.draw,
    "level": money_level.draw,
    "confidence": money_confidence.draw,
}
