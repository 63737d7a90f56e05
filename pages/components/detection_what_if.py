"""What if about a slide: one of the test or a visitor's own, as it is or damaged; boxes follow the least score."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from core.contracts.answers import PictureAnswer
from core.contracts.boxes import Known, counts, detection_of
from core.errors import UserError
from core.formatting import numbers
from core.formatting.messages import capital
from core.formatting.text import _, escape_markdown, named
from core.value.counting import Mistakes
from pages.components import slides
from pages.components.break_it import chosen, draw_sliders
from pages.components.client import ask, ask_alone
from pages.components.context import Context
from pages.components.decision import current_decision
from pages.components.drawing import tiles
from pages.components.held_out import HeldOut
from pages.components.own_picture import choose_own
from pages.components.record_choice import tested_record
from pages.components.story import sentence

_TEST, _OWN = "test", "own"
_PATIENCE_S = 60.0
_LOW, _HIGH, _STEP = 0.05, 0.95, 0.01


def draw(context: Context, found: HeldOut) -> None:
    """The slide on the left, what can be done to it on the right."""
    try:
        with st.spinner(_("Waking the networks …")):
            ask({"ask": "ping"}, timeout_s=_PATIENCE_S)
        said = st.container(key="what-if-said")
        left, right = st.columns([3, 2], gap="large")
        with right:
            place, asked = _choose(context, found)
            if asked is None:
                left.info(_("Choose a file, and the networks say what they see in it."))
                return
            least = _least(context, found)
            draw_sliders(context)
        with left:
            _answer(context, found, place, asked, least, said)
    except UserError as error:
        st.warning(escape_markdown(str(error)))


def _choose(context: Context, found: HeldOut) -> tuple[int | None, dict[str, Any] | None]:
    """The place of a test slide, None for an own one; and how a question names the picture, where there is one."""
    names = {_TEST: _("One of the test"), _OWN: _("Your own picture")}
    source = st.segmented_control(
        _("Which picture"),
        list(names),
        format_func=lambda name: names[name],
        required=True,
        key=context.start("source", _TEST),
        label_visibility="collapsed",
    )
    if source == _OWN:
        pixels = choose_own(context)
        return None, None if pixels is None else {"pixels": pixels}
    rows = found.rows.tolist()
    usual = _usual(found, detection_of(context.use_case.task).counted)
    asked = rows.index(tested_record(context, rows, usual=rows[usual]))

    key = context.own_key("rank")

    def moved() -> None:
        if key == context.own_key("rank"):  # else a slide was chosen elsewhere meanwhile
            context.state.record = int(rows[int(st.session_state[key]) - 1])

    number = st.slider(_("Test slide"), 1, len(rows), **context.begin(context.own("rank"), asked + 1), on_change=moved)
    return int(number) - 1, {"row": int(rows[int(number) - 1])}


def _usual(found: HeldOut, least: float) -> int:
    """The place of the slide with a middling number of mistakes."""
    at = Mistakes.at(found.target, found.ensemble, least)
    return int(np.argsort(at.false + at.missed, kind="stable")[len(found.rows) // 2])


def _least(context: Context, found: HeldOut) -> float:
    """The least score, where the visitor puts it; else as chosen for the money."""
    usual = current_decision(context, found)
    usual = detection_of(context.use_case.task).counted if usual is None else usual
    at = min(_HIGH, max(_LOW, round(usual, 2)))
    return float(
        st.slider(
            _("Count a box when its score is at least"),
            _LOW,
            _HIGH,
            step=_STEP,
            key=context.start(context.own("least"), at),
        )
    )


def _answer(
    context: Context, found: HeldOut, place: int | None, asked: dict[str, Any], least: float, said: Any
) -> None:
    task, classes = context.use_case.task, detection_of(context.use_case.task).classes
    run = context.run.id if context.run else ""
    question = {"ask": "picture", **context.asked, "run": run, **asked, "damage": chosen(context)}
    answer: PictureAnswer = ask_alone(question) if place is None else ask(question, version=context.version)
    prediction = np.array(answer["mean"])
    number = counts(prediction, len(classes), least)
    if place is None:
        boxes = slides.found_boxes(task, prediction, least)
        known = None
    else:
        boxes = slides.judged_boxes(task, prediction, found.target[place], least)
        known = Known.of(found.target[place]).counts(len(classes))
    with said:
        sentence(_("Counted: {counts}.").format(counts=slides.counted_words(task, number)))
    slides.draw_slide(context, answer["changed"], boxes, _("The slide with what was found in it"))
    slides.draw_key(context, judged=place is not None)
    for at, (tile, name) in enumerate(zip(tiles(len(classes)), slides.class_names(task), strict=True)):
        tile.metric(
            named(capital(name)),
            numbers.count(int(number[at])),
            delta=None if known is None else _("{known} are known").format(known=numbers.count(int(known[at]))),
            delta_color="off",
            delta_arrow="off",
        )
    if place is None and answer["share"] == 0:
        st.warning(
            escape_markdown(
                _("This picture is unlike any that the networks were validated on: do not trust the count.")
            )
        )
