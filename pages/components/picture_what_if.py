"""What if about a picture: one of the test or a visitor's own, as it is or damaged, and what the networks say of it."""

from __future__ import annotations

from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.charts.sight import overlay
from core.contracts import Kind, Task
from core.contracts.answers import PictureAnswer, Record
from core.errors import UserError
from core.formatting import numbers
from core.formatting.text import _, escape_markdown, named
from core.kinds import kind_of
from pages.components import what_if_words as words
from pages.components.break_it import chosen, draw_sliders
from pages.components.client import ask, ask_alone
from pages.components.context import Context
from pages.components.decision import current_decision
from pages.components.drawing import tiles
from pages.components.held_out import HeldOut
from pages.components.own_picture import choose_own, choose_own_sound
from pages.components.picture_box import draw_method, draw_redrawn, draw_seen, plays_sounds
from pages.components.record_choice import choose_record
from pages.components.story import fold, sentence

SOURCE = "source"  # the key of the switch between a picture of the test and an own one
_TEST, _OWN = "test", "own"
_PATIENCE_S = 60.0


def draw(context: Context, found: HeldOut) -> None:
    """The picture on the right with what can be done to it, the answer on the left."""
    try:
        with st.spinner(_("Waking the networks …")):  # after a start; else it is known that they are awake
            ask({"ask": "ping"}, timeout_s=_PATIENCE_S)
        said = st.container(key="what-if-said")  # stays in sight on a phone, where the sliders are far below
        left, right = st.columns(2, gap="large")
        with right:
            record, asked = _choose(context, found)
            if asked is None:
                left.info(
                    _("Record a word or choose a file, and the networks say what they hear.")
                    if plays_sounds(context.use_case)
                    else _("Choose a file, and the networks say what they see in it.")
                )
                return
            draw_sliders(context)
        with left:
            _answer(context, found, record, asked, said)
    except UserError as error:
        st.warning(escape_markdown(str(error)))


def _choose(context: Context, found: HeldOut) -> tuple[Record | None, dict[str, Any] | None]:
    """The record that is asked about, None for an own picture; and how the question names the picture, None where there
    is none yet."""
    hears = plays_sounds(context.use_case)
    names = {_TEST: _("One of the test"), _OWN: _("Your own voice") if hears else _("Your own picture")}
    source = st.segmented_control(
        _("Which picture"),
        list(names),
        format_func=lambda name: names[name],
        required=True,
        key=context.start(SOURCE, _TEST),
        label_visibility="collapsed",
    )
    if source == _OWN:
        pixels = choose_own_sound(context) if hears else choose_own(context)
        return None, None if pixels is None else {"pixels": pixels}
    record = choose_record(context, found)
    return record, {"row": record["row"]}


def _answer(
    context: Context, found: HeldOut, record: Record | None, asked: dict[str, Any], said: DeltaGenerator
) -> None:
    """What the networks say of the picture. An own one's answer is kept for nobody else."""
    task, kind = context.use_case.task, kind_of(context.use_case.task)
    question = {"ask": "picture", **context.asked, "run": context.run.id if context.run else "", **asked}
    output = st.session_state.get(context.own_key("sight-of"))

    def answered(damage: dict[str, float]) -> PictureAnswer:
        whole = {**question, "damage": damage, "output": output}
        answer: PictureAnswer = ask_alone(whole) if record is None else ask(whole, version=context.version)
        return answer

    damage = chosen(context)
    answer = answered(damage)
    before = answered({}) if damage else answer
    with said:
        if answer["share"] == 0 and task.kind != Kind.ONE_CLASS:  # where a stranger is what is looked for
            sentence(_("I don't know: this is stranger than anything that the networks were validated on."))
        else:
            sentence(words.verdict(context.use_case, answer["mean"], current_decision(context, found)))
    _tiles(context, answer, before, damaged=bool(damage))
    if record is not None and kind.target is None:
        happened = kind.happened(task, record["target"])
        st.markdown(_("What really happened: **{what}**").format(what=named(_(happened))))
    if said_before := as_it_was(task, before["mean"], answer["mean"]):
        st.markdown(escape_markdown(said_before))
    if drawn := answer.get("redrawn"):
        draw_redrawn(context, answer, drawn, damaged=bool(damage))
        return
    seen, look = answer["sight"], context.look
    draw_seen(
        context,
        seen["output"],
        (
            (answer["changed"], _("Damaged") if damage else _("As the networks read it")),
            (answer["nearest"], _("The nearest that they learned from")),
            (overlay(seen["picture"], seen["activations"], look), _("Where they found something (Grad-CAM)")),
            (overlay(seen["picture"], seen["gradients"], look), _("Which spots counted (integrated gradients)")),
        ),
        answer.get("sounds"),
    )
    if task.kind == Kind.MULTICLASS:
        _choose_output(context)
    fold(context, "sight", _("For experts: how this is found"), draw_method, context.use_case)


def as_it_was(task: Task, before: list[float], now: list[float]) -> str:
    """What was said of a picture before it was damaged, where that is another class than now."""
    kind = kind_of(task)
    was = kind.shown(task, before)
    if was == kind.shown(task, now):
        return ""
    value = kind.written.value(task, before[was])
    return _("As it was: {label}, {value}").format(label=_(kind.written.axis(task, was)), value=value)


def _tiles(context: Context, answer: PictureAnswer, before: PictureAnswer, *, damaged: bool) -> None:
    """The prediction, how far the networks agree, and how strange the picture is to them."""
    task, kind = context.use_case.task, kind_of(context.use_case.task)
    shown, written = kind.shown(task, answer["mean"]), kind.written
    with st.container(key="picture-tiles"):
        places = tiles(3)
    now, was = answer["mean"][shown], before["mean"][shown]
    places[0].metric(
        named(written.label(task, shown)),
        named(written.value(task, now)),
        delta=named(written.change(task, now - was)) if damaged else None,
        delta_color="off",
        delta_arrow=words.arrow(now - was),
    )
    places[1].metric(
        _("Single networks range"),
        named(written.between(task, min(answer["networks"]), max(answer["networks"]))),
        help=_("The lowest and the highest of the networks: where they disagree, be careful."),
    )
    places[2].metric(
        _("Unlike what it learned"),
        numbers.percent(1 - answer["share"]),
        help=_(
            "So many of the validation records are nearer to what the networks learned from. The distance to the "
            "nearest is {distance}: 1 less the correlation of their pixels, which knows nothing of brightness."
        ).format(distance=named(numbers.fixed(1 - answer["alike"], 3))),
    )


def _choose_output(context: Context) -> None:
    """Of several classes, the one that the maps speak for."""
    task = context.use_case.task
    st.selectbox(
        _("What the maps speak for"),
        [None, *range(len(task.outputs))],
        format_func=lambda output: _("The prediction") if output is None else named(_(task.outputs[output])),
        key=context.own_key("sight-of"),
    )
