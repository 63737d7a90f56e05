"""The front page's cards and its curve: their numbers are the scoreboard's, and a noisy run replaces no showcase."""

from __future__ import annotations

import dataclasses

import pytest

from core.contracts import UseCase
from core.formatting import numbers
from core.store.runs import Run, list_runs, showcase_among
from core.use_cases import all_industries, all_use_cases, use_case
from core.value.scoreboard import Scoreboard, amount_of
from pages.components import card_numbers, cards, hero

SHIPPED = [u for u in all_use_cases() if u.industry != "testing"]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[Run]:
    """The recorded runs alone."""
    return list_runs(tmp_path_factory.mktemp("empty"))


def board_of(declared: UseCase, found: list[Run]) -> Scoreboard:
    run = showcase_among(found, declared)
    assert run
    return Scoreboard.of(declared, run.summary)


def trained_here(of: Run, score: float, amount: float, visitor: str = "web-a") -> Run:
    """Another run of the same, as the store would have it."""
    summary = of.summary
    value = summary["value"]
    assert value
    told = {**summary, "validation_score": score, "value": {**value, "amount": amount}}
    config = {**of.config, "visitor": visitor}
    return dataclasses.replace(of, id="own", recorded=False, config=config, end={**of.end, "summary": told})


@pytest.mark.parametrize("declared", [u for u in SHIPPED if u.value], ids=lambda u: u.name)
def test_a_card_says_what_the_scoreboard_says(declared: UseCase, found: list[Run]) -> None:
    board = board_of(declared, found)
    (card,) = cards.payload([declared], all_industries(), found)["cards"]
    told = {line["role"]: line for line in card["lines"]}
    assert told["network"]["value"] == amount_of(board.network)
    assert told["network"]["words"] == numbers.money(amount_of(board.network), board.currency)
    assert board.compared
    assert told["today"]["value"] == amount_of(board.compared)
    simple = board.best_simple_money
    assert simple
    assert told["simple"]["value"] == amount_of(simple)
    assert simple.amount_difference
    assert board.compared.amount_difference
    both = (simple.amount_difference["verdict"], board.compared.amount_difference["verdict"])
    assert (card["verdict"]["is"] == "win") == (both == ("win", "win")), "ahead only of both"
    for standing in (simple, board.compared):
        gain = standing.amount_difference["mean"]
        assert (
            f"{numbers.money(abs(gain), board.currency)} {'less' if gain < 0 else 'more'} than"
            in card["verdict"]["words"]
        )
    assert card["picture"]["shape"] in ("heaps", "band", "fan", "squares", "boxes", "made")
    assert "money" not in card["picture"]


def test_a_noisy_run_of_a_visitor_stands_beside_the_showcase(found: list[Run]) -> None:
    declared = use_case("retail/churn")
    run = showcase_among(found, declared)
    assert run
    noisy = trained_here(run, score=0.99, amount=-5_000.0)
    (card,) = cards.payload([declared], all_industries(), [noisy, *found])["cards"]
    lines = [(line["role"], line["value"]) for line in card["lines"]]
    assert lines[0] == ("network", amount_of(board_of(declared, found).network))
    assert lines[-1] == ("own", -5_000.0)


def test_a_run_of_another_visitor_is_not_called_ones_own(found: list[Run], monkeypatch: pytest.MonkeyPatch) -> None:
    declared = use_case("retail/churn")
    run = showcase_among(found, declared)
    assert run
    theirs = trained_here(run, 0.9, 1.0, "web-b")

    def name_of_it(me: str) -> str:
        monkeypatch.setattr(card_numbers, "visitor", lambda: me)
        (card,) = cards.payload([declared], all_industries(), [theirs, *found])["cards"]
        return str(card["lines"][-1]["label"])

    assert name_of_it("web-b") == "Your best run"
    assert name_of_it("web-a") == "Best run trained here"


def test_of_the_own_runs_validation_chooses_and_on_a_shared_server_the_visitor(found: list[Run]) -> None:
    declared = use_case("retail/churn")
    run = showcase_among(found, declared)
    assert run
    better, worse = trained_here(run, 0.9, 1.0, "web-b"), trained_here(run, 0.7, 9.0, "web-a")
    assert card_numbers.best_own([worse, better, *found], declared, None) is better
    assert card_numbers.best_own([worse, better, *found], declared, "web-a") is worse
    assert card_numbers.best_own([worse, better, *found], declared, "web-c") is None
    assert card_numbers.best_own(found, declared, None) is None


def test_a_use_case_without_a_run_has_a_card_without_numbers() -> None:
    (card,) = cards.payload([use_case("retail/churn")], all_industries(), [])["cards"]
    assert "lines" not in card
    assert card["picture"] is None
    assert card["href"] == "retail-churn"


def test_the_curve_is_of_the_first_priced_showcase_and_says_what_its_scoreboard_says(found: list[Run]) -> None:
    shown = hero.hero_of(SHIPPED, found)
    assert shown
    assert shown.use_case.name == "retail/coupon_response"
    told, board = hero.payload(shown), shown.board
    network = told["curves"]["network"]
    assert network["amount"][network["chosen"]] == pytest.approx(amount_of(board.network), abs=0.005)
    assert board.compared
    assert told["today"] == amount_of(board.compared)
    assert board.best_simple_money
    assert told["simple"] == amount_of(board.best_simple_money)
    assert told["said"]["act"] == "Mail"
    assert told["said"]["unit"] == "households"
    assert len(network["share"]) < 200
    others = [u for u in SHIPPED if u.name != "retail/coupon_response"]
    assert (second := hero.hero_of(others, found))
    assert second.use_case.name == "retail/churn"
    assert hero.hero_of([use_case("supply_chain/demand")], found) is None
    assert hero.hero_of(SHIPPED, []) is None


def test_an_icon_that_the_font_lacks_is_drawn_as_none_of_its_own(found: list[Run]) -> None:
    declared = dataclasses.replace(use_case("retail/churn"), icon="no_such_symbol")
    (card,) = cards.payload([declared], all_industries(), found)["cards"]
    assert card["icon"] == "category"


def test_a_card_without_money_says_its_headline(found: list[Run]) -> None:
    declared = use_case("retail/churn")
    run = showcase_among(found, declared)
    assert run
    unpriced = dataclasses.replace(run, end={**run.end, "summary": {**run.summary, "value": None}})
    (card,) = cards.payload([declared], all_industries(), [unpriced])["cards"]
    board = Scoreboard.of(declared, unpriced.summary)
    assert [line["role"] for line in card["lines"]] == ["network", "simple"]
    assert card["measured"] == "ROC AUC"
    assert board.network.score
    assert card["lines"][0]["value"] == board.network.score["mean"]
    assert board.best_simple
    assert board.best_simple.score_difference
    assert card["verdict"]["is"] == board.best_simple.score_difference["verdict"]
    assert card["verdict"]["words"].startswith("ROC AUC: ")


def test_a_card_is_not_clearly_ahead_while_the_gain_over_today_is_undecided(found: list[Run]) -> None:
    declared = use_case("supply_chain/demand").with_variant({})
    board = board_of(declared, found)
    assert board.best_simple_money
    assert board.best_simple_money.amount_difference
    assert board.compared
    assert board.compared.amount_difference
    assert board.best_simple_money.amount_difference["verdict"] == "win"
    assert board.compared.amount_difference["verdict"] == "tie"
    (card,) = cards.payload([declared], all_industries(), found)["cards"]
    assert card["verdict"]["is"] == "tie"
    today, simple = card["verdict"]["words"].split(". ")
    assert today.endswith(" more than today: could be chance")
    assert simple == "$155K more than a simple method."
