"""The results of a survival task: how long the groups of low, middle and high risk stayed free of the event."""

from __future__ import annotations

from functools import partial

from core.charts import results as charts
from core.contracts import StoredReport
from pages.components.context import Context
from pages.components.held_out import HeldOut
from pages.components.records import run_chart


def draw(context: Context, report: StoredReport, found: HeldOut) -> None:
    """Draw the picture of a survival task."""
    risk = found.ensemble[:, 0]
    run_chart(context, "risk-groups", partial(charts.risk_groups, found.target, risk, context.look))
