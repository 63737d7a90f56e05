"""Results begin with what each method reaches; a click on a record asks What if about it."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest

from core.charts.look import DARK, LIGHT
from core.charts.standings import standings
from core.contracts import Section
from core.settings import defaults
from core.settings.use_case import settings_of
from core.store import runs, store_folder
from core.use_cases import use_case
from core.value.scoreboard import Scoreboard
from pages.components import records
from pages.components.context import Context
from pages.components.standings import distinct_of, money_bars, score_bars
from pages.components.state import PageState
from tests.pages.drawing import page_of, unfolded

COUPON = use_case("retail/coupon_response")


@pytest.fixture(scope="module")
def board() -> Scoreboard:
    shipped = runs.showcase(store_folder(), COUPON)
    assert shipped is not None
    return Scoreboard.of(COUPON, shipped.report())


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=lambda look: look.name)
def test_bars_have_the_board_s_numbers_in_the_colours_of_their_roles(board: Scoreboard, look: Any) -> None:
    bars = money_bars(board, distinct_of(board.network, board.best_simple_money, board.compared))
    assert [bar.role for bar in bars] == ["network", "simple", "today"]
    assert bars[0].value == board.network.amount["amount"]
    drawn = standings(bars, "x", look)
    places = [drawn.index(f"background:{colour}") for colour in (look.network, look.simple, look.today)]
    assert places == sorted(places)
    for bar in bars:
        assert bar.exact in unescape(drawn)
        assert f">{bar.said}</span>" in unescape(drawn)
    scores = score_bars(board, COUPON.task, distinct_of(board.network, board.best_simple))
    assert [bar.value for bar in scores] == [board.network.score["mean"], board.best_simple.score["mean"]]


def test_one_that_is_best_at_both_is_drawn_once(board: Scoreboard) -> None:
    assert distinct_of(board.network, board.network, None) == [board.network]


def test_results_begin_with_a_verdict_and_keep_detail_behind_folds() -> None:
    app = page_of("retail/coupon_response", section="results")
    assert not app.exception
    said = [m.value for m in app.markdown]
    assert any("best simple method" in text for text in said[:3]), said[:3]
    assert "Metric" not in [g.proto.label for g in app.get("button_group")], "a closed fold draws nothing"
    assert "Metric" in [g.proto.label for g in unfolded(app, COUPON.name, "methods").get("button_group")]


def test_a_click_on_a_record_opens_what_if_on_it_as_it_is() -> None:
    page = PageState(settings=defaults(settings_of(COUPON)), changes={"x": 1.0}, section="results")
    context = Context(use_case=COUPON, state=page, look=LIGHT, run=None)
    names = ("rank", "change-x", "section")
    before = {name: context.key(name) for name in names}
    assert context.key("set-width") == "retail-coupon_response:set-width"
    records.ask_about(context, 77)
    assert (page.record, page.changes, page.section) == (77, {}, Section.UNDERSTAND)
    assert all(context.key(name) != before[name] for name in names), "these begin anew, from the state"
    assert context.key("set-width") == "retail-coupon_response:set-width"
