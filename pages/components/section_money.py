"""Section 6: held-out predictions times the money model; the decision moves outcome and yearly value together."""

from __future__ import annotations

import re
from collections.abc import Mapping

import streamlit as st

from core.contracts import Assumption, ValueModel
from core.errors import RunError
from core.formatting import numbers
from core.formatting.text import SENTENCE, _, escape_markdown, named, plain
from core.kinds import kind_of
from core.value.scoreboard import Scoreboard
from core.value.sensitivity import Swing
from core.value.threshold import assumed_values
from pages.components import panels
from pages.components import scoreboard_words as words
from pages.components.context import Context
from pages.components.decision import swings_of
from pages.components.drawing import table
from pages.components.held_out import HeldOut, results_of
from pages.components.part import part
from pages.components.standings import draw_money_bars
from pages.components.story import fold, sentence

_IN_A_ROW = 3
_GUESS = re.compile(r"(?:an? )?guess\b", re.IGNORECASE)
_FROM_THE_DATA = re.compile(r"from the data\b", re.IGNORECASE)


def draw(context: Context) -> None:
    """Draw the section."""
    model = context.use_case.value
    if model is None:
        return
    if context.run is None:
        st.info(_("There are no predictions to price yet. Open Train and press the button."))
        return
    try:
        report, found = results_of(context.run, context.use_case)
    except RunError as error:
        st.error(escape_markdown(str(error)))
        return
    value = report["value"]
    if value is None:
        st.info(_("This run was not priced: the use case had no money model then. Train again."))
        return
    board = Scoreboard.of(context.use_case, report)
    if gain := words.gain_sentence(board):
        sentence(words.where_chosen(context.use_case, gain))
    draw_money_bars(context, board)
    st.caption(_("Declared assumptions; each method's own decision, chosen on validation and applied to test rows."))
    part(context, "assumed", _worth, context, model, found, bool(context.state.assumed))
    fold(context, "money", _("For experts: every method and its interval"), _others, board)


def _worth(context: Context, model: ValueModel, found: HeldOut, assumed_above: bool) -> None:
    """The decision, and what it rests on. assumed_above: whether the head says that something is assumed otherwise."""
    assumed = assumed_values(model.assumptions, context.state.assumed)
    panels.MONEY[kind_of(context.use_case.task).money](context, model, found, assumed)
    _assumptions(context, model, swings_of(context, model, found, assumed))
    if bool(context.state.assumed) != assumed_above:
        st.rerun(scope="app")


def _assumptions(context: Context, model: ValueModel, worth: Mapping[str, Swing]) -> None:
    """A strip of them, each beside what it is worth."""
    st.header(_("What it rests on"))
    st.caption(_how_counted(context, model))
    for start in range(0, len(model.assumptions), _IN_A_ROW):
        row = model.assumptions[start : start + _IN_A_ROW]
        for place, assumption in zip(st.columns(_IN_A_ROW, gap="large"), row, strict=False):
            with place:
                _assumption(context, assumption)
                st.markdown(worth_words(worth[assumption.name], model))
                st.caption(source_words(assumption))
    if context.state.assumed:
        st.button(_("Back to the declared assumptions"), key=context.key("declared"), on_click=_forget, args=(context,))


def _how_counted(context: Context, model: ValueModel) -> str:
    """What becomes of the decision while an assumption moves a tenth: as in the panel, and said."""
    level = words.is_level(model)
    if context.state.decision is None:
        kept = _("the level is chosen anew on validation"), _("the threshold is chosen anew on validation")
    else:
        kept = _("the level stays where you put it"), _("the threshold stays where you put it")
    return _("A tenth more or less of one of them, alone; {decision}.").format(decision=kept[0 if level else 1])


def worth_words(worth: Swing, model: ValueModel) -> str:
    """What a tenth of an assumption moves: 'A tenth more: +$7.1K a year; a tenth less: −$7.1K'."""

    def said(amount: float) -> str:
        return named(numbers.money(amount, model.currency, sign=True))

    parts = []
    if worth.more is not None:
        parts.append(_("a tenth more: **{amount}**").format(amount=said(worth.more)))
    if worth.less is not None:
        parts.append(_("a tenth less: **{amount}**").format(amount=said(worth.less)))
    return " · ".join(parts)


def _assumption(context: Context, assumption: Assumption) -> None:
    name = context.own(f"assume-{assumption.name}")

    def changed() -> None:
        value = float(st.session_state[context.key(name)])
        if value == assumption.value:
            context.state.assumed.pop(assumption.name, None)
        else:
            context.state.assumed[assumption.name] = value

    st.number_input(
        named(numbers.labelled(assumption.label, assumption.unit)),
        min_value=assumption.low,
        max_value=assumption.high,
        step=assumption.step,
        format=f"%.{max(_decimals(assumption.step), _decimals(assumption.value))}f",
        key=context.start(name, context.state.assumed.get(assumption.name, assumption.value)),
        on_change=changed,
        help=escape_markdown(_(assumption.help)) or None,
    )


def source_words(assumption: Assumption) -> str:
    """Whether it is a guess or from the data, and the source; once, where the source begins with it too."""
    label, source = _("Guess.") if assumption.guess else _("From the data."), plain(_(assumption.source), SENTENCE)
    says_itself = (_GUESS if assumption.guess else _FROM_THE_DATA).match(source)
    rest = source[says_itself.end() :] if says_itself else source
    if says_itself and rest[:1].isspace():  # 'A guess of the house'
        return escape_markdown(source)
    rest = rest.lstrip(" .:;,–—-")
    return escape_markdown(f"{label} {rest[:1].upper()}{rest[1:]}")


def _decimals(number: float) -> int:
    """How many digits behind the point a number needs: 0.005 -> 3."""
    return len(f"{number:.6f}".rstrip("0").partition(".")[2])


def _forget(context: Context) -> None:
    context.state.assumed.clear()
    for key in [k for k in st.session_state if str(k).startswith(context.key("assume-"))]:
        del st.session_state[key]


def _others(board: Scoreboard) -> None:
    """What the same decision rule earns with other methods, with the declared assumptions."""
    rows = [
        {
            _("Method"): _(standing.title),
            _("Net value per {per}").format(per=_(board.per)): words.money_words(board, standing),
            _("95% interval"): words.money_interval(board, standing, joint=" – "),
            _("The network earns more by"): words.gain_words(board, standing) if standing.amount_difference else None,
            _("95% interval of that"): words.gain_interval(board, standing) if standing.amount_difference else None,
        }
        for standing in board.every
    ]
    table(rows)
