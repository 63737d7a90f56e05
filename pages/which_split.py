"""Which split is honest? The same question by the flattering and the honest plan, side by side."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.charts import standings
from core.charts.dealt import dealt
from core.charts.look import Look
from core.contracts import UseCase, Variant
from core.errors import RunError
from core.formatting.text import _, escape_markdown, named, plain
from core.store import runs, store_folder
from core.store.runs import Run
from core.use_cases import all_use_cases
from core.value.scoreboard import Scoreboard
from pages.components import scoreboard_words as words
from pages.components.context import best_of
from pages.components.drawing import once
from pages.components.kept import Kept
from pages.components.look import start_page, symbol
from pages.components.standings import distinct_of, score_bars
from pages.components.story import sentence

OpenPage = Callable[[UseCase], st.Page]
_groups = Kept(50)


def draw(open_page: OpenPage) -> None:
    """Draw the page."""
    look = start_page()
    st.title(_("Which split is honest?"))
    sentence(
        _("Same network, same settings, same rows. Dealt one way it shines; dealt the other way it tells the truth.")
    )
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
    found = [(v, _shown(use_case, v)) for v in (flattering, honest)]
    st.header(f"{symbol(use_case.icon)} {named(_(use_case.title))}", anchor=use_case.slug)
    boards = [Scoreboard.of(use_case, run.summary) for _variant, run in found if run]
    if len(boards) < len(found):
        st.info(_("No run of both plans is there yet. Train one of each to compare them."))
        return
    easy, hard = (words.score_words(board, use_case.task) for board in boards)
    st.markdown(
        _("{metric} **{easy}** the flattering way, **{hard}** the honest way. {reason}").format(
            metric=escape_markdown(_(boards[0].metric.label)),
            easy=escape_markdown(easy),
            hard=escape_markdown(hard),
            reason=escape_markdown(_(flattering.reason)),
        )
    )
    for column, (variant, run), board in zip(st.columns(2, gap="large"), found, boards, strict=True):
        with column, st.container(border=True):
            _draw_plan(use_case, variant, run, board, look)
            query = {"use_case": use_case.name, "section": "results", "set.variant": variant.name}
            st.page_link(open_page(use_case), label=_("Open it with this plan"), query_params=query)


def _draw_plan(use_case: UseCase, variant: Variant, run: Run | None, board: Scoreboard, look: Look) -> None:
    flattering = next(v for v in use_case.variants if v.flatters and variant.name in (v.name, v.flatters))
    if run and (groups := _groups_of(run, flattering.apart)):
        title = plain(_(variant.title))
        apart = variant is not flattering
        st.html(once(lambda: dealt(groups, title, look, apart=apart), "dealt", str(groups), title, apart, look.name))
    bars = score_bars(board, use_case.task, distinct_of(board.network, board.best_simple))
    metric = _(board.metric.label)
    st.html(once(lambda: standings.standings(bars, metric, look), "split-bars", str(bars), metric, look.name))


def _shown(use_case: UseCase, variant: Variant) -> Run | None:
    """The run that ships of a plan, else the best of the store."""
    of_it = use_case.with_variant({"variant": variant.name})
    return runs.showcase(store_folder(), of_it) or best_of(of_it)


def _groups_of(run: Run, apart: str) -> dict[str, int]:
    """Tested rows of each group that the honest plan keeps apart, by its name; none where they cannot be read."""

    def counted() -> dict[str, int]:
        try:
            rows = run.held_out().rows_of("test")
        except RunError:
            return {}  # Results says what is wrong with it
        column = f"info.{apart}"
        return {str(k): int(n) for k, n in rows[column].value_counts(sort=False).items()} if column in rows else {}

    return _groups.get((run.version, apart), counted)
