"""Section 6: held-out predictions times the money model; the decision moves outcome and yearly value together."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from core.contracts import ValueModel
from core.errors import RunError
from core.formatting import numbers
from core.formatting.text import _, escape_markdown, plain
from core.kinds import kind_of
from core.value import scoreboard_words as words
from core.value.scoreboard import Scoreboard
from core.value.scoreboard import amount_of as earned
from core.value.threshold import assumed_values
from pages.components import assumptions, labels_worth, panels
from pages.components.context import Context
from pages.components.decision import amount_of, swings_of
from pages.components.drawing import table
from pages.components.held_out import HeldOut, results_of
from pages.components.part import is_alone, part
from pages.components.standings import draw_money_bars
from pages.components.story import fold, sentence
from pages.components.terms import explained


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
    st.caption(
        _("Declared assumptions; each method's own decision, chosen on validation and applied to test rows."),
        help=explained("value"),
    )
    part(context, "assumed", _worth, context, board, found, bool(context.state.assumed))
    assumptions.draw_sources(context, model)
    labels_worth.draw_money(context)
    fold(context, "money", _("For experts: every method and its interval"), _others, board)


def _worth(context: Context, board: Scoreboard, found: HeldOut, assumed_above: bool) -> None:
    """The decision, and what it rests on. assumed_above: whether the head says that something is assumed otherwise."""
    model = context.use_case.value
    if model is None:
        return
    assumed = draw_panel(context, model, found)
    amount = amount_of(context, model, found, assumed)
    assumptions.draw(context, model, swings_of(context, model, found, assumed), _now(context, board, amount))
    if is_alone() and bool(context.state.assumed) != assumed_above:
        st.rerun(scope="app")


def draw_panel(context: Context, model: ValueModel, found: HeldOut) -> Mapping[str, float]:
    """The decision and what it earns, under the visitor's assumptions; returns them."""
    assumed = assumed_values(model.assumptions, context.state.assumed)
    panels.MONEY[kind_of(context.use_case.task).money](context, model, found, assumed)
    return assumed


def _now(context: Context, board: Scoreboard, amount: float) -> str:
    """What all assumptions come to where the decision stands, and beside it what they are declared to come to."""
    now, per = numbers.money(amount, board.currency), _(board.per)
    where = words.money_where(
        context.use_case, moved=context.state.decision is not None, assumed=bool(context.state.assumed)
    )
    if not where:
        return _("**{now}** per {per}, with the declared assumptions.").format(now=now, per=per)
    return _("**{now}** per {per} as you have it; **{then}** {where}.").format(
        now=now, per=per, then=words.money_words(board), where=where
    )


def _others(board: Scoreboard) -> None:
    """What the same decision rule earns with other methods, with the declared assumptions."""
    amounts = numbers.money_apart([earned(standing) for standing in board.every], board.currency)
    rows = [
        {
            _("Method"): _(standing.title),
            _("Net value per {per}").format(per=_(board.per)): plain(amount),
            _("95% interval"): words.money_interval(board, standing, joint=" – "),
            _("The network earns more by"): words.gain_words(board, standing) if standing.amount_difference else None,
            _("95% interval of that"): words.gain_interval(board, standing) if standing.amount_difference else None,
        }
        for standing, amount in zip(board.every, amounts, strict=True)
    ]
    table(rows)
