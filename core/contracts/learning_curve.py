"""What a number of labels brings, measured: as data/learning_curves keeps it."""

from __future__ import annotations

from typing import TypedDict

from core.contracts.plain import MetricName
from core.contracts.report import Range


class CurvePoint(Range):
    """The headline with so many labels, with its 95% interval over test units; amount: money a year by the declared
    assumptions."""

    labels: int
    amount: float | None


class CurveLine(TypedDict):
    """One method. role: network (recommended settings), other (a preset to compare it with) or simple."""

    name: str
    title: str
    role: str
    points: list[CurvePoint]


class LearningCurve(TypedDict):
    """All methods on the same test rows, with the same labels. rows: that are tested."""

    use_case: str
    headline: MetricName
    rows: int
    lines: list[CurveLine]
