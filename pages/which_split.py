"""Which split is honest? The same question by the flattering and the honest plan, side by side."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from core.charts import standings
from core.charts.dealt import dealt
from core.charts.look import Look
from core.contracts import UseCase, Variant
from core.formatting.text import _, escape_markdown, named, plain
from core.use_cases import all_use_cases
from core.value import scoreboard_words as words
from core.value.scoreboard import Scoreboard
from pages.components import plans
from pages.components.drawing import once
from pages.components.look import start_page, symbol
from pages.components.standings import distinct_of, score_bars
from pages.components.story import sentence

OpenPage = Callable[[UseCase], st.Page]


def draw(open_page: OpenPage) -> None:
    """Draw the page."""
    look = start_page()
    st.title(_("Which split is honest?"))
    sentence(_("One question, two ways of dealing the same data: one flatters, the other tells the truth."))
    st.markdown(
        _(
            "A model is tested on rows that it did not learn from. That is not enough: where others of the same "
            "hospital or of the same speaker were learned from, the test asks what the model knows already."
        )
    )
    for use_case, flattering in pairs():
        _draw_pair(use_case, flattering, open_page, look)


def pairs() -> list[tuple[UseCase, Variant]]:
    """Every use case that declares a flattering plan beside the honest one, and that plan."""
    return [(u, v) for u in all_use_cases() for v in u.variants if v.flatters]


def _draw_pair(use_case: UseCase, flattering: Variant, open_page: OpenPage, look: Look) -> None:
    honest = next(v for v in use_case.variants if v.name == flattering.flatters)
    easy, hard = plans.shown(use_case, flattering), plans.shown(use_case, honest)
    st.header(f"{symbol(use_case.icon)} {named(_(use_case.title))}", anchor=use_case.slug)
    if easy is None or hard is None:
        st.info(_("No run of both plans is there yet. Train one of each to compare them."))
        return
    boards = [Scoreboard.of(use_case, run.summary) for run in (easy, hard)]
    scores = [escape_markdown(words.score_words(board, use_case.task)) for board in boards]
    st.markdown(
        _("{metric} **{easy}** the flattering way, **{hard}** the honest way. {reason}").format(
            metric=escape_markdown(_(boards[0].metric.label)),
            easy=scores[0],
            hard=scores[1],
            reason=escape_markdown(_(flattering.reason)),
        )
    )
    groups = plans.groups_of(hard, flattering.apart)
    columns = zip(
        st.columns(2, gap="large"), (flattering, honest), boards, (plans.tested_at_a_time(easy), None), strict=True
    )
    for column, variant, board, share in columns:
        with column, st.container(border=True):
            _draw_plan(use_case, variant, groups, share, board, look)
            query = {"use_case": use_case.name, "section": "results", "set.variant": variant.name}
            st.page_link(open_page(use_case), label=_("Open it with this plan"), query_params=query)
    if different := plans.differences(use_case, easy, hard):
        st.caption(
            _("Beside the plan, the two runs differ in: {settings}.").format(settings=escape_markdown(different))
        )


def _draw_plan(
    use_case: UseCase, variant: Variant, groups: dict[str, int], share: float | None, board: Scoreboard, look: Look
) -> None:
    """share: of every group, what is tested at a time; None: a whole group is."""
    if groups and (share is None or share > 0):
        title = plain(_(variant.title))
        drawn = partial(dealt, groups, title, look, share=share)
        st.html(once(drawn, "dealt", str(groups), title, share, look.name))
    bars = score_bars(board, use_case.task, distinct_of(board.network, board.best_simple))
    metric = _(board.metric.label)
    st.html(once(partial(standings.standings, bars, metric, look), "split-bars", str(bars), metric, look.name))
