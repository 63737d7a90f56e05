"""The results of a task of several classes: the confusion matrix, each class's precision and recall, and the errors."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from core.charts import classes as charts
from core.contracts import StoredReport
from core.contracts.answers import Values
from core.formatting import numbers
from core.formatting.text import _, plain
from pages.components.context import Context
from pages.components.drawing import table
from pages.components.held_out import HeldOut
from pages.components.misread import draw_matrix, draw_opened
from pages.components.picture_box import shows_pictures
from pages.components.records import MOST_RECORDS, draw_records, run_chart, run_picture
from pages.components.story import fold

_MOST_IN_MATRIX, _MOST_PAIRS = 20, 12


def draw(context: Context, report: StoredReport, found: HeldOut) -> None:
    """Draw the pictures of a task of several classes."""
    names, pictures = context.use_case.task.outputs, shows_pictures(context.use_case)
    counted = charts.counts(found.target, found.ensemble)
    scores = charts.class_scores(counted, names)
    many = len(names) > _MOST_IN_MATRIX
    told = [_(name) for name in names]
    left, right = st.columns([3, 2] if pictures else 2, gap="large")
    with left:
        if pictures:
            draw_matrix(context, found, counted)
        elif many:
            run_picture(context, "pairs", partial(charts.pairs, counted, told, _MOST_PAIRS, context.look))
        else:
            run_chart(context, "confusion", partial(charts.confusion, counted, told, context.look))
    with right:
        shown = sorted(scores, key=lambda score: score.recall)[:_MOST_PAIRS] if many else scores
        run_chart(context, "by-class", partial(charts.by_class, shown, context.look))
    if pictures:
        draw_opened(context, found, counted)
    else:
        _records(context, found)
    fold(context, "classes", _("For experts: each class in numbers"), _in_numbers, scores)


def _in_numbers(scores: list[charts.ClassScore]) -> None:
    table(
        [
            {
                _("Class"): _(score.name),
                _("Held-out rows"): numbers.count(score.rows),
                _("Precision"): _share(score.precision),
                _("Recall"): _share(score.recall),
            }
            for score in scores
        ]
    )


def _share(value: float) -> str:
    return numbers.MISSING if np.isnan(value) else numbers.percent(value, 1)


def _records(context: Context, found: HeldOut) -> None:
    """The records that were taken for another class, the surest first; of one class, or of all."""
    names = [_(name) for name in context.use_case.task.outputs]
    was, said = found.target[:, 0].astype(int), found.ensemble.argmax(1)
    everything = -1
    chosen = st.selectbox(
        _("See the records of a class that were taken for another"),
        [everything, *range(len(names))],
        format_func=lambda place: _("all classes") if place == everything else plain(names[place]),
        key=context.start(context.own("class"), everything),
    )
    wrong = np.flatnonzero((was != said) & ((was == chosen) | (chosen == everything)))
    sure = found.ensemble[np.arange(len(said)), said]
    wrong = wrong[np.argsort(-sure[wrong], kind="stable")][:MOST_RECORDS]

    def predicted(i: int) -> Values:
        return {
            _("Was"): names[was[i]],
            _("Taken for"): names[said[i]],
            _("Predicted"): numbers.percent(float(sure[i]), 1),
        }

    draw_records(context, found, wrong, predicted)
