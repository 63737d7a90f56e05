"""The strongest baseline of a report, and the best policy without a model. Needs neither numpy nor torch."""

from __future__ import annotations

from core.contracts.report import BaselineReport, Reference, Report, ValueSummary
from core.evaluation.metrics import metric_named


def best_baseline(report: Report) -> BaselineReport | None:
    """The baseline entry with the best headline value on test rows; the first where none has a value, and None when the
    report has none."""
    sign = 1 if metric_named(report["headline"]["metric"]).higher_is_better else -1
    known = [b for b in report["baselines"] if b["value"] is not None]
    return max(known or report["baselines"][:1], key=lambda b: sign * (b["value"] or 0.0), default=None)


def best_reference(value: ValueSummary) -> Reference | None:
    """The simple policy that earns most, of a report's value; one whose amount is undefined is not the best."""
    known = [r for r in value["references"] if r["amount"] is not None]
    return max(known, key=lambda r: r["amount"] or 0.0, default=None)
