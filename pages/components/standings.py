"""What each method reaches, as bars: money and headline of the network, the best simple method and today."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from core.charts import standings as charts
from core.contracts import Task
from core.formatting import numbers
from core.formatting.text import _, plain
from core.value import scoreboard_words as words
from core.value.scoreboard import Scoreboard, Standing, amount_of
from pages.components.context import Context
from pages.components.records import run_picture


def draw_standings(context: Context, board: Scoreboard) -> None:
    """Money on the left, the headline on the right; the headline alone where a run is not priced."""
    money = money_bars(board, distinct_of(board.network, board.best_simple_money, board.compared))
    scores = score_bars(board, context.use_case.task, distinct_of(board.network, board.best_simple))
    places = st.columns(2, gap="large") if money else [st.container()]
    if money:
        with places[0]:
            draw_money_bars(context, board)
    with places[-1]:
        better = "" if board.metric.higher_is_better else _(" (lower is better)")
        title = f"{_(board.metric.label)}{better}"
        run_picture(context, "score-bars", partial(charts.standings, scores, title, context.look), str(scores))


def draw_money_bars(context: Context, board: Scoreboard) -> None:
    """What the network, the best simple method and today earn."""
    money = money_bars(board, distinct_of(board.network, board.best_simple_money, board.compared))
    title = _("Net value per {per}").format(per=plain(_(board.per)))
    run_picture(context, "money-bars", partial(charts.standings, money, title, context.look), str(money))


def distinct_of(*standings: Standing | None) -> list[Standing]:
    """Those that there are, each once."""
    found: list[Standing] = []
    for standing in standings:
        if standing is not None and all(standing is not other for other in found):
            found.append(standing)
    return found


def money_bars(board: Scoreboard, standings: Sequence[Standing]) -> list[charts.Bar]:
    """A bar of the money of each that has any."""
    priced = [(one, one.amount, amount) for one in standings if one.amount and (amount := amount_of(one)) is not None]
    told = numbers.money_apart([amount for _one, _range, amount in priced], board.currency)
    return [
        charts.Bar(
            name=_name(standing),
            role=standing.role,
            value=amount,
            low=ends["low"],
            high=ends["high"],
            said=plain(said),
            exact=_("{amount}, 95% interval {interval}").format(
                amount=numbers.money(amount, board.currency, significant=6),
                interval=words.money_interval(board, standing),
            ),
        )
        for (standing, ends, amount), said in zip(priced, told, strict=True)
    ]


def score_bars(board: Scoreboard, task: Task, standings: Sequence[Standing]) -> list[charts.Bar]:
    """A bar of the headline of each that has one."""
    return [
        charts.Bar(
            name=_name(standing),
            role=standing.role,
            value=standing.score["mean"],
            low=standing.score["low"],
            high=standing.score["high"],
            said=words.score_words(board, task, standing),
            exact=_("{score}, 95% interval {interval}").format(
                score=words.score_words(board, task, standing), interval=words.score_interval(board, task, standing)
            ),
        )
        for standing in standings
        if standing.score and standing.score["mean"] is not None
    ]


def _name(standing: Standing) -> str:
    title = plain(_(standing.title))
    return _("Today: {policy}").format(policy=title[:1].lower() + title[1:]) if standing.role == "today" else title
