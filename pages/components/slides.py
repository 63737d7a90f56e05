"""Slides on a page: pictures with boxes over them, of what is there, of what was found, and how the two agree."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial

import numpy as np
import streamlit as st

from core.charts.boxes import Box, key, slide
from core.charts.detection import how_large
from core.contracts import Task
from core.contracts.answers import DataProfile, Record
from core.contracts.boxes import Found, Known, detection_of, matched, target_names
from core.formatting import numbers
from core.formatting.text import _, named, plain
from pages.components.context import Context
from pages.components.drawing import chart, once

_IN_A_ROW = 2


def class_names(task: Task) -> list[str]:
    """The classes, as they are read."""
    return [plain(_(name)) for name in detection_of(task).classes]


def target_of(record: Record) -> np.ndarray:
    """The known boxes of a record, (T,)."""
    return np.array([record["target"][name] for name in target_names()], dtype=np.float64)


def known_boxes(task: Task, target_T: np.ndarray) -> list[Box]:
    """What is there."""
    known, names = Known.of(target_T), class_names(task)
    some = np.flatnonzero(known.kind >= 0)
    return [Box(int(known.kind[i]), _ends(known.ends[i]), said=names[known.kind[i]]) for i in some]


def found_boxes(task: Task, prediction_O: np.ndarray, least: float) -> list[Box]:
    """What was found with a score of `least` or more; nothing is known of what is there."""
    found, names = Found.of(prediction_O), class_names(task)
    some = np.flatnonzero((found.score >= least) & (found.score > 0))
    return [
        Box(int(found.kind[i]), _ends(found.ends[i]), said=_scored(names[found.kind[i]], found.score[i])) for i in some
    ]


def judged_boxes(task: Task, prediction_O: np.ndarray, target_T: np.ndarray, least: float) -> list[Box]:
    """What was found and is right, what is false, and what was missed."""
    found, known, names = Found.of(prediction_O), Known.of(target_T), class_names(task)
    chosen = matched(prediction_O[None], target_T[None])[0]
    counts = (found.score >= least) & (found.score > 0)
    boxes = [
        Box(
            int(found.kind[i]),
            _ends(found.ends[i]),
            "right" if chosen[i] >= 0 else "false",
            _scored(names[found.kind[i]], found.score[i]),
        )
        for i in np.flatnonzero(counts)
    ]
    hits = set(chosen[counts].tolist())
    missed = [i for i in np.flatnonzero(known.kind >= 0) if i not in hits]
    return boxes + [Box(int(known.kind[i]), _ends(known.ends[i]), "missed", names[known.kind[i]]) for i in missed]


def _ends(ends: np.ndarray) -> tuple[float, float, float, float]:
    left, top, right, bottom = (float(end) for end in ends)
    return left, top, right, bottom


def _scored(name: str, score: float) -> str:
    return _("{what}, score {score}").format(what=name, score=numbers.fixed(float(score), 2))


def draw_slide(context: Context, source: str, boxes: Sequence[Box], alt: str) -> None:
    """One picture with its boxes, as wide as its place."""
    height, width = context.use_case.arrays[0].shape[:2]
    st.html(slide(source, alt, boxes, width / height))


def draw_grid(context: Context, shown: Sequence[tuple[Record, Sequence[Box], str]], in_a_row: int = _IN_A_ROW) -> None:
    """Several, side by side, each with a line below."""
    for first in range(0, len(shown), in_a_row):
        for place, (record, boxes, said) in zip(st.columns(in_a_row), shown[first : first + in_a_row], strict=False):
            with place:
                source = next(iter(record["pictures"].values()))
                draw_slide(context, source, boxes, _("Slide {number}").format(number=numbers.count(record["row"])))
                st.caption(named(said))


def draw_key(context: Context, *, judged: bool) -> None:
    """What forms and lines mean."""
    states = (("right", _("right")), ("missed", _("missed")), ("false", _("false alarm")))
    st.html(key(class_names(context.use_case.task), states if judged else ()))  # type: ignore[arg-type]


def counted_words(task: Task, numbers_C: Sequence[int] | np.ndarray) -> str:
    """'red cells 12 · white cells 1 · platelets 0'."""
    pairs = zip(numbers_C, class_names(task), strict=True)
    return " · ".join(_("{what} {number}").format(number=numbers.count(int(n)), what=name) for n, name in pairs)


def draw_count_them(context: Context, found: DataProfile) -> None:
    """Two slides to count by oneself, and on a wish the boxes."""
    task = context.use_case.task
    told = st.toggle(_("Show what is there"), key=context.start("riddle", False))
    some = _varied(found["sample"], task)[:2]
    shown = []
    for record in some:
        number = Known.of(target_of(record)).counts(len(detection_of(task).classes))
        boxes = known_boxes(task, target_of(record)) if told else []
        shown.append((record, boxes, counted_words(task, number) if told else _("How many of each?")))
    draw_grid(context, shown)
    if told:
        draw_key(context, judged=False)


def _varied(sample: Sequence[Record], task: Task) -> list[Record]:
    """Those with every class first, then by how many things they show."""
    classes = len(detection_of(task).classes)

    def rank(record: Record) -> tuple[int, int]:
        number = Known.of(target_of(record)).counts(classes)
        return -int((number > 0).sum()), -int(number[1:].sum())

    return sorted(sample, key=rank)


def draw_known(context: Context, found: DataProfile) -> None:
    """Slides with what is there, and how large it is."""
    task, boxes = context.use_case.task, found.get("boxes")
    if boxes:
        sizes = dict(zip(class_names(task), boxes["sizes"], strict=True))
        drawn = json.dumps([boxes["edges"], sizes])
        asked = (context.use_case.name, context.use_case.variant, context.look.name, drawn)
        figure = once(partial(how_large, boxes["edges"], sizes, context.look), "sizes", *asked)
        chart(figure, key=context.key("sizes"))
    draw_key(context, judged=False)
    shown = []
    for record in _varied(found["sample"], task)[:6]:
        number = Known.of(target_of(record)).counts(len(detection_of(task).classes))
        shown.append((record, known_boxes(task, target_of(record)), counted_words(task, number)))
    draw_grid(context, shown, 3)
