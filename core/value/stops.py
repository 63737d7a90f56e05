"""Where the slider of an assumption can stand: on round numbers from a tenth of its value to ten times it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache

from core.contracts import Assumption

_TIMES = 10.0
_MOST_EVEN = 200  # so many equal steps a hand can still tell apart
_NEAR_THE_END = 0.1  # a value that lies closer to the low end of its range needs a scale of its own
_ROUND = (*range(10, 20), *range(20, 50, 2), *range(50, 100, 5))  # two digits, each 2% to 10% above the one before
_DIGITS = 10


@lru_cache(maxsize=2000)
def stops_of(assumption: Assumption, *more: float) -> tuple[float, ...]:
    """The stops in rising order, the declared value among them, and whatever else was typed, within its bounds. Where
    the declared range is even to the eye they are its own steps; else they are equally far apart in percent."""
    inside = (assumption.value, *(value for value in more if assumption.low <= value <= assumption.high))
    found = _even(assumption) if _is_even(assumption) else _by_percent(assumption)
    return tuple(sorted({round(value, _DIGITS) for value in (*found, *inside)}))


def _is_even(assumption: Assumption) -> bool:
    low, span = assumption.low, assumption.high - assumption.low
    return low < 0 or (span <= _MOST_EVEN * assumption.step and assumption.value - low >= _NEAR_THE_END * span)


def _even(assumption: Assumption) -> Iterable[float]:
    """The declared steps, counted from 0, where they are few, else longer ones; and both bounds."""
    low, high = assumption.low, assumption.high
    step = assumption.step * max(1, math.ceil((high - low) / assumption.step / _MOST_EVEN))
    return (low, *(k * step for k in range(math.ceil(low / step), math.floor(high / step) + 1)), high)


def _by_percent(assumption: Assumption) -> Iterable[float]:
    """Round numbers of two digits from a tenth of the value to ten times it; whole ones where it is counted in them."""
    size = assumption.value or assumption.step * _TIMES
    low, high = max(assumption.low, size / _TIMES), min(assumption.high, size * _TIMES)
    if assumption.step >= 1 and assumption.value == round(assumption.value):
        low, high, whole = math.ceil(low), math.floor(high), True
    else:
        whole = False
    powers = range(math.floor(math.log10(size / _TIMES)), math.floor(math.log10(size * _TIMES)) + 1)
    found = (round(digits * 10.0 ** (power - 1), _DIGITS) for power in powers for digits in _ROUND)
    return (low, *(v for v in found if low <= v <= high and not (whole and v != round(v))), high)
