"""What an assumption is worth, against a value counted by hand."""

from __future__ import annotations

import pytest

from core.contracts import Assumption
from core.value.sensitivity import swing


def assumption(**own: float) -> Assumption:
    bounds = {"value": 2.0, "low": 0.0, "high": 10.0, "step": 0.1, **own}
    return Assumption(name="cost", label="Cost", unit="USD", source="Guess.", **bounds)


def earned(assumed):
    return 100 * assumed["margin"] - 3 * assumed["cost"] ** 2


def test_a_tenth_less_and_more_of_what_is_assumed_now_and_nothing_else_moves():
    found = swing(assumption(), {"cost": 4.0, "margin": 0.5}, earned)
    assert found.less == pytest.approx(3 * (16 - 3.6**2))
    assert found.more == pytest.approx(3 * (16 - 4.4**2))
    assert found.size == pytest.approx(abs(found.more))


def test_it_stays_within_the_bounds_and_where_it_cannot_move_there_is_no_number():
    found = swing(assumption(high=4.1), {"cost": 4.0, "margin": 0.5}, earned)
    assert found.more == pytest.approx(3 * (16 - 4.1**2))
    assert swing(assumption(high=4.0), {"cost": 4.0, "margin": 0.5}, earned).more is None


def test_of_nothing_a_tenth_is_one_of_the_range():
    found = swing(assumption(value=0.0), {"cost": 0.0, "margin": 0.5}, earned)
    assert found.less is None
    assert found.more == pytest.approx(-3.0)
