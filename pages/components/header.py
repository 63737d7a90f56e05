"""The head of a use-case page: whole on the first step, one slim line on every other."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.contracts import Section
from core.formatting.messages import listed
from core.formatting.text import _, escape_markdown, named
from core.store import runs, store_folder
from core.value import scoreboard_words as words
from core.value.scoreboard import Scoreboard
from pages.components import variants
from pages.components.context import Context
from pages.components.headline import warn_undefined


def draw_header(context: Context, section: Section) -> DeltaGenerator:
    """Draw it; returns the place of the link's button, which is drawn last."""
    if section is Section.QUESTION:
        return _whole(context)
    share = _slim(context, section)
    warn_undefined(context)
    return share


def _whole(context: Context) -> DeltaGenerator:
    use_case = context.use_case
    title, share = st.columns([4, 1], vertical_alignment="bottom")
    title.title(named(_(use_case.title)))
    title.markdown(escape_markdown(_(use_case.summary)))
    variants.draw_choice(use_case, context.state)
    return share


def _slim(context: Context, section: Section) -> DeltaGenerator:
    """The title, what the shown run reached, and the link: one line, two on a phone."""
    with st.container(horizontal=True, gap="medium", key="slim-header"):
        st.title(named(_(context.use_case.title)), anchor=False, width="content")
        with st.container(key="slim-said"):
            st.caption(escape_markdown(_said(context, moves=section is Section.MONEY)))
        if context.use_case.variants:
            with st.container(key="slim-variant", width=260):
                variants.draw_choice_in_short(context.use_case, context.state)
        return st.container(width="content")


def _said(context: Context, *, moves: bool) -> str:
    """What the shown run reached, score and money, and the best that simple methods did: one method, or two. moves:
    whether this section has a threshold or a level that the visitor may be moving just now."""
    run, board = context.run, context.board
    if run is None or board is None:
        return _("Not trained yet.")
    task, where = context.use_case.task, ""
    network = [_("{metric} {score}").format(metric=_(board.metric.label), score=words.score_words(board, task))]
    if board.network.amount:
        network.append(_("{amount} per {per}").format(amount=words.money_words(board), per=_(board.per)))
        moved = moves or context.state.decision is not None
        where = words.money_where(context.use_case, moved=moved, assumed=bool(context.state.assumed))
    said = [_(listed(network)), *_of_simple(context, board)]
    if where:
        said.append(where)
    if run.recorded:
        shipped = runs.showcase(store_folder(), context.use_case)
        said.append(_("showcase") if shipped and shipped.id == run.id else _("recorded run"))
    return " · ".join(said)


def _of_simple(context: Context, board: Scoreboard) -> list[str]:
    """Score and money of the best simple method; where another one earns most, its money apart."""
    best, richest = board.best_simple, board.best_simple_money if board.network.amount else None
    reached = [words.score_words(board, context.use_case.task, best)] if best else []
    if richest and richest is best:
        reached.append(words.money_words(board, richest))
    told = [_("best simple method {reached}").format(reached=_(listed(reached)))] if reached else []
    if richest and richest is not best:
        told.append(_("simple method that earns most {amount}").format(amount=words.money_words(board, richest)))
    return told
