"""The least that a folder of a finished run holds: a summary and a report in which every key is there."""

from __future__ import annotations

from typing import Any

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
