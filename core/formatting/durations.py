"""How durations are written: '1 min 22 s' as a clock says it, estimates in round numbers. Imports nothing heavy."""

from __future__ import annotations

import math

from core.formatting.messages import message
from core.formatting.numbers import MINUS, count, fixed, undefined

_HALVES = (1.5, 2.5)
_UNITS = {"s": 1.0, "min": 60.0, "h": 3600.0}
_NAMES = {"seconds": 1.0, "minutes": 60.0, "hours": 3600.0, **_UNITS}  # as a task's unit may be called
_MINUTE = 60
_LEAST = 0.05
_MINUTES_FROM_S, _HOURS_FROM_S = 99.5, 5400.0


def is_time(unit: str) -> bool:
    """Whether numbers of this unit are durations that a clock can say: seconds, minutes, hours."""
    return unit in _NAMES


def seconds_in(unit: str) -> float | None:
    """How many seconds one of this unit has; None where it is no time."""
    return _NAMES.get(unit)


def in_unit(value: float, unit: str, *, more: int = 0, sign: bool = False) -> str:
    """1.37, 'minutes' -> '1 min 22 s'. more: decimals of a second beyond those that a clock has."""
    if not math.isfinite(value):
        return undefined()
    seconds = value * _NAMES[unit]
    told = duration(abs(seconds) if abs(seconds) < _MINUTE else round(abs(seconds), more), more)
    if abs(seconds) < _LEAST / 10**more:  # what rounds to nothing has no sign
        return told
    before = MINUS if seconds < 0 else "+" if sign else ""
    return message("{sign}{amount}", sign=before, amount=told) if before else told


def duration(seconds: float, more: int = 0) -> str:
    """75 -> '1 min 15 s', as a clock would say it. more: so many decimals of a second beyond that."""
    if seconds < 9.95:
        if seconds >= _LEAST / 10**more:
            return message("{seconds} s", seconds=fixed(seconds, 1 + more))
        return message("less than 0.1 s") if seconds > 0 else message("{seconds} s", seconds="0")
    whole = math.floor(seconds) if seconds >= _MINUTE and not more else round(seconds, more)
    if whole < _MINUTE:
        return message("{seconds} s", seconds=fixed(whole, more))
    minutes, rest = int(whole // _MINUTE), round(whole % _MINUTE, more)
    if minutes < _MINUTE:
        if not rest:
            return message("{minutes} min", minutes=minutes)
        return message("{minutes} min {rest} s", minutes=minutes, rest=fixed(rest, more if rest != int(rest) else 0))
    hours, minutes = divmod(minutes, _MINUTE)
    if not minutes:
        return message("{hours} h", hours=count(hours))
    return message("{hours} h {minutes} min", hours=count(hours), minutes=minutes)


def about(seconds: float) -> str:
    """A guess in round numbers: 48 -> '50 s'."""
    return _told(*_rounded(seconds))


def at_most(seconds: float) -> str:
    """A limit in round numbers, never below it: 150 -> '3 min'."""
    return _told(*_rounded(seconds, up=True))


def span(low: float, high: float) -> str:
    """'5 to 50 s', '50 s to 2 min', '5 s' where both ends read the same: an estimate knows one digit."""
    first, last = _rounded(low), _rounded(high)
    if first == last:
        return _told(*last)
    start = first[0] if first[1] == last[1] else _told(*first)
    return message("{low} to {high}", low=start, high=_told(*last))


def _unit(seconds: float) -> str:
    return "s" if seconds < _MINUTES_FROM_S else "min" if seconds < _HOURS_FROM_S else "h"


def _told(number: str, unit: str) -> str:
    if unit == "s":
        return message("{seconds} s", seconds=number)
    return message("{minutes} min", minutes=number) if unit == "min" else message("{hours} h", hours=number)


def _rounded(seconds: float, *, up: bool = False) -> tuple[str, str]:
    """The nearest of some round numbers and its unit; up: the next one."""
    unit = _unit(seconds)
    size = max(1.0, seconds / _UNITS[unit])
    power = 10.0 ** math.floor(math.log10(size))
    stops = [power * stop for stop in (*range(1, 11), *(_HALVES if power > 1 or unit == "h" else ()))]
    found = min(s for s in stops if s >= size - 1e-9) if up else min(stops, key=lambda s: (abs(s - size), s))
    return fixed(found, 0 if found == int(found) else 1), unit
