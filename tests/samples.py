"""The least that a folder of a finished run holds: a summary and a report in which every key is there."""

from __future__ import annotations

from typing import Any

# Of a report, what was measured on the way: time, memory, and the estimate that learns from them.
MEASURED = ("train_s", "samples_per_s", "training_cpu_s", "phases_s", "memory", "energy", "estimate")
HEADLINE = {"metric": "pinball_loss", "mean": 1.5, "low": 1.0, "high": 2.0, "members": 2}
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
