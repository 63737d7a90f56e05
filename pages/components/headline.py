"""The strip of large numbers above the sections: how good, against what, worth how much. All of the shown run."""

from __future__ import annotations

import streamlit as st

from core.formatting import numbers, scores
from core.formatting.text import _, escape_markdown, named
from core.value import scoreboard_words as words
from pages.components.context import Context
from pages.components.drawing import tiles
from pages.components.run_words import run_words
from pages.components.terms import where_explained
from pages.components.verdict_words import verdict


def draw_headline(context: Context) -> None:
    """Draw the strip; nothing when there is no run to show."""
    board, task = context.board, context.use_case.task
    if context.run is None or board is None:
        return
    head, metric = context.run.summary["headline"], board.metric
    places = tiles(1 + bool(board.best_simple) + bool(board.network.amount))
    places[0].metric(
        _(metric.label),
        named(words.score_words(board, task)),
        delta=_("ensemble of {count}").format(count=numbers.count(head["members"])) if head["members"] > 1 else None,
        delta_color="off",
        delta_arrow="off",
        help=f"{_(metric.help)} "
        + _("95% interval {interval}; the mean of single members is {mean}.").format(
            interval=named(words.score_interval(board, task)),
            mean=named(scores.score_with_unit(metric, task, head["mean"])),
        )
        + where_explained(metric.name),
    )
    if best := board.best_simple:
        places[1].metric(
            _("Best simple method"),
            named(words.score_words(board, task, best)),
            delta=verdict(best.score_difference["verdict"] if best.score_difference else "undefined"),
            delta_color="off",
            delta_arrow="off",
            help=_("{title}, tested on the same rows; it learned from training and validation rows together.").format(
                title=named(_(best.title))
            )
            + where_explained("simple-method"),
        )
    if board.network.amount:
        moved, assumed = context.state.decision is not None, bool(context.state.assumed)
        where = words.money_where(context.use_case, moved=moved, assumed=assumed)
        places[-1].metric(
            _("Net value per {per}").format(per=named(_(board.per))),
            named(words.money_words(board)),
            delta=named(where) if where else None,
            delta_color="off",
            delta_arrow="off",
            help=_("With the assumptions as declared; 95% interval {interval}. See Money.").format(
                interval=escape_markdown(words.money_interval(board))
            )
            + where_explained("value"),
        )
        if gain := words.gain_sentence(board):
            st.markdown(escape_markdown(gain))
    warn_undefined(context)
    draw_run_line(context)


def warn_undefined(context: Context) -> None:
    """Why the shown run's headline has no number, where it has none."""
    if context.run is None or context.board is None:
        return
    if why := scores.why_undefined(context.board.metric, context.run.summary["headline"]["ensemble"]):
        st.warning(escape_markdown(why))


def draw_run_line(context: Context) -> None:
    """Which run the numbers are of, in small."""
    st.caption(_describe(context))


def _describe(context: Context) -> str:
    """In what variant, by which settings, and when."""
    run, use_case = context.run, context.use_case
    if run is None:
        return ""
    title = next((_(v.title) for v in use_case.variants if v.name == use_case.variant), "")
    parts = [named(title)] if title else []
    parts.append(named(run_words(use_case, run)))
    return " · ".join(parts)
