"""The business case: NPV and IRR against numpy-financial, properties over random cases, and its speed."""

from __future__ import annotations

import math
import random
import time
from dataclasses import replace

import numpy as np
import numpy_financial
import pytest

from core.company.assumptions import Figure
from core.company.case import Case, Gain, chosen, flows, irr_of, npv_of, outcome, payback_of, triangular
from core.company.declared import declared
from core.errors import UserError

FIGURES = {one.name: one for one in declared().every}
GAIN = Gain(title="Coupon response", mean=300_000.0, low=240_000.0, high=360_000.0)
BASE = chosen([GAIN], FIGURES)


def random_cases(count: int) -> list[Case]:
    """Cases whose assumptions stand anywhere within their likely ranges."""
    draw, found = random.Random(7), []
    for _ in range(count):
        case = BASE
        for name, figure in BASE.figures.items():
            case = case.moved(name, draw.uniform(figure.low, figure.high))
        mean = draw.uniform(50_000, 2_000_000)
        gain = Gain(title="x", mean=mean, low=mean * draw.uniform(0.5, 1), high=mean * draw.uniform(1, 1.5))
        found.append(replace(case, gains=(gain,)))
    return found


def likely_flows(case: Case) -> np.ndarray:
    return outcome(case, draws=10).likely_flows


def test_npv_and_irr_are_those_of_numpy_financial() -> None:
    compared = 0
    for case in random_cases(15):
        found = outcome(case, draws=10)
        rate = case.figures["discount"].value
        monthly = (1 + rate) ** (1 / 12) - 1
        assert found.likely_npv == pytest.approx(float(numpy_financial.npv(monthly, found.likely_flows)), rel=1e-9)
        theirs = numpy_financial.irr(found.likely_flows)
        if not math.isnan(theirs) and not math.isnan(found.likely_irr) and found.likely_irr > -1:
            assert found.likely_irr == pytest.approx((1 + theirs) ** 12 - 1, abs=1e-6)
            compared += 1
    assert compared >= 8


def test_npv_at_irr_is_nothing() -> None:
    for case in random_cases(12):
        flow = likely_flows(case)[:, None]
        irr = irr_of(flow)
        if np.isfinite(irr[0]) and irr[0] > -1:
            assert abs(npv_of(flow, irr)[0]) < 1e-4 * np.abs(flow).sum()


@pytest.mark.parametrize(
    ("flow", "irr"),
    [
        ([-100.0, -5.0, -5.0], -1.0),  # nothing comes back
        ([-100.0, 50.0, -5.0, 70.0], math.nan),  # the sign changes three times
        ([0.0, 10.0, 10.0], math.nan),  # nothing is invested
        ([-100.0, 0.0, 110.0], 1.1**6 - 1),  # a month without money
    ],
)
def test_flows_without_a_single_rate_have_none(flow: list[float], irr: float) -> None:
    assert irr_of(np.array(flow)[:, None])[0] == pytest.approx(irr, nan_ok=True)


def test_payback_is_the_month_from_which_the_balance_stays_up() -> None:
    balance = np.array([[-5.0, 1.0, -5.0, -1.0], [2.0, 2.0, -3.0, 2.0], [-1.0, 3.0, -1.0, 3.0], [4.0, 4.0, -1.0, 4.0]])
    assert payback_of(balance).tolist() == [3.0, 0.0, math.inf, 1.0]


def test_zero_volume_gives_zero() -> None:
    found = outcome(
        replace(BASE, figures={**BASE.figures, "volume": replace(FIGURES["volume"], value=0, low=0, high=0)})
    )
    assert found.likely_npv == 0
    assert not found.likely_flows.any()
    assert not found.npv.any()


def test_money_scales_with_the_currency() -> None:
    for case in random_cases(4):
        times = 7.3
        money = {n: f for n, f in case.figures.items() if f.unit == "USD"}
        scaled = {
            n: replace(f, value=f.value * times, low=f.low * times, high=f.high * times) for n, f in money.items()
        }
        gains = tuple(replace(g, mean=g.mean * times, low=g.low * times, high=g.high * times) for g in case.gains)
        before = outcome(case, 500)
        after = outcome(replace(case, figures={**case.figures, **scaled}, gains=gains), 500)
        assert after.npv == pytest.approx(before.npv * times)
        assert after.balance_QT == pytest.approx(before.balance_QT * times)
        assert after.irr == pytest.approx(before.irr, nan_ok=True, abs=1e-6)
        assert after.payback == pytest.approx(before.payback)


def wider_by_half(figure: Figure) -> Figure:
    low, high = figure.value - 1.5 * (figure.value - figure.low), figure.value + 1.5 * (figure.high - figure.value)
    return replace(figure, low=max(figure.least, low), high=min(figure.most, high))


def test_wider_assumptions_never_narrow_the_range_of_the_npv() -> None:
    for case in random_cases(4):
        wide = {name: wider_by_half(figure) for name, figure in case.figures.items()}
        narrow, wider = outcome(case, 1000), outcome(replace(case, figures=wide), 1000)
        assert wider.npv[-1] - wider.npv[0] >= narrow.npv[-1] - narrow.npv[0]
        ends = {swing.name: swing.size for swing in narrow.tornado}
        assert all(swing.size >= ends[swing.name] - 1e-6 for swing in wider.tornado)


def test_more_adoption_never_lowers_and_more_cost_never_raises_the_npv() -> None:
    for case in random_cases(5):
        base = outcome(case, 10).likely_npv
        assert outcome(case.moved("adoption", min(1.0, case.figures["adoption"].value * 1.1)), 10).likely_npv >= base
        assert outcome(case.moved("build_cost", case.figures["build_cost"].value * 1.1), 10).likely_npv < base


def test_another_assumption_changes_no_other_s_luck() -> None:
    moved = BASE.moved("discount", 0.3)
    assert outcome(BASE, 500).balance_QT == pytest.approx(outcome(moved, 500).balance_QT)


def test_the_triangular_distribution_has_its_ends_and_its_mean() -> None:
    figure = FIGURES["adoption"]
    drawn = triangular(np.random.default_rng(3).random(200_000), figure)
    assert figure.low <= drawn.min() <= drawn.max() <= figure.high
    assert drawn.mean() == pytest.approx((figure.low + figure.value + figure.high) / 3, abs=2e-3)
    assert triangular(np.array([0.0, 1.0]), figure) == pytest.approx([figure.low, figure.high])


def test_flows_are_what_a_loop_over_months_says() -> None:
    values = {name: figure.value for name, figure in BASE.figures.items()} | {"gain": 300_000.0, "cases": 2.0}
    ours = flows({name: np.array([value]) for name, value in values.items()}, 24)[:, 0]
    assert ours[0] == -240_000
    for month in range(1, 25):
        live = min(1.0, max(0.0, (month - 6) / 9))
        drift = (1.05 * 0.92) ** (month / 12)
        assert ours[month] == pytest.approx(300_000 / 12 * live * 0.6 * 0.7 * drift - 8_000)


def test_the_same_seed_gives_the_same_outcome() -> None:
    assert (outcome(BASE, 1000).npv == outcome(BASE, 1000).npv).all()
    assert (outcome(BASE, 1000).npv != outcome(replace(BASE, seed=2), 1000).npv).any()


@pytest.mark.parametrize(
    ("name", "value"), [("build_cost", -1), ("kept", 1.01), ("volume", 1e308), ("discount", math.nan)]
)
def test_what_no_case_is_is_refused(name: str, value: float) -> None:
    with pytest.raises(UserError, match="lies between"):
        BASE.moved(name, value)


def test_a_range_that_is_upside_down_is_refused() -> None:
    with pytest.raises(UserError, match="rise in this order"):
        replace(FIGURES["adoption"], low=0.9)


@pytest.mark.alone
def test_100_000_draws_of_the_whole_case_take_less_than_a_second_of_a_core() -> None:
    outcome(BASE, 1000)
    began = time.process_time()
    outcome(BASE, 100_000)
    assert time.process_time() - began < 1.0
