"""What if about a text: one of the test or what a visitor types, which intents it may have, and which words count."""

from __future__ import annotations

import html
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.answering.texts import MOST_CHARACTERS
from core.charts import words as charts
from core.contracts.answers import Record, TextAnswer
from core.errors import UserError
from core.formatting import numbers
from core.formatting.messages import capital, message
from core.formatting.text import _, escape_markdown, named, plain
from core.kinds import kind_of
from pages.components import what_if_words as words
from pages.components.client import ask, ask_alone
from pages.components.context import Context
from pages.components.decision import current_decision
from pages.components.drawing import tiles
from pages.components.held_out import HeldOut
from pages.components.record_choice import choose_record
from pages.components.story import fold, sentence

_PATIENCE_S = 60.0
_MOST_SHOWN = 5
_TEXT = "question"  # the info column that holds a row's text


def draw(context: Context, found: HeldOut) -> None:
    """A line to type in, which begins with a question of the test; what the networks say of it below."""
    try:
        with st.spinner(_("Waking the networks …")):  # after a start; else it is known that they are awake
            ask({"ask": "ping"}, timeout_s=_PATIENCE_S)
        said = st.container(key="what-if-said")  # stays in sight on a phone
        line = st.container()
        left, right = st.columns([3, 2], gap="large")
        with right:
            record = choose_record(context, found)
        with line:
            typed = _typed(context, record)
        if not typed.strip():
            left.info(_("Type a question, and the networks say what it is about."))
            return
        with left:
            _answer(context, found, record, typed, said, right)
    except UserError as error:
        st.warning(escape_markdown(str(error)))


def _typed(context: Context, record: Record) -> str:
    """What stands in the line: the record's question until it is changed. It stays in this visit, and is kept nowhere
    else."""
    return (
        st.text_input(
            _("Type a question of your own"),
            key=context.start(context.own(f"typed-{record['row']}"), record["info"][_TEXT]),
            max_chars=MOST_CHARACTERS,
            live=True,
            help=_("The answer follows as you type. What you type is not kept."),
        )
        or ""
    )


def _answer(
    context: Context, found: HeldOut, record: Record, typed: str, said: DeltaGenerator, beside: DeltaGenerator
) -> None:
    """Sentence, chances and lit words. What is typed is asked past what is kept for all visitors."""
    task, kind = context.use_case.task, kind_of(context.use_case.task)
    question = {"ask": "text", **context.asked, "run": context.run.id if context.run else ""}
    is_own = typed != record["info"][_TEXT]
    answer: TextAnswer = (
        ask_alone({**question, "text": typed})
        if is_own
        else ask({**question, "row": record["row"]}, version=context.version, timeout_s=_PATIENCE_S)
    )
    decision = current_decision(context, found)
    with said:
        sentence(_verdict(context, answer, decision))
    _tiles(context, answer)
    likeliest = sorted(range(len(answer["mean"])), key=lambda place: -answer["mean"][place])[:_MOST_SHOWN]
    told = [
        charts.Chance(
            name=plain(_(capital(message(task.outputs[place])))),
            value=answer["mean"][place],
            said=numbers.percent(answer["mean"][place], 1),
        )
        for place in likeliest
    ]
    st.html(charts.chances(_("The likeliest"), told, decision, context.look))
    if not is_own and kind.target is None:
        happened = kind.happened(task, record["target"])
        st.markdown(_("What really happened: **{what}**").format(what=named(_(happened))))
    with beside:
        _lit(context, answer)
        _nearest(context, answer)
    fold(context, "words", _("For experts: how words are weighed"), _method)


def _verdict(context: Context, answer: TextAnswer, decision: float | None) -> str:
    """A question that is like none is not answered, however sure the networks are of it."""
    if not any(word["known"] for word in answer["words"]):
        return _("I don't know: the networks never learned from any of these words.")
    if answer["share"] == 0:
        return _("I don't know: this is stranger than anything that the networks were validated on.")
    if decision is not None and max(answer["mean"]) < decision:
        return _("I don't know. {verdict}").format(verdict=words.verdict(context.use_case, answer["mean"], decision))
    return words.verdict(context.use_case, answer["mean"], decision)


def _tiles(context: Context, answer: TextAnswer) -> None:
    written = kind_of(context.use_case.task).written
    places = tiles(2)
    places[0].metric(
        _("Single networks range"),
        named(written.between(context.use_case.task, min(answer["networks"]), max(answer["networks"]))),
        help=_(
            numbers.counted(
                len(answer["networks"]),
                "The one network that is asked.",
                "The lowest and the highest of the {count} networks: where they disagree, be careful.",
            )
        ),
    )
    places[1].metric(
        _("How familiar it is"),
        numbers.percent(answer["share"], 0),
        help=_(
            "The share of validation questions that are less like what was learned than this one, by the pieces of "
            "their words, rare ones the heavier. It knows nothing of what the networks make of it: at 0% it is a "
            "stranger, however sure they are."
        ),
    )


def _lit(context: Context, answer: TextAnswer) -> None:
    """The text with its words lit."""
    st.markdown(f"**{_('Which words count')}**")
    most = max((abs(word["gain"]) for word in answer["words"]), default=0.0) or 1.0
    told = [
        charts.LitWord(
            start=word["start"],
            end=word["end"],
            light=word["gain"] / most,
            exact=_("{points} without it").format(points=numbers.points(-word["gain"])),
            known=word["known"],
        )
        for word in answer["words"]
    ]
    st.html(charts.lit(answer["text"], told, context.look))
    strongest = max(answer["words"], key=lambda word: word["gain"])
    lines = []
    if strongest["gain"] > 0:
        word = named(answer["text"][strongest["start"] : strongest["end"]])
        lines.append(
            _("Without “{word}” the chance would be {chance}.").format(
                word=word, chance=numbers.percent(max(answer["mean"]) - strongest["gain"], 1)
            )
        )
    if any(not word["known"] for word in answer["words"]):
        lines.append(_("Dotted: a word that stands in no question that was learned from; its pieces alone are known."))
    if answer["unread"]:
        lines.append(
            _(numbers.counted(answer["unread"], "The last word is not read.", "The last {count} words are not read."))
        )
    if lines:
        st.caption(escape_markdown(" ".join(lines)))


def _nearest(context: Context, answer: TextAnswer) -> None:
    """The question that was learned from and is most like it."""
    known: dict[str, Any] = ask({"ask": "records", **context.asked, "rows": [answer["nearest"]]})["records"][0]
    task, kind = context.use_case.task, kind_of(context.use_case.task)
    st.markdown(f"**{_('The nearest question that they learned from')}**")
    text = html.escape(str(known["info"][_TEXT]))
    st.html(f'<div style="color:{context.look.text}">“{text}”</div>')
    st.caption(named(_(capital(message(kind.happened(task, known["target"]))))))


def _method() -> None:
    st.markdown(
        _(
            "**Leave one word out.** Each word is hidden alone, as words are hidden in training, and all networks are "
            "asked again: what the shown chance loses is what the word brings. Words that say the same cover for one "
            "another, so that neither is lit: hide both to see it."
        )
    )
