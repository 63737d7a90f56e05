"""Money of a threshold: by hand, by brute force, and against acting on everybody and on nobody."""

import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from core.checks.examples_check import checked
from core.contracts import Assumption
from core.errors import UserError
from core.pipeline import load_examples
from core.use_cases import use_case
from core.value.confusion import Ranking
from core.value.summary import Forecasts, HeldOut, _draws, _gain, _references, price, recount, summarise
from core.value.threshold import ACT_ON_NOBODY, InfoColumn, Payoffs, ThresholdValue, ThresholdWords, assumed_values


def assumption(name, value):
    return Assumption(name=name, label=name, value=value, low=-100, high=100, step=1, unit="USD", source="A test.")


VALUE = ThresholdValue(
    assumptions=(
        assumption("gain", 10.0),
        assumption("cost", 2.0),
        assumption("missed", -1.0),
        assumption("year", 50.0),
    ),
    payoffs=lambda a: Payoffs(tp=a["gain"] - a["cost"], fp=-a["cost"], fn=a["missed"], tn=0.5),
    records_per_year=lambda a, info: a["year"],
    words=ThresholdWords(
        tp="tp", fp="fp", fn="fn", tn="tn", act="act", unit="u", threshold="t", everybody="everybody", nobody="nobody"
    ),
)
ASSUMED = assumed_values(VALUE.assumptions)
TARGET = np.array([1.0, 0, 1, 0, 0])[:, None]
SCORE = np.array([0.9, 0.8, 0.4, 0.3, 0.1])[:, None]
INFO = pd.DataFrame({"row": range(5)})


def amount(threshold, **options):
    return VALUE.amount(TARGET, SCORE, INFO, threshold, ASSUMED, **options)


def problem(seed, *, ties):
    rng = np.random.default_rng(seed)
    score = rng.random((80, 1))
    target = (rng.random((80, 1)) < 0.1 + 0.5 * score).astype(float)
    return target, np.round(score * 6) / 6 if ties else score


def best_by_brute_force(target, score, assumed):
    info = pd.DataFrame(index=range(len(score)))
    candidates = [0.0, ACT_ON_NOBODY, *score[:, 0]]
    return max(VALUE.amount(target, score, info, t, assumed)[0] for t in candidates)


def test_the_amount_is_the_sum_of_four_cells_scaled_to_a_year():
    tp, fp, fn, tn = 8.0, -2.0, -1.0, 0.5
    each_stands_for = 50 / 5
    assert amount(0.5).tolist() == [(tp + fp + fn + 2 * tn) * each_stands_for]
    assert amount(0.35).tolist() == [(2 * tp + fp + 2 * tn) * each_stands_for]


def test_a_score_that_equals_the_threshold_is_acted_on():
    assert amount(0.4)[0] == amount(0.35)[0]
    assert amount(0.4000001)[0] == amount(0.5)[0]


def test_weights_count_rows_as_often_as_they_were_drawn():
    weight = np.array([[1.0, 1, 1, 1, 1], [0, 0, 0, 0, 5], [2, 0, 3, 0, 0]])
    assert amount(0.5, weight=weight).tolist() == [amount(0.5)[0], 5 * 0.5 * 10, (2 * 8.0 + 3 * -1.0) * 10]


def test_the_references_are_everybody_and_nobody():
    assert VALUE.references(TARGET, INFO, ASSUMED) == (
        ("everybody", amount(0.0)[0]),
        ("nobody", amount(ACT_ON_NOBODY)[0]),
    )
    assert amount(0.0)[0] == (2 * 8 + 3 * -2) * 10
    assert amount(ACT_ON_NOBODY)[0] == (2 * -1 + 3 * 0.5) * 10


def test_acting_on_nobody_is_above_certainty():
    assert VALUE.amount(TARGET, np.ones((5, 1)), INFO, ACT_ON_NOBODY, ASSUMED)[0] == amount(ACT_ON_NOBODY)[0]


@pytest.mark.parametrize("ties", [False, True], ids=["distinct", "tied"])
@pytest.mark.parametrize("cost", [-3.0, 0.0, 2.0, 5.0, 9.0, 14.0])
@pytest.mark.parametrize("seed", range(5))
def test_the_chosen_threshold_earns_as_much_as_the_best_of_all(seed, cost, ties):
    target, score = problem(seed, ties=ties)
    assumed = {**ASSUMED, "cost": cost}
    info = pd.DataFrame(index=range(80))
    chosen = VALUE.choose(target, score, info, assumed)
    earned = VALUE.amount(target, score, info, chosen, assumed)[0]
    assert earned == pytest.approx(best_by_brute_force(target, score, assumed))


def test_acting_at_a_loss_on_everybody_is_answered_with_nobody():
    assert VALUE.choose(TARGET, SCORE, INFO, {**ASSUMED, "cost": 90.0}) == ACT_ON_NOBODY


def test_acting_for_nothing_but_gain_is_answered_with_everybody():
    chosen = VALUE.choose(TARGET, SCORE, INFO, {**ASSUMED, "cost": -5.0})
    assert chosen <= SCORE.min()
    assert VALUE.choose(TARGET, np.zeros((5, 1)), INFO, {**ASSUMED, "cost": -5.0}) == 0.0


def test_the_threshold_lies_between_two_scores_so_that_a_slider_can_stand_there():
    assert VALUE.choose(TARGET, SCORE, INFO, {**ASSUMED, "missed": 0.0}) == pytest.approx((0.4 + 0.3) / 2)


def test_neighbouring_scores_are_told_apart_to_the_last_bit():
    high = np.nextafter(0.5, 1)
    score = np.array([[high], [0.5]])
    target = np.array([[1.0], [0.0]])
    chosen = VALUE.choose(target, score, INFO[:2], ASSUMED)
    assert (score[:, 0] >= chosen).tolist() == [True, False]


def test_given_assumptions_replace_their_own_values_alone():
    assert assumed_values(VALUE.assumptions, {"cost": 3}) == {"gain": 10.0, "cost": 3.0, "missed": -1.0, "year": 50.0}


def test_the_summary_chooses_on_validation_and_is_paid_on_test():
    """On validation 0.4 pays, on test it does not: a summary that peeked would act on nobody."""
    held_out = HeldOut(
        validation_target=TARGET,
        validation_info=INFO,
        test_target=np.zeros((5, 1)),
        test_info=INFO,
        weight=np.array([[1.0] * 5, [5.0, 0, 0, 0, 0], [0, 0, 0, 0, 5.0]]),
        shares=np.ones((3, 1)),
    )
    network = Forecasts(name="network", title="Network", validation=SCORE, test=SCORE[None])
    other = Forecasts(name="coin", title="Coin", validation=1 - SCORE, test=SCORE[None])
    found = summarise(VALUE, held_out, network, price(VALUE, held_out, [other], ASSUMED), ASSUMED)
    assert found["decision"] == VALUE.choose(TARGET, SCORE, INFO, ASSUMED) == pytest.approx(0.35)
    assert found["amount"] == (3 * -2 + 2 * 0.5) * 10
    assert -2 * 5 * 10 <= found["low"] < found["amount"] < found["high"] <= 0.5 * 5 * 10
    assert [r["name"] for r in found["references"]] == ["everybody", "nobody"]
    assert found["gain_over_best_reference"] == found["amount"] - 0.5 * 5 * 10
    assert found["baselines"][0]["decision"] == VALUE.choose(TARGET, 1 - SCORE, INFO, ASSUMED)
    assert found["assumptions"] == ASSUMED
    assert (found["currency"], found["per"]) == ("USD", "year")


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize(
    ("amounts", "best"), [((math.nan, 40.0, -5.0), 40.0), ((math.nan, math.nan), math.nan), ((), 0.0)]
)
def test_the_best_reference_is_the_best_that_is_known_in_whatever_order(amounts, best, order):
    pairs = [(str(i), amount) for i, amount in enumerate(amounts)][::order]
    model = SimpleNamespace(references=lambda *about: pairs)
    held_out = SimpleNamespace(test_target=None, test_info=None)
    found = _gain(100.0, _references(model, held_out, {}))
    assert found == pytest.approx(100.0 - best, nan_ok=True)


def test_the_network_minus_each_other_is_paired_on_the_same_draws():
    """By hand: three draws, each worth what its rows are worth to both sides."""
    weight = np.array([[1.0] * 5, [5.0, 0, 0, 0, 0], [0, 1.0, 1.0, 3.0, 0]])
    held_out = HeldOut(
        validation_target=TARGET,
        validation_info=INFO,
        test_target=TARGET,
        test_info=INFO,
        weight=weight,
        shares=np.ones((3, 1)),
    )
    network = Forecasts(name="network", title="Network", validation=SCORE, test=SCORE[None])
    other = Forecasts(name="coin", title="Coin", validation=1 - SCORE, test=1 - SCORE[None])
    found = summarise(VALUE, held_out, network, price(VALUE, held_out, [other], ASSUMED), ASSUMED)
    ours = VALUE.amount(TARGET, SCORE, INFO, found["decision"], ASSUMED, weight)
    theirs = VALUE.amount(TARGET, 1 - SCORE, INFO, found["baselines"][0]["decision"], ASSUMED, weight)
    everybody = VALUE.amount(TARGET, np.ones((5, 1)), INFO, 0.0, ASSUMED, weight)
    for entry, drawn in ((found["baselines"][0], theirs), (found["references"][0], everybody)):
        paired = entry["network_minus_this"]
        assert paired["mean"] == pytest.approx(found["amount"] - entry["amount"])
        assert (paired["low"], paired["high"]) == pytest.approx(tuple(np.quantile(ours - drawn, [0.025, 0.975])))
        assert paired["verdict"] == ("win" if paired["low"] > 0 else "loss" if paired["high"] < 0 else "tie")
    assert (found["references"][0]["low"], found["references"][0]["high"]) == pytest.approx(
        tuple(np.quantile(everybody, [0.025, 0.975]))
    )


def test_a_recount_without_draws_moves_a_difference_and_keeps_its_interval():
    held_out = HeldOut(
        validation_target=TARGET,
        validation_info=INFO,
        test_target=TARGET,
        test_info=INFO,
        weight=np.ones((4, 5)),
        shares=np.ones((4, 1)),
    )
    network = Forecasts(name="network", title="Network", validation=SCORE, test=SCORE[None])
    other = Forecasts(name="coin", title="Coin", validation=1 - SCORE, test=1 - SCORE[None])
    kept = summarise(VALUE, held_out, network, price(VALUE, held_out, [other], ASSUMED), ASSUMED)
    bare = replace(held_out, weight=np.empty((0, 5)), shares=np.empty((0, 1)))
    moved = {**kept, "amount": kept["amount"] + 5}
    assert recount(VALUE, bare, network, [other], moved) == kept
    old = {**kept, "references": [{"name": r["name"], "amount": r["amount"]} for r in kept["references"]]}
    old["baselines"] = [{k: v for k, v in b.items() if k != "network_minus_this"} for b in kept["baselines"]]
    assert recount(VALUE, bare, network, [other], old) == old
    assert recount(VALUE, held_out, network, [other], old) == kept


def test_draws_of_the_same_members_are_counted_together_and_come_to_the_same():
    members = np.stack([SCORE, 1 - SCORE])
    shares = np.array([[1.0, 0], [1.0, 0], [0.5, 0.5], [0, 1.0]])
    weight = np.array([[1.0] * 5, [2.0, 0, 1, 1, 1], [0, 0, 3.0, 1, 1], [1.0] * 5])
    held_out = HeldOut(
        validation_target=TARGET,
        validation_info=INFO,
        test_target=TARGET,
        test_info=INFO,
        weight=weight,
        shares=shares,
    )
    found = _draws(VALUE, held_out, Forecasts(name="n", title="N", validation=SCORE, test=members), 0.35, ASSUMED)
    one_by_one = [
        VALUE.amount(TARGET, np.tensordot(share, members, axes=1), INFO, 0.35, ASSUMED, w[None])[0]
        for share, w in zip(shares, weight, strict=True)
    ]
    assert found.tolist() == one_by_one


def test_the_money_of_a_network_spans_draws_of_rows_and_of_members():
    """The network is paid for its members' mean; each draw for the members and the rows that it drew."""
    members = np.stack([SCORE, 1 - SCORE])
    shares = np.array([[1.0, 0], [0, 1.0], [0.25, 0.75]])
    weight = np.array([[1.0] * 5, [2.0, 0, 1, 1, 1], [0, 0, 3.0, 1, 1]])
    held_out = HeldOut(
        validation_target=TARGET,
        validation_info=INFO,
        test_target=TARGET,
        test_info=INFO,
        weight=weight,
        shares=shares,
    )
    network = Forecasts(name="network", title="Network", validation=SCORE, test=members)
    other = Forecasts(name="coin", title="Coin", validation=SCORE, test=SCORE[None])
    found = summarise(VALUE, held_out, network, price(VALUE, held_out, [other], ASSUMED), ASSUMED)
    decision = found["decision"]

    def paid(score, rows):
        return VALUE.amount(TARGET, score, INFO, decision, ASSUMED, rows[None])[0]

    mixed = 0.25 * members[0] + 0.75 * members[1]
    drawn = [paid(score, rows) for score, rows in zip((members[0], members[1], mixed), weight, strict=True)]
    assert len(set(drawn)) == 3
    assert found["amount"] == VALUE.amount(TARGET, members.mean(0), INFO, decision, ASSUMED)[0]
    assert (found["low"], found["high"]) == pytest.approx(tuple(np.quantile(drawn, [0.025, 0.975])))
    (baseline,) = found["baselines"]
    drawn = [paid(SCORE, rows) for rows in weight]
    assert (baseline["low"], baseline["high"]) == pytest.approx(tuple(np.quantile(drawn, [0.025, 0.975])))


def test_the_money_of_a_coupon_mailing_by_hand():
    """Ten mailings of which two were redeemed; a mailing costs 0.50, a redemption is worth 29 * 0.28 - 2.72 = 5.40."""
    value = use_case("retail/coupon_response").value
    assumed = assumed_values(value.assumptions)
    target = np.array([1.0, 1, 0, 0, 0, 0, 0, 0, 0, 0])[:, None]
    score = np.linspace(0.9, 0.1, 10)[:, None]
    info = pd.DataFrame(index=range(10))
    mailings = 100_000 * 4.2
    mailed_three = value.amount(target, score, info, 0.7, assumed)[0]
    assert mailed_three == pytest.approx((2 * 5.40 - 3 * 0.50) * mailings / 10)
    everybody, nobody = (amount for _, amount in value.references(target, info, assumed))
    assert everybody == pytest.approx((2 * 5.40 - 10 * 0.50) * mailings / 10)
    assert nobody == 0


BY_RECORD = replace(
    VALUE,
    payoffs=lambda a: Payoffs(tp=InfoColumn("worth"), fp=-a["cost"], fn=-InfoColumn("worth", 0.5), tn=0.5),
)


def test_money_that_differs_by_record_is_summed_record_by_record():
    info = INFO.assign(worth=[10.0, 1000.0, 3.0, 1000.0, 1000.0])
    tp_1, fp, fn_3, tn = 10.0, -2.0, -1.5, 0.5
    (at_half,) = BY_RECORD.amount(TARGET, SCORE, info, 0.5, ASSUMED)
    assert at_half == (tp_1 + fp + fn_3 + 2 * tn) * 10
    drawn = BY_RECORD.amount(TARGET, SCORE, info, 0.5, ASSUMED, np.array([[1.0, 1, 1, 1, 1], [2, 0, 0, 0, 0]]))
    assert drawn.tolist() == [at_half, 2 * tp_1 * 10]


@pytest.mark.parametrize("ties", [False, True])
def test_of_money_that_differs_by_record_the_best_threshold_is_found_and_its_stops_are_counted(ties):
    for seed in range(5):
        target, score = problem(seed, ties=ties)
        info = pd.DataFrame({"worth": np.random.default_rng(seed).lognormal(1, 2, 80)})
        chosen = BY_RECORD.choose(target, score, info, ASSUMED)
        every = [BY_RECORD.amount(target, score, info, t, ASSUMED)[0] for t in [0.0, ACT_ON_NOBODY, *score[:, 0]]]
        assert BY_RECORD.amount(target, score, info, chosen, ASSUMED)[0] == pytest.approx(max(every))
        ranking = Ranking.of(target, score)
        places = np.arange(len(ranking.acted))
        amounts = BY_RECORD.amounts(ranking, places, info, ASSUMED)
        for place, found in zip(places, amounts, strict=True):
            (said,) = BY_RECORD.amount(target, score, info, ranking.threshold_at(int(place)), ASSUMED)
            assert found == pytest.approx(said)


def test_a_column_that_prices_no_record_is_refused_before_anything_is_trained():
    declared = use_case("healthcare/heart_disease")
    value = replace(declared.value, payoffs=lambda a: Payoffs(tp=InfoColumn("worth"), fp=0.0, fn=0.0, tn=0.0))
    examples = load_examples(declared)
    with pytest.raises(UserError, match="'worth' is none of"):
        checked(replace(declared, value=value), examples)
    priced = replace(examples, info=examples.info.assign(worth=1.0))
    assert len(checked(replace(declared, value=value), priced)) == len(examples)


def test_a_column_that_is_the_same_for_all_is_a_number():
    target, score = problem(0, ties=True)
    info = pd.DataFrame({"worth": np.full(80, 8.0)})
    same = replace(VALUE, payoffs=lambda a: replace(VALUE.payoffs(a), tp=InfoColumn("worth")))
    assert same.choose(target, score, info, ASSUMED) == VALUE.choose(target, score, info, ASSUMED)
    for share in (VALUE, same):
        assert share.amount(target, score, info, 0.4, ASSUMED) == pytest.approx(
            VALUE.amount(target, score, info, 0.4, ASSUMED)
        )
    plain, by_column = (m.payoffs(ASSUMED).with_share(0.1, 0.4) for m in (VALUE, same))
    assert by_column.tp == InfoColumn("worth", plain.tp / 8.0)


def test_the_panel_gets_the_money_of_each_cell_at_every_stop_from_python():
    from pages.components.money_threshold import counted

    target, score = problem(3, ties=True)
    info = pd.DataFrame({"worth": np.random.default_rng(3).lognormal(1, 2, 80)})
    found, ranking = SimpleNamespace(target=target, ensemble=score, info=info), Ranking.of(target, score)
    told = counted(BY_RECORD, found, ranking, ASSUMED, 0.4, 0.4)
    np.testing.assert_allclose(np.sum(list(told["sums"].values()), axis=0), told["amounts"])
    assert told["payoffs"]["tp"] == pytest.approx(info["worth"][target[:, 0] > 0].mean())
    plain = counted(VALUE, found, ranking, ASSUMED, 0.4, 0.4)
    assert "sums" not in plain
    assert plain["payoffs"] == {"tp": 8.0, "fp": -2.0, "fn": -1.0, "tn": 0.5}


@pytest.mark.parametrize(
    ("worth", "words"),
    [
        ({}, "Money that differs by record is a column of info; 'worth' is none of"),
        ({"worth": [1.0, np.nan, 1.0, 1.0, 1.0]}, "must have a value in every row; it is missing in row 1"),
        ({"worth": list("abcde")}, "must hold numbers; it holds text"),
    ],
)
def test_money_that_is_not_known_of_every_record_is_refused(worth, words):
    with pytest.raises(UserError, match=words):
        BY_RECORD.amount(TARGET, SCORE, INFO.assign(**worth), 0.5, ASSUMED)
