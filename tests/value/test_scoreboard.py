"""The one object that every shown number of a run comes from: by hand, and alike from a summary and from a report."""

from __future__ import annotations

import copy
import dataclasses
from pathlib import Path

import pytest

from core.contracts import NamesToday
from core.errors import UnknownNameError
from core.evaluation.metrics import metric_named
from core.store import runs
from core.use_cases import all_use_cases, use_case
from core.value import scoreboard_words as words
from core.value.scoreboard import Scoreboard

STORE = Path("no-such-store")
OURS = [u for u in all_use_cases() if u.industry != "testing"]
TESTED = [
    *(u.with_variant({"variant": v.name}) for u in OURS for v in u.variants),
    *(u for u in OURS if not u.variants),
]
names = [f"{u.name} {u.variant}" for u in TESTED]


def board_of(name: str, amounts: dict[str, float | None]) -> Scoreboard:
    """A board of the recorded showcase with other amounts, the network's under 'network'."""
    declared = use_case(name)
    report = copy.deepcopy(runs.showcase(STORE, declared).report())
    report["value"]["amount"] = amounts.get("network")
    for entry in report["value"]["baselines"]:
        entry["amount"] = amounts.get(entry["name"])
        entry.pop("network_minus_this", None)
    for entry in report["value"]["references"]:
        entry.pop("network_minus_this", None)
    return Scoreboard.of(declared, report)


@pytest.mark.parametrize("declared", TESTED, ids=names)
def test_the_showcase_is_the_recommended_preset_s_recorded_run_of_the_variant(declared):
    run = runs.showcase(STORE, declared)
    assert run.recorded
    assert run in runs.of_variant([run], declared)
    preset = run.config["preset"]
    first = not declared.variants or declared.variant == declared.variants[0].name
    assert preset == "recommended" if first else preset == declared.variant


@pytest.mark.parametrize("declared", TESTED, ids=names)
def test_a_summary_and_a_report_say_the_same(declared):
    run = runs.showcase(STORE, declared)
    brief, whole = Scoreboard.of(declared, run.summary), Scoreboard.of(declared, run.report())
    for of in ("network", "best_simple", "compared"):
        a, b = getattr(brief, of), getattr(whole, of)
        assert (a and (a.name, a.title, a.role)) == (b and (b.name, b.title, b.role))
        assert (a and a.score and a.score["mean"]) == (b and b.score and b.score["mean"])
        assert (a and a.score_difference) == (b and b.score_difference)
        assert brief.compared is None or a is None or of != "compared" or a.amount_difference == b.amount_difference


@pytest.mark.parametrize(
    "declared", [u for u in TESTED if u.value], ids=[f"{u.name} {u.variant}" for u in TESTED if u.value]
)
def test_every_use_case_says_what_is_done_today_by_the_name_of_a_policy_or_a_simple_method(declared):
    assert isinstance(declared.value, NamesToday)
    board = Scoreboard.of(declared, runs.showcase(STORE, declared).report())
    assert board.today is not None
    assert board.today.name == declared.value.today
    assert board.compared is board.today
    assert sum(s.role == "today" for s in board.policies) == 1
    assert len({s.name for s in board.every}) == len(board.every)


def test_the_best_simple_method_by_score_and_the_one_by_money_are_two_things():
    board = board_of(
        "healthcare/heart_disease", {"network": 300.0, "logistic": 604.0, "gradient_boosting_tuned": 375.0}
    )
    assert board.best_simple.name == "gradient_boosting_tuned"
    assert board.best_simple_money.name == "logistic"
    assert board.best_simple_money.amount_difference["mean"] == 300.0 - 604.0


def test_a_lower_score_is_better_where_the_metric_says_so():
    declared = use_case("supply_chain/delivery_time")
    board = Scoreboard.of(declared, runs.showcase(STORE, declared).report())
    assert not board.metric.higher_is_better
    assert board.best_simple.score["mean"] == min(s.score["mean"] for s in board.simple)


def test_another_metric_of_a_report_and_none_of_a_summary():
    declared = use_case("retail/coupon_response")
    run = runs.showcase(STORE, declared)
    report = run.report()
    board = Scoreboard.of(declared, report, "brier")
    assert board.network.score == report["metrics"]["brier"]["ensemble"]
    assert [s.score["mean"] for s in board.simple] == [b["metrics"]["brier"]["mean"] for b in report["baselines"]]
    with pytest.raises(KeyError):
        Scoreboard.of(declared, run.summary, "brier")
    with pytest.raises(UnknownNameError):
        Scoreboard.of(declared, report, "gone")


def test_without_an_interval_a_gain_is_a_number_and_no_verdict():
    board = board_of("retail/coupon_response", {"network": 100_000.0, "logistic": 97_500.0})
    paired = board.best_simple_money.amount_difference
    assert paired == {"mean": 2_500.0, "low": None, "high": None, "verdict": "undefined"}
    assert words.over(board, board.best_simple_money) == (
        "+$2.50K over the simple method that earns most (logistic regression), not tested"
    )


def test_an_amount_that_is_undefined_is_no_gain():
    board = board_of("retail/coupon_response", {"network": None, "logistic": 97_500.0})
    assert words.money_words(board) == words.gain_words(board, board.best_simple_money) == "undefined"


def test_a_gain_is_told_over_today_and_over_the_best_simple_method():
    board = board_of("retail/coupon_response", {"network": 138_669.0, "logistic_tuned": 136_650.0})
    assert words.gain_sentence(board).startswith("+$78.6K over today (mail everybody), ")
    assert "; +$2.02K over the best simple method (logistic regression, tuned), " in words.gain_sentence(board)
    assert words.gain_sentence(board).count("over") == 2


def test_what_is_less_is_said_so():
    board = board_of("retail/coupon_response", {"network": 50_000.0, "logistic_tuned": 136_650.0})
    assert "; $86.7K less than the best simple method (logistic regression, tuned), " in words.gain_sentence(board)
    assert words.gain_sentence(board).startswith("$10.1K less than today (mail everybody), ")


def test_a_value_model_that_does_not_say_is_told_over_the_policy_that_earns_most():
    declared = use_case("retail/coupon_response")
    silent = dataclasses.replace(declared, value=dataclasses.replace(declared.value, today=""))
    board = Scoreboard.of(silent, runs.showcase(STORE, declared).report())
    assert board.today is None
    assert board.compared.name == "Mail everybody"
    assert "over the best policy without a model (mail everybody)" in words.gain_sentence(board)


def test_a_run_without_money_has_scores_alone():
    declared = next(u for u in TESTED if u.variant == "m3_monthly")
    board = Scoreboard.of(declared, runs.showcase(STORE, declared).summary)
    assert (board.currency, board.per, board.policies, board.compared, board.best_simple_money) == (
        "",
        "",
        (),
        None,
        None,
    )
    assert words.gain_sentence(board) == ""
    assert words.verdict_sentence(board).startswith("By mean absolute scaled error, no difference shown")
    assert board.metric == metric_named("mase")


def test_a_policy_is_called_as_the_value_model_says_and_known_by_its_name():
    declared = use_case("supply_chain/delivery_time")
    run = runs.showcase(runs.RECORDED, declared)
    board = Scoreboard.of(declared, run.summary)
    titles = {s.name: s.title for s in board.policies}
    assert titles["Best single promise, known afterwards"] == "The best single promise, in hindsight"
    assert titles["Today's promise for all"] == "One promise for all"
    assert "Best single promise, known afterwards" in [s["name"] for s in board.to_json()["policies"]]
