"""A measurement over several seeds, as docs/results.json keeps it."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from core.contracts.plain import MetricName
from core.contracts.report import BaselineScore, Range, Reference, RowCounts


class Pooled(Range):
    """The mean over seeds with its interval, and each seed's own."""

    seeds: list[float | None]


class MeasuredMetric(TypedDict):
    """Mean of members and ensemble, and each simple method paired with them, by its name."""

    mean: Pooled
    ensemble: Pooled
    baselines: dict[str, BaselineScore]


class MeasuredBaseline(TypedDict):
    """A simple method. fit_s: what a fit took."""

    name: str
    title: str
    tuned: NotRequired[bool]
    fit_s: NotRequired[float]


class MeasuredAmount(TypedDict):
    """What a simple method earns."""

    title: str
    amount: float | None


class MeasuredValue(TypedDict):
    """Money per period of each seed, of the best policy without a model and of the simple methods."""

    amounts: list[float | None]
    currency: str
    per: str
    best_reference: Reference | None
    baselines: list[MeasuredAmount]


class Measured(TypedDict):
    """One use case in one variant. members: that predict a test row in each run."""

    use_case: str
    variant: str
    seeds: int
    members: int
    rows: RowCounts
    unit: str
    headline: MetricName
    metrics: dict[MetricName, MeasuredMetric]
    baselines: list[MeasuredBaseline]
    value: MeasuredValue | None
    train_s: list[float]
    device: str
    date: str
