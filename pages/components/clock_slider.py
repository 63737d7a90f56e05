"""A slider over hours of a day that is read as a clock: 15.74 is 15:44."""

from __future__ import annotations

import math
from datetime import time, timedelta
from typing import Any

_STEP = timedelta(minutes=5)
_SECONDS, _LAST = 3600, 24 * 3600 - 60


def clock_range(low: float, high: float) -> dict[str, Any]:
    """A slider's ends, the whole hours around `low` and `high`, with its step and how its time is written."""
    ends = {"min_value": time_of(math.floor(low)), "max_value": time_of(math.ceil(high))}
    return {**ends, "step": _STEP, "format": "HH:mm"}


def time_of(hour: float) -> time:
    """The minute of an hour of the day; the day's last one of whatever comes after it."""
    seconds = min(_LAST, max(0, 60 * round(hour * _SECONDS / 60)))
    return time(seconds // _SECONDS, seconds % _SECONDS // 60)


def hour_of(moment: time, original: Any) -> float:
    """The hour of the day that a slider stands at; the original one, to the second, where it reads the same."""
    if isinstance(original, int | float) and time_of(original) == moment:
        return float(original)
    return moment.hour + moment.minute / 60
