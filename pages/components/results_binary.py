"""The results of a binary task: curves, the confusion matrix, calibration, and the records behind an error."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from core.charts import calibration
from core.charts import results as charts
from core.charts.squares import confusion
from core.contracts import StoredReport
from core.contracts.answers import Values
from core.evaluation.best import best_baseline
from core.formatting import numbers
from core.formatting.text import _
from core.kinds import kind_of
from core.value.confusion import cells_at, rows_in
from pages.components import results_groups
from pages.components.context import Context
from pages.components.decision import current_decision, digits_of
from pages.components.held_out import HeldOut
from pages.components.records import MOST_RECORDS, draw_records, run_chart, run_picture
from pages.components.story import fold
from pages.components.terms import explained


def draw(context: Context, report: StoredReport, found: HeldOut) -> None:
    """Draw the pictures of a binary task."""
    task = context.use_case.task
    best = best_baseline(report)
    target, scores = found.target[:, 0], {_("network"): found.ensemble[:, 0]}
    if best:
        scores[_(best["title"])] = found.baselines[best["name"]][:, 0]
    threshold = current_decision(context, found)
    threshold = 0.5 if threshold is None else threshold
    cells = cells_at(found.target, found.ensemble, threshold).counts()
    left, right = st.columns([2, 3], gap="large")
    with left:
        picture = partial(confusion, cells, _(task.positive), _(task.negative), context.look)
        run_picture(context, "confusion", picture, threshold)
        _threshold(context, found, threshold)
    with right:
        _records(context, found, threshold)
    results_groups.offer(context, found, threshold)
    fold(
        context,
        "curves",
        _("For experts: ROC, precision and calibration")
        if kind_of(task).written.is_chance
        else _("For experts: ROC and precision"),
        _curves,
        context,
        target,
        scores,
        cells,
        threshold,
    )


def _curves(
    context: Context, target: np.ndarray, scores: dict[str, np.ndarray], cells: dict[str, int], threshold: float
) -> None:
    left, right = st.columns(2, gap="large")
    with left:
        run_chart(context, "roc", partial(charts.roc, target, scores, context.look, cells), threshold)
        if kind_of(context.use_case.task).written.is_chance:
            run_chart(context, "calibration", partial(calibration.calibration, target, scores, context.look))
            st.caption(
                _("Bars are 95% intervals (Wilson), rows taken as independent of one another."),
                help=explained("calibration"),
            )
    with right:
        run_chart(context, "pr", partial(charts.precision_recall, target, scores, context.look, cells), threshold)


def _threshold(context: Context, found: HeldOut, threshold: float) -> None:
    """Where the threshold stands, in words."""
    words = _("Nobody is acted on; move the threshold under Money.")
    if threshold <= 1:
        shown = numbers.threshold(threshold, digits_of(found))
        words = _("Threshold {threshold}; move it under Money.").format(threshold=shown)
    elif context.state.decision is None:
        words = _("Acting on nobody pays best under these assumptions; move the threshold under Money.")
    st.caption(words, help=explained("threshold"))


def _records(context: Context, found: HeldOut, threshold: float) -> None:
    """The records in one cell of the confusion matrix, the most surprising first."""
    names = {
        "fn": _("Missed"),
        "fp": _("False alarms"),
        "tp": _("Found"),
        "tn": _("Left alone"),
    }
    cell = st.segmented_control(
        _("See the records"),
        list(names),
        format_func=lambda name: names[name],
        required=True,
        key=context.start("cell", "fn"),
    )
    score = found.ensemble[:, 0]
    order = np.flatnonzero(rows_in(found.target, found.ensemble, threshold)[cell or "fn"])
    surprising = score[order] * (1 if cell in ("fn", "tp") else -1)  # a low score of one who did, a high one of others
    order = order[np.argsort(surprising, kind="stable")][:MOST_RECORDS]
    digits = digits_of(found)

    def predicted(i: int) -> Values:
        return {_("Predicted"): chance(float(score[i]), threshold, digits)}

    draw_records(context, found, order, predicted)


def chance(score: float, threshold: float, digits: int) -> str:
    """A record's chance, with as many more decimals as it takes to tell it from the threshold."""
    return numbers.apart(score, threshold, lambda value, more: numbers.percent(value, digits + more))[0]
