"""Money of a portfolio: what a purse would hold, period by period; the share put in is Merton's."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.contracts import Section
from core.errors import UserError
from core.kinds.allocation import earned
from core.store.held_out import read_results
from core.use_cases import use_case
from core.value.portfolio import PortfolioValue
from core.value.scoreboard import Scoreboard
from core.value.threshold import assumed_values
from tests.pages.drawing import components_of, page_of, train

DECLARED = use_case("testing/tiny_allocation")
MODEL = DECLARED.value
assert isinstance(MODEL, PortfolioValue)
ASSUMED = assumed_values(MODEL.assumptions)


def rows(count: int = 26, seed: int = 0) -> tuple[np.ndarray, np.ndarray, pd.DataFrame]:
    """Returns (N, A), weights (N, A), info: two quarters."""
    rng = np.random.default_rng(seed)
    weight = rng.dirichlet(np.ones(3), count)
    weeks = pd.date_range("2024-01-01", periods=count, freq="7D")
    info = pd.DataFrame({"week": weeks, "quarter": np.repeat(["a", "b"], count // 2)})
    return rng.normal(0.002, 0.02, (count, 3)), weight, info


def test_money_is_what_a_purse_would_earn_in_a_year() -> None:
    target, weight, info = rows()
    held, total = np.zeros(3), 0.0
    for week in range(len(target)):
        if week == 13:
            held = np.zeros(3)  # a path begins in cash
        cost = 0.001 * np.abs(weight[week] - held).sum()
        total += 250_000 * (weight[week] @ target[week] - cost)
        grown = weight[week] * (1 + target[week])
        held = grown / grown.sum()
    (amount,) = MODEL.amount(target, weight, info, 0.25, ASSUMED)
    assert amount == pytest.approx(total / len(target) * 52, rel=1e-9)
    tally = MODEL.tally(target, weight, info, 0.25, ASSUMED)
    assert tally.amount == pytest.approx(amount, rel=1e-9)
    assert tally.acted == 250_000
    assert (tally.over - tally.short) * 52 == pytest.approx(amount, rel=1e-9)
    drawn = np.array([np.ones(26), np.r_[np.full(13, 2.0), np.zeros(13)]])
    of_draws = MODEL.amount(target, weight, info, 0.25, ASSUMED, drawn)
    each = MODEL.earned(target, weight[None], info, 0.25, ASSUMED)[0]
    np.testing.assert_allclose(of_draws, [amount, 2 * each[:13].sum()])


def test_the_share_is_the_one_with_the_best_return_less_risk() -> None:
    target, weight, info = rows(seed=3)
    net = earned(DECLARED.task, target, info, weight)
    gain = [f * net.mean() - MODEL.risk_aversion / 2 * f**2 * net.var() for f in MODEL.grid()]
    assert MODEL.choose(target, weight, info, ASSUMED) == MODEL.grid()[int(np.argmax(gain))]
    careful = replace(MODEL, risk_aversion=400.0)
    assert 0 < careful.choose(target + 0.002, weight, info, ASSUMED) < 1
    assert MODEL.choose(np.abs(target) * -1, weight, info, ASSUMED) == 0.0
    calm = np.full((26, 3), 0.01)
    assert replace(MODEL, returns=lambda t, w, i: (w * t).sum(1)).choose(calm, weight, info, ASSUMED) == 1.0


def test_policies_hold_their_weights_whatever_happens() -> None:
    target, _, info = rows(seed=5)
    told = dict(MODEL.references(target, info, ASSUMED))
    bonds = earned(DECLARED.task, target, info, np.tile([0.0, 1.0, 0.0], (26, 1)))
    assert told["All in bonds"] == pytest.approx(1_000_000 * bonds.mean() * 52, rel=1e-9)
    drawn = dict(MODEL.drawn_references(target, info, ASSUMED, np.ones((2, 26))))
    assert drawn["All in bonds"] == pytest.approx([told["All in bonds"]] * 2)
    with pytest.raises(UserError, match="none of its assumptions is called 'capital'"):
        replace(MODEL, assumptions=())
    with pytest.raises(UserError, match="different numbers of weights"):
        replace(MODEL, policies=(("All in bonds", (0.0, 1.0, 0.0)), ("Cash", (1.0,))))
    assert replace(MODEL, policies=()).references(target, info, ASSUMED) == ()


def test_money_of_a_run_stands_beside_simple_methods_and_today_and_on_its_page() -> None:
    run = train(DECLARED.name, num_epochs=15)
    report, found = read_results(run, DECLARED)
    board = Scoreboard.of(DECLARED, report)
    assert (board.currency, board.per) == ("USD", "year")
    assert {s.name for s in board.simple} == set(DECLARED.baselines)
    assert all(s.amount and s.amount_difference for s in (*board.simple, *board.policies))
    assert board.today is not None
    assert board.today.name == "All in bonds"
    assert board.network.amount is not None
    (again,) = MODEL.amount(found.target, found.ensemble, found.info, board.network.decision or 0.0, ASSUMED)
    assert board.network.amount["amount"] == pytest.approx(again, rel=1e-6)
    app = page_of(DECLARED.name, section=Section.MONEY, run=run.id)
    assert not app.exception
    panel = next(told for told in components_of(app) if "levels" in told)
    assert panel["amounts"][round(panel["level"] * 100)] == pytest.approx(again, rel=1e-6)
    assert [r["name"] for r in panel["references"] if r.get("today")] == ["All in bonds"]
    assert panel["words"]["axis"] == "Share of the capital that follows the weights"
