"""The strongest baseline of a report, by its headline metric. Reads a report; needs neither numpy nor torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.evaluation.metrics import metric


def best_baseline(report: Mapping[str, Any]) -> dict[str, Any] | None:
    """The baseline entry with the best headline value on test rows; None when the report has none."""
    sign = 1 if metric(report["headline"]["metric"]).higher_is_better else -1
    return max(report["baselines"], key=lambda b: sign * b["value"], default=None)
