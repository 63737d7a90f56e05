"""How moments and durations are written: an hour keeps its date, a clock its time zone. Imports nothing heavy."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from datetime import UTC, datetime, time
from typing import Any

from core.formatting.messages import message
from core.formatting.numbers import MISSING, count, fixed, is_missing

_ISO = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d(:\d\d)?(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?")
_HALVES = (1.5, 2.5)
_UNITS = {"s": 1.0, "min": 60.0, "h": 3600.0}
_MINUTES_FROM_S, _HOURS_FROM_S = 99.5, 5400.0


def as_moment(value: Any) -> datetime | None:
    """A date or time of any library, or its ISO text, as a datetime; None for anything else. One with a zone
    is told in UTC, one without is local to the data."""
    if is_missing(value):
        return None
    text = value if isinstance(value, str) else value.isoformat() if hasattr(value, "isoformat") else str(value)
    if not _ISO.fullmatch(text):
        return None
    try:
        at = datetime.fromisoformat(text)
        return at if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):  # the 31st of February; the last hour of the year 9999 in New York
        return None


def have_hours(values: Iterable[Any]) -> bool:
    """Whether any of them is not a midnight: then they are times, and midnight is one of them."""
    found = (as_moment(value) for value in values)
    return any(m is not None and m.time() != time() for m in found)


def moment(value: Any, *, hours: bool | None = None, seconds: bool = False) -> str:
    """'31 Oct 2013, 10:30', with ' UTC' where the zone is known. hours: whether the clock is told; None: unless it is
    midnight without a zone. What is no moment is told as it is."""
    at = as_moment(value)
    if at is None:
        return MISSING if is_missing(value) else str(value)
    clock = (at.time() != time() or at.tzinfo is not None) if hours is None else hours
    words = f"{at:%d %b %Y}" + (f", {at:%H:%M:%S}" if seconds else f", {at:%H:%M}" if clock else "")
    return f"{words} UTC" if at.tzinfo is not None else words


def iso(value: Any, *, hours: bool | None = None) -> str:
    """'2013-10-31 10:30', which sorts: for tables."""
    at = as_moment(value)
    if at is None:
        return MISSING if is_missing(value) else str(value)
    clock = at.time() != time() if hours is None else hours
    text = f"{at:%Y-%m-%d %H:%M}" if clock else f"{at:%Y-%m-%d}"
    return text + (f":{at:%S}" if clock and at.second else "") + (" UTC" if at.tzinfo is not None else "")


def duration(seconds: float) -> str:
    """75 -> '1 min 15 s', as a clock would say it."""
    if seconds < 9.95:
        return f"{fixed(seconds, 1)} s" if seconds >= 0.05 else message("less than 0.1 s") if seconds > 0 else "0 s"
    whole = math.floor(seconds) if seconds >= 60 else round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min" + (f" {rest} s" if rest else "")
    hours, minutes = divmod(minutes, 60)
    return f"{count(hours)} h" + (f" {minutes} min" if minutes else "")


def about(seconds: float) -> str:
    """A guess in round numbers: 48 -> '50 s'."""
    return _sensible(seconds)


def at_most(seconds: float) -> str:
    """A limit in round numbers, never below it: 150 -> '3 min'."""
    return _sensible(seconds, up=True)


def span(low: float, high: float) -> str:
    """'5 to 50 s', '50 s to 2 min', '5 s' where both ends read the same: an estimate knows one digit."""
    first, last = _sensible(low), _sensible(high)
    if first == last:
        return last
    number, _space, unit = first.partition(" ")
    return message("{low} to {high}", low=number if last.endswith(f" {unit}") else first, high=last)


def _unit(seconds: float) -> str:
    return "s" if seconds < _MINUTES_FROM_S else "min" if seconds < _HOURS_FROM_S else "h"


def _sensible(seconds: float, *, up: bool = False) -> str:
    """The nearest of some round numbers; up: the next one."""
    unit = _unit(seconds)
    size = max(1.0, seconds / _UNITS[unit])
    power = 10.0 ** math.floor(math.log10(size))
    stops = [power * stop for stop in (*range(1, 11), *(_HALVES if power > 1 or unit == "h" else ()))]
    found = min(s for s in stops if s >= size - 1e-9) if up else min(stops, key=lambda s: (abs(s - size), s))
    return f"{fixed(found, 0 if found == int(found) else 1)} {unit}"
