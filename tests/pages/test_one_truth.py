"""Every place where a number of a run is shown tells what the one scoreboard tells: cards, strip, line, tables, panels,
link and command line, of every use case that ships."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any
from urllib.parse import parse_qs

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from core.__main__ import main
from core.contracts import UseCase
from core.formatting import numbers, scores
from core.store import runs, store_folder
from core.store.runs import Run
from core.use_cases import all_industries, all_use_cases, use_case
from core.value import scoreboard_words
from core.value.scoreboard import Scoreboard, Standing
from pages.components import card_numbers
from pages.components.race import verdict_words
from tests.pages.drawing import components_of, nobody_answers, page_of, page_of_home, unfolded

OURS = [u.name for u in all_use_cases() if u.industry != "testing"]
PRICED = [name for name in OURS if use_case(name).value]  # what is told of money is told of these
HALF_A_CENT = 0.005


@pytest.fixture(autouse=True)
def nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    nobody_answers(monkeypatch)


@lru_cache(maxsize=8)
def showcase(name: str) -> tuple[UseCase, Run, Scoreboard]:
    """The use case in the variant that a fresh browser sees, its showcase, and the truth: from the whole report."""
    declared = use_case(name).with_variant({})
    run = runs.showcase(store_folder(), declared)
    assert run is not None
    return declared, run, Scoreboard.of(declared, run.report())


def cards_of(app: AppTest) -> dict[str, dict[str, Any]]:
    assert not app.exception
    return {card["slug"]: card for payload in components_of(app) for card in payload.get("cards", ())}


def money_of(standing: Standing) -> float | None:
    return standing.amount["amount"] if standing.amount else None


def wrong_in_card(card: dict[str, Any], board: Scoreboard) -> list[str]:
    """What a card says that the board does not: each of its lines, in number and in words, and the verdict."""
    assert board.best_simple_money
    assert board.compared
    truth = {"network": board.network, "simple": board.best_simple_money, "today": board.compared}
    lines = {line["role"]: line for line in card["lines"]}
    wrong = [
        role
        for role, standing in truth.items()
        if lines[role]["value"] != money_of(standing)
        or lines[role]["words"] != numbers.money(money_of(standing), board.currency)
    ]
    paired = [board.best_simple_money.amount_difference, board.compared.amount_difference]
    weakest = next(v for v in ("loss", "tie", "undefined", "win") if v in [p["verdict"] for p in paired if p])
    gains = [numbers.money(abs(p["mean"]), board.currency) for p in paired if p]
    untrue = card["verdict"]["is"] != weakest or any(gain not in card["verdict"]["words"] for gain in gains)
    return [*wrong, *(["verdict"] if untrue else [])]


@cache
def industry_page(name: str) -> AppTest:
    script = (
        "import streamlit as st\n"
        "from core.use_cases import all_industries\n"
        "from pages import industry\n"
        "page = st.Page(lambda: None, title='x', url_path='x')\n"
        "st.navigation([page], position='hidden')\n"
        f"industry.draw(next(i for i in all_industries() if i.name == {name!r}), lambda use_case: page)\n"
    )
    return AppTest.from_string(script, default_timeout=60).run()


@pytest.fixture(scope="module")
def home() -> Iterator[AppTest]:
    return page_of_home()


@pytest.mark.parametrize("name", PRICED)
def test_the_cards_of_home_and_industry_tell_the_truth(home: AppTest, name: str) -> None:
    declared, _run, board = showcase(name)
    assert wrong_in_card(cards_of(home)[declared.slug], board) == []
    assert declared.industry in {i.name for i in all_industries()}
    assert wrong_in_card(cards_of(industry_page(declared.industry))[declared.slug], board) == []


@cache
def opened(name: str, section: str, *folds: str) -> AppTest:
    """A section of the page with its folds open: drawn once, for all who read it. Nobody may change it."""
    return unfolded(page_of(name, section=section), name, *folds)


def said(app: AppTest) -> list[str]:
    """Texts and numbers in words, of whatever stands on the page."""
    assert not app.exception
    return [*(m.value for m in app.metric), *(e.value for kind in ("caption", "markdown") for e in app.get(kind))]


def rows_about(app: AppTest, board: Scoreboard) -> Iterator[tuple[Standing, dict[str, str]]]:
    """The rows of tables that begin with the title of a standing."""
    by_title = {standing.title: standing for standing in board.every}
    for frame in app.dataframe:
        table: pd.DataFrame = frame.value
        for _at, row in table.iterrows():
            if row.iloc[0] in by_title:
                yield by_title[row.iloc[0]], {str(k): str(v) for k, v in row.items()}


@pytest.mark.parametrize("name", PRICED)
def test_strip_and_line_tell_the_truth(name: str) -> None:
    declared, _run, board = showcase(name)
    assert board.best_simple
    score = scores.score_with_unit(board.metric, declared.task, board.network.score["mean"])
    best = scores.score_with_unit(board.metric, declared.task, board.best_simple.score["mean"])
    worth = numbers.money(money_of(board.network), board.currency)
    strip = opened(name, "question")
    assert [m.value.replace("\\", "") for m in strip.metric][:3] == [score, best, worth]
    gain = next(text.replace("\\", "") for text in said(strip) if " today (" in text)
    for standing in (board.compared, board.best_simple_money):
        mean = standing.amount_difference["mean"]
        assert numbers.money(abs(mean), board.currency) in gain
    line = " ".join(said(opened(name, "results", "methods"))).replace("\\", "")
    assert score in line
    assert best in line
    assert worth in line


@pytest.mark.parametrize("name", [u.name for u in all_use_cases() if u.name in OURS and u.variants])
def test_the_variants_side_by_side_tell_the_truth(name: str) -> None:
    declared, run, _board = showcase(name)
    page = opened(name, "results", "methods")
    shown = [m.value.replace("\\", "") for m in page.metric if m.label.endswith(", ensemble")]
    of = [declared.with_variant({"variant": v.name}) for v in declared.variants]
    boards = [Scoreboard.of(u, (runs.showcase(store_folder(), u) or run).report()) for u in of]
    assert shown == [
        scores.score_with_unit(b.metric, u.task, b.network.score["mean"]) for u, b in zip(of, boards, strict=True)
    ]


@pytest.mark.parametrize("name", OURS)
def test_the_results_table_tells_the_truth(name: str) -> None:
    _declared, _run, board = showcase(name)
    app = opened(name, "results", "methods")
    like = board.network.score["mean"]
    rows = [(s, row) for s, row in rows_about(app, board) if s.role == "simple"]
    assert {s.name for s, _row in rows} >= {s.name for s in board.simple}
    for standing, row in rows:
        assert scores.score(board.metric, standing.score["mean"], like=like, more=1) in row.values()


@pytest.mark.parametrize("name", PRICED)
def test_money_panel_and_money_table_tell_the_truth(name: str) -> None:
    _declared, _run, board = showcase(name)
    app = opened(name, "money", "money")
    (panel,) = [p for p in components_of(app) if "amounts" in p and "references" in p]
    at = panel["stands"]["chosen"] if "stands" in panel else panel["levels"].index(panel["level"])
    assert panel["amounts"][at] == pytest.approx(money_of(board.network), abs=HALF_A_CENT)
    policies = {s.title: money_of(s) for s in board.policies}
    drawn = {r["name"]: r["amount"] for r in panel["references"] if not r.get("simple")}
    assert drawn == pytest.approx(policies, abs=HALF_A_CENT)
    assert [r["name"] for r in panel["references"] if r.get("today")] == [board.today.title]
    rows = {s.name: row for s, row in rows_about(app, board)}
    assert set(rows) == {s.name for s in board.every}
    amounts = numbers.money_apart([money_of(standing) for standing in board.every], board.currency)
    for standing, amount in zip(board.every, amounts, strict=True):
        told = rows[standing.name].values()
        assert amount in told
        if paired := standing.amount_difference:
            assert numbers.money(paired["mean"], board.currency, sign=True) in told


@pytest.mark.parametrize("name", PRICED)
def test_the_link_opens_the_run_that_is_shown(name: str) -> None:
    _declared, run, _board = showcase(name)
    for app in (opened(name, "question"), opened(name, "results", "methods"), opened(name, "money", "money")):
        links = [str(payload["query"]) for payload in components_of(app) if "query" in payload]
        assert links
        assert all(parse_qs(query)["run"] == [run.id] for query in links)


@pytest.mark.parametrize("name", OURS)
def test_the_choice_of_runs_tells_each_one_s_own_score(name: str) -> None:
    declared, run, _board = showcase(name)
    choices = [box for box in opened(name, "results", "methods").selectbox if box.key.endswith(":run")]
    shipped = [r for r in runs.list_runs(store_folder(), name) if r.recorded]
    of_it = runs.of_variant(shipped, declared)
    assert run.id in {r.id for r in of_it}
    assert len(choices) == (len(shipped) > 1), "one run is no choice"
    for one, choice in itertools.product(of_it, choices):
        mine = Scoreboard.of(declared, one.summary)
        told = scores.score_with_unit(mine.metric, declared.task, mine.network.score["mean"], more=1)
        assert sum(told in o and "seed" not in o for o in choice.options) >= 1


@pytest.mark.parametrize("name", OURS)
def test_the_monitor_of_train_tells_the_truth(name: str) -> None:
    declared, run, board = showcase(name)
    told = verdict_words(run, run.progress())
    assert told.sentence == scoreboard_words.verdict_sentence(board)
    assert board.best_simple
    assert told.judged == board.best_simple.score_difference["verdict"]
    assert [score for _title, score in told.scores] == [
        scores.score_with_unit(board.metric, declared.task, standing.score["mean"])
        for standing in (board.network, board.best_simple)
    ]


@pytest.mark.parametrize("name", PRICED)
def test_the_command_line_tells_the_truth(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    _declared, run, board = showcase(name)
    assert main(["show", run.id, "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["scoreboard"] == json.loads(json.dumps(board.to_json()))
    assert main(["runs", name, "--json"]) == 0
    (row,) = [r for r in json.loads(capsys.readouterr().out) if r["run"] == run.id]
    assert row["scoreboard"] == shown["scoreboard"], "a summary tells another truth than its report"
    assert main(["show", run.id]) == 0
    told = capsys.readouterr().out
    assert f"worth {numbers.money(money_of(board.network), board.currency)} per {board.per}" in told
    for standing in (board.compared, board.best_simple_money):
        assert f"{numbers.money(standing.amount_difference['mean'], board.currency, sign=True)} over" in told


def test_a_place_that_counts_by_itself_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: a card that takes what it earns from the best policy, not from the board."""
    declared, _run, board = showcase(OURS[0])
    honest = card_numbers.money_words

    def own_count(shown: Scoreboard, standing: Standing | None = None) -> str:
        return "$1" if standing is shown.network else honest(shown, standing)

    monkeypatch.setattr(card_numbers, "money_words", own_count)
    assert wrong_in_card(cards_of(page_of_home())[declared.slug], board) == ["network"]
    assert scoreboard_words.money_words is honest


@pytest.mark.parametrize("name", PRICED)
def test_the_money_panel_draws_the_best_simple_method_with_the_money_that_the_board_says(name: str) -> None:
    _declared, _run, board = showcase(name)
    (panel,) = [p for p in components_of(opened(name, "money")) if "amounts" in p and "references" in p]
    (line,) = [one for one in panel["references"] if one.get("simple")]
    assert board.best_simple_money
    assert line["name"] == board.best_simple_money.title
    assert line["amount"] == pytest.approx(money_of(board.best_simple_money), abs=0.005)
    assert [one["name"] for one in panel["references"] if one.get("today")], "today's policy stands beside it"


def test_under_other_assumptions_the_simple_method_is_priced_anew_with_its_own_best_threshold() -> None:
    app = page_of("retail/coupon_response", section="money", **{"assume.mailing_cost": "1"})
    (panel,) = [p for p in components_of(app) if "amounts" in p and "references" in p]
    (line,) = [one for one in panel["references"] if one.get("simple")]
    _declared, _run, board = showcase("retail/coupon_response")
    assert 0 < line["amount"] < 0.9 * money_of(board.best_simple_money), "dearer mailings earn less"
