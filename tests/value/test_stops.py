"""A slider of an assumption stands on round numbers around its value, within its bounds, wherever it is declared."""

from __future__ import annotations

from itertools import pairwise

import pytest

from core.contracts import Assumption
from core.use_cases import all_use_cases
from core.value.stops import stops_of


def assumption(value: float, low: float, high: float, step: float) -> Assumption:
    return Assumption(name="n", label="L", value=value, low=low, high=high, step=step, unit="USD", source="")


def test_a_wide_range_is_even_in_percent_from_a_tenth_to_ten_times() -> None:
    stops = stops_of(assumption(100_000, 100, 50_000_000, 10_000))
    assert (stops[0], stops[-1]) == (10_000, 1_000_000)
    assert 60 <= len(stops) <= 80
    assert all(later / earlier < 1.11 for earlier, later in pairwise(stops))
    assert 110_000 in stops


def test_bounds_are_kept_and_whole_numbers_stay_whole() -> None:
    assert stops_of(assumption(13, 1, 52, 1))[0] == 1
    assert stops_of(assumption(13, 1, 520, 1)) == tuple(
        sorted({2, *range(2, 20), *range(20, 50, 2), *range(50, 100, 5), *range(100, 131, 10)})
    )
    assert stops_of(assumption(0.5, 0.2, 10.0, 0.05))[0] == 0.2


def test_a_short_range_has_its_own_steps() -> None:
    assert stops_of(assumption(0.28, 0.0, 1.0, 0.01)) == tuple(round(k / 100, 2) for k in range(101))
    assert stops_of(assumption(-3, -10, 10, 1)) == tuple(float(k) for k in range(-10, 11))


def test_what_is_declared_or_typed_is_a_stop() -> None:
    odd = assumption(2.72, 0.0, 500.0, 0.1)
    assert 2.72 in stops_of(odd)
    assert 2.7182 in stops_of(odd, 2.7182)
    assert 700.0 not in stops_of(odd, 700.0)
    assert set(stops_of(odd, 450.0)) - set(stops_of(odd)) == {450.0}


def test_nothing_is_a_value_too() -> None:
    stops = stops_of(assumption(0.0, 0.0, 500.0, 1.0))
    assert stops[0] == 0.0
    assert stops[-1] == 100.0
    assert stops_of(assumption(3.0, 3.0, 3.0, 1.0)) == (3.0,)


@pytest.mark.parametrize("use_case", all_use_cases(), ids=lambda u: u.name)
def test_every_declared_assumption_has_a_slider_that_a_hand_can_set(use_case) -> None:
    for declared in use_case.value.assumptions if use_case.value else ():
        stops = stops_of(declared)
        assert 3 <= len(stops) <= 210, declared.name
        assert declared.low <= stops[0] < stops[-1] <= declared.high
        assert declared.value in stops
