"""The results of things found in pictures: average precision by class, and slides with what is right, missed, false."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from core.charts import detection as charts
from core.contracts import HeldOutRows, StoredReport
from core.contracts.answers import Record
from core.contracts.boxes import Known, counts, detection_of
from core.errors import UserError
from core.evaluation.best import best_baseline
from core.formatting import numbers
from core.formatting.text import _, escape_markdown, named, plain
from core.kinds.detection import by_score
from core.value.counting import Mistakes
from pages.components import slides
from pages.components.client import ask
from pages.components.context import Context
from pages.components.decision import current_decision
from pages.components.drawing import table
from pages.components.held_out import HeldOut
from pages.components.later import later
from pages.components.records import run_chart
from pages.components.story import fold

_SHOWN = 6
_STEPS = 50
_PATIENCE_S = 60.0


def draw(context: Context, report: StoredReport, found: HeldOut) -> None:
    """Draw the pictures of things in boxes."""
    task, names = context.use_case.task, slides.class_names(context.use_case.task)
    best = best_baseline(report)
    methods = {_("Network"): (found.validation, found.ensemble)}
    if best:
        simple = found.validation_baselines[best["name"]], found.baselines[best["name"]]
        methods[plain(_(best["title"]))] = simple
    once = np.ones((1, len(found.target)))
    scores = {
        name: [float(one.average_precision(once)[0]) for one in by_score(found.target, prediction, task)]
        for name, (_validation, prediction) in methods.items()
    }
    run_chart(context, "by-class", partial(charts.by_class, scores, names, context.look))
    _counted(context, found, methods)
    later(partial(_slides, context, found))
    fold(context, "curves", _("For experts: precision and recall"), _curves, context, found)


def _counted(context: Context, found: HeldOut, methods: dict[str, tuple[np.ndarray, np.ndarray]]) -> None:
    """How far counts are off, of each class; each method with the least score that counts best on validation."""
    classes = len(detection_of(context.use_case.task).classes)
    known, made = Known.of(found.target).counts(classes), {}
    for method, (validation, test) in methods.items():
        made[method] = np.abs(counts(test, classes, _best_least(found, validation, classes)) - known).mean(0)
    rows = []
    for place, name in enumerate(slides.class_names(context.use_case.task)):
        row: dict[str, object] = {
            _("Class"): name,
            _("In a picture"): numbers.fixed(float(known[:, place].mean()), 2),
        }
        for method, off in zip((_("Network"), _("Simple method")), made.values(), strict=False):
            row[method] = numbers.fixed(float(off[place]), 2)
        rows.append(row)
    table(rows)
    st.caption(_("How many there are in a picture, and by how many each method's count is off, on average."))


def _best_least(found: HeldOut, validation: np.ndarray, classes: int) -> float:
    """The least score with which counts of validation pictures are off least."""
    known = Known.of(found.validation_target).counts(classes)
    grid = [step / _STEPS for step in range(2, _STEPS)]
    return min(grid, key=lambda least: float(np.abs(counts(validation, classes, least) - known).sum()))


def _curves(context: Context, found: HeldOut) -> None:
    task = context.use_case.task
    points = {
        name: one.curve()
        for name, one in zip(slides.class_names(task), by_score(found.target, found.ensemble, task), strict=True)
    }
    run_chart(context, "curves", partial(charts.curves, points, context.look))
    rows = HeldOutRows(target=found.target)
    st.caption(
        _("Of {pictures} test pictures. A box is right where it overlaps a known one by half of their union.").format(
            pictures=numbers.count(len(rows))
        )
    )


def _slides(context: Context, found: HeldOut) -> None:
    """Test slides, those with most mistakes first or last."""
    task, least = context.use_case.task, current_decision(context, found)
    least = detection_of(task).counted if least is None else least
    at = Mistakes.at(found.target, found.ensemble, least)
    wrong = at.false + at.missed
    orders = {"worst": _("Most mistakes"), "usual": _("As usual"), "best": _("Fewest mistakes")}
    chosen = st.segmented_control(
        _("Slides"),
        list(orders),
        format_func=lambda name: orders[name],
        required=True,
        key=context.start(context.own("slides"), "usual"),
        label_visibility="collapsed",
    )
    order = np.argsort(-wrong, kind="stable")
    middle = max(0, (len(order) - _SHOWN) // 2)
    places = {"worst": order[:_SHOWN], "best": order[::-1][:_SHOWN]}.get(chosen or "", order[middle : middle + _SHOWN])
    try:
        with st.spinner(_("Reading the slides …")):
            question = {"ask": "records", **context.asked, "rows": [int(found.rows[i]) for i in places]}
            records: list[Record] = ask(question, timeout_s=_PATIENCE_S)["records"]
    except UserError as error:
        st.warning(escape_markdown(str(error)))
        return
    slides.draw_key(context, judged=True)
    said = _("{right} right, {missed} missed, {false} false alarms")
    shown = [
        (
            record,
            slides.judged_boxes(task, found.ensemble[i], found.target[i], least),
            said.format(
                right=numbers.count(int(at.counted[i] - at.false[i])),
                missed=numbers.count(int(at.missed[i])),
                false=numbers.count(int(at.false[i])),
            ),
        )
        for i, record in zip(places, records, strict=True)
    ]
    slides.draw_grid(context, shown, 3)
    st.caption(
        _(
            "Boxes whose score is at least {least}, as chosen for the money on validation slides. A false alarm may be "
            "a cell that nobody has marked."
        ).format(least=named(numbers.fixed(float(least), 2)))
    )
