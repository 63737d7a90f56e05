"""The strongest of several methods, baselines and policies among them. Needs neither numpy nor torch."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TypeVar

from core.contracts.report import BaselineReport, PricedNetwork, Reference, Report
from core.evaluation.metrics import metric_named

Entry = TypeVar("Entry")


def best_of(
    entries: Sequence[Entry], value: Callable[[Entry], float | None], *, higher_is_better: bool
) -> Entry | None:
    """The entry with the best value; the first where none has a value, and None where there is no entry."""
    sign = 1 if higher_is_better else -1

    def rank(entry: Entry) -> float:
        found = value(entry)
        return -math.inf if found is None or not math.isfinite(found) else sign * found

    return max(entries, key=rank, default=None)


def best_baseline(report: Report) -> BaselineReport | None:
    """The baseline entry with the best headline value on test rows; None when the report has none."""
    metric = metric_named(report["headline"]["metric"])
    return best_of(report["baselines"], lambda b: b["value"], higher_is_better=metric.higher_is_better)


def best_reference(value: PricedNetwork) -> Reference | None:
    """The simple policy that earns most, of a report's value; one whose amount is undefined is not the best."""
    known = [r for r in value["references"] if r["amount"] is not None]
    return best_of(known, lambda r: r["amount"], higher_is_better=True)
