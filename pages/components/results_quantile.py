"""The results of a quantile task: coverage, forecasts as fans or as a band, and the records behind an error."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from core.charts import coverage as coverage_charts
from core.charts import results as charts
from core.contracts import StoredReport
from core.evaluation.best import best_baseline
from core.formatting import numbers, units
from core.formatting.text import _
from pages.components.context import Context
from pages.components.drawing import table
from pages.components.error_grid import draw_error_grid
from pages.components.fan import draw_fan
from pages.components.held_out import HeldOut
from pages.components.records import MOST_RECORDS, draw_records, run_chart
from pages.components.story import fold
from pages.components.terms import explained
from pages.components.trace import draw_trace


def draw(context: Context, report: StoredReport, found: HeldOut) -> None:
    """Draw the pictures of a quantile task."""
    task, look = context.use_case.task, context.look
    if task.fan:
        draw_fan(context, task.fan, found)
    elif task.trace:
        draw_trace(context, task.trace, found)
    else:
        run_chart(context, "forecasts", partial(charts.forecasts, found.target, found.ensemble, task.unit, look))
    if task.error_grid:
        draw_error_grid(context, report, found)
    _records(context, found)
    fold(context, "coverage", _("For experts: how often, and how wide"), _coverage, context, report, found)


def _coverage(context: Context, report: StoredReport, found: HeldOut) -> None:
    task, best = context.use_case.task, best_baseline(report)
    target, predictions = found.target[:, 0], {_("network"): found.ensemble}
    if best:
        predictions[_(best["title"])] = found.baselines[best["name"]]
    left, right = st.columns(2, gap="large")
    with left:
        run_chart(
            context, "coverage", partial(coverage_charts.coverage, target, predictions, task.levels, context.look)
        )
    with right:
        intervals = {
            name: coverage_charts.central_intervals(target, prediction, task.levels)
            for name, prediction in predictions.items()
        }
        rows = []
        for place in range(len(task.levels) // 2):
            for name, found_here in intervals.items():
                one = found_here[place]
                rows.append(
                    {
                        _("Interval"): numbers.level(one.nominal),
                        _("Method"): name,
                        _("Covers"): _("{share} ({interval})").format(
                            share=numbers.percent(one.covered, 1),
                            interval=numbers.between(one.low, one.high, lambda x, more: numbers.percent(x, 1 + more)),
                        ),
                        _("Mean width"): units.amount(one.width, task.unit),
                    }
                )
        table(rows)
        st.caption(
            _(
                "A good interval covers what it promises and is narrow. In brackets 95% intervals (Wilson), rows taken "
                "as independent of one another."
            ),
            help=explained("level"),
        )


def _records(context: Context, found: HeldOut) -> None:
    """The records whose forecast was furthest off, or whose outcome lay outside the outer levels."""
    task = context.use_case.task
    happened, middle = found.target[:, 0], found.ensemble[:, found.ensemble.shape[1] // 2]
    under, over = found.ensemble[:, 0], found.ensemble[:, -1]
    distance = {"error": np.abs(happened - middle), "above": happened - over, "below": under - happened}
    names = {
        "error": _("Furthest from the middle forecast"),
        "above": _("Above the band"),
        "below": _("Below the band"),
    }
    chosen = st.segmented_control(
        _("See the records"),
        list(names),
        format_func=lambda name: names[name],
        required=True,
        key=context.start("cell", "error"),
    )
    far = distance[chosen or "error"]
    places = np.flatnonzero(far > 0)
    places = places[np.argsort(-far[places], kind="stable")][:MOST_RECORDS]
    draw_records(
        context,
        found,
        places,
        lambda i: {
            _("Happened"): units.amount(happened[i], task.unit),
            _("Middle forecast"): units.amount(middle[i], task.unit),
            _("{low} to {high}").format(low=numbers.level(task.levels[0]), high=numbers.level(task.levels[-1])): (
                units.amount_between(under[i], over[i], task.unit)
            ),
        },
    )
