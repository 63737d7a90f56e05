"""The least that a folder of a finished run holds: a summary and a report in which every key is there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from core.store.shapes import MapOf, Maybe

# A run folder of an earlier version: files that are not packed, no checksums, predictions of every member.
OLD_RUN = Path(__file__).parent / "data" / "healthcare-heart_disease-quick"
# Of a report, what was measured on the way: time, memory, and the estimate that learns from them.
MEASURED = ("train_s", "samples_per_s", "training_cpu_s", "phases_s", "memory", "energy", "estimate")
HEADLINE: dict[str, Any] = {"metric": "pinball_loss", "mean": 1.5, "low": 1.0, "high": 2.0, "members": 2}
HEADLINE["ensemble"] = {"mean": 1.4, "low": 0.9, "high": 1.9}
SUMMARY: dict[str, Any] = {
    "headline": HEADLINE,
    "validation_score": 0.5,
    "best_baseline": {
        "name": "constant",
        "title": "Constant",
        "value": 2.5,
        "ensemble_minus_this": {"mean": -1.0, "low": -1.5, "high": -0.5, "verdict": "win"},
    },
    "value": None,
    "train_s": 1.0,
    "device": "cpu",
}
EPOCH: dict[str, Any] = {
    "event": "epoch",
    "epoch": 1,
    "num_epochs": 9,
    "elapsed_s": 1.0,
    "left_s_at_most": 8.0,
    "samples_per_s": 100.0,
    "networks_running": 2,
    **dict.fromkeys(("train_loss", "validation_loss", "train_score", "validation_score"), 0.5),
    **dict.fromkeys(("validation_score_low", "validation_score_high"), 0.5),
}


def undeclared(value: Any, shape: Any, at: str = "") -> list[str]:
    """Where a value has keys that its description does not know."""
    if isinstance(shape, Maybe):
        return [] if value is None else undeclared(value, shape.value, at)
    if isinstance(shape, list):
        return [found for each in value for found in undeclared(each, shape[0], f"{at}[]")]
    if isinstance(shape, MapOf):
        return [found for name, each in value.items() for found in undeclared(each, shape.each, f"{at}.{name}")]
    if not isinstance(shape, dict):
        return []
    known = {key.removesuffix("?"): each for key, each in shape.items()}
    return [f"{at}.{name}" for name in value.keys() - known.keys()] + [
        found for name in value.keys() & known.keys() for found in undeclared(value[name], known[name], f"{at}.{name}")
    ]


REPORT: dict[str, Any] = {
    "run": "20260101-000000000-testing-tiny_quantile-0000",
    "plan": "One plan.",
    "unit": "order",
    "epochs_run": 3,
    "train_s": 1.0,
    "samples_per_s": 100.0,
    "device": "cpu",
    "headline": HEADLINE,
    "metrics": {},
    "baselines": [],
    "value": None,
    "rows": {"all": 900, "folds": 3, "train": 450, "validation": 150, "test": 900},
    "importance": [],
    "settings": {},
}
