"""How moments are written: an hour keeps its date, a clock its time zone. Imports nothing heavy."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, time
from typing import Any

from core.formatting.catalogues import ENGLISH
from core.formatting.messages import current, message
from core.formatting.numbers import MISSING, is_missing

_ISO = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d(:\d\d)?(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?")

_MONTHS = (
    *(message("Jan"), message("Feb"), message("Mar"), message("Apr"), message("May"), message("Jun")),
    *(message("Jul"), message("Aug"), message("Sep"), message("Oct"), message("Nov"), message("Dec")),
)
_DAY_MS, _MONTH = 86_400_000, "M1"  # as plotly counts between two ticks


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
    """'1 Oct 2013, 10:30', with ' UTC' where the zone is known. hours: whether the clock is told; None: unless it is
    midnight without a zone. What is no moment is told as it is."""
    at = as_moment(value)
    if at is None:
        return MISSING if is_missing(value) else str(value)
    clock = (at.time() != time() or at.tzinfo is not None) if hours is None else hours
    words = message("{day} {month} {year}", day=at.day, month=_MONTHS[at.month - 1], year=at.year)
    if seconds or clock:
        words = message("{date}, {clock}", date=words, clock=f"{at:%H:%M:%S}" if seconds else f"{at:%H:%M}")
    return message("{moment} UTC", moment=words) if at.tzinfo is not None else words


def iso(value: Any, *, hours: bool | None = None) -> str:
    """'2013-10-31 10:30', which sorts: for tables."""
    at = as_moment(value)
    if at is None:
        return MISSING if is_missing(value) else str(value)
    clock = at.time() != time() if hours is None else hours
    text = f"{at:%Y-%m-%d %H:%M}" if clock else f"{at:%Y-%m-%d}"
    return text + (f":{at:%S}" if clock and at.second else "") + (" UTC" if at.tzinfo is not None else "")


def on_axis() -> dict[str, Any]:
    """What an axis of dates has of its own in plotly, which knows the names of months in English alone: elsewhere dates
    are numbers."""
    if current() == ENGLISH:
        return {}
    stops = (
        {"dtickrange": [None, _DAY_MS - 1], "value": "%H:%M<br>%Y-%m-%d"},
        {"dtickrange": [_DAY_MS, _MONTH], "value": "%m-%d<br>%Y"},
        {"dtickrange": [_MONTH, "M11"], "value": "%Y-%m"},
        {"dtickrange": ["M12", None], "value": "%Y"},
    )
    return {"tickformatstops": list(stops), "hoverformat": "%Y-%m-%d %H:%M"}
