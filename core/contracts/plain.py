"""The plain values that files hold: what each must be, in words and as a check, and its type."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

_LARGEST = 1e300  # a network that has diverged predicts, and loses, what it likes
_MOST = 2**53


@dataclass(frozen=True, slots=True)
class Plain:
    """A value that `holds` is true of; words: what it is, for the sentence about another."""

    words: str
    holds: Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Member:
    """The name of a member of a registry, which whoever checks files has at hand: of a metric, say."""

    of: str


def is_number(value: Any) -> bool:
    """A finite number; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _LARGEST


def between(low: float, high: float, words: str = "a number") -> Plain:
    """A number within bounds."""
    return Plain(f"{words} from {low:g} to {high:g}", lambda v: is_number(v) and low <= v <= high)


def one_of(*known: str) -> Plain:
    """One of some words."""
    return Plain(f"one of {', '.join(known)}", lambda v: isinstance(v, str) and v in known)


def _is_moment(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(datetime.fromisoformat(value))
    except ValueError:
        return False


def _is_layer(name: Any) -> bool:
    return isinstance(name, str) and (not name.startswith("hidden.") or name.partition(".")[2].isdecimal())


NUMBER = Plain("a number", is_number)
COUNT = Plain("a count", lambda v: isinstance(v, int) and is_number(v) and 0 <= v < _MOST)
SECONDS = Plain("a number of seconds", lambda v: is_number(v) and 0 <= v < 1e10)
TEXT = Plain("text", lambda v: isinstance(v, str))
FLAG = Plain("true or false", lambda v: isinstance(v, bool))
SCALAR = Plain("a number or text", lambda v: is_number(v) or isinstance(v, str | bool))
ANYTHING = Plain("anything", lambda v: True)
CHECKSUM = Plain("a checksum", lambda v: isinstance(v, str) and bool(re.fullmatch(r"[0-9a-f]{64}", v)))

Seconds = Annotated[float, SECONDS]
Scalar = Annotated[int | float | str | bool, SCALAR]
Positive = Annotated[int, between(1, 1e9)]
Moment = Annotated[str, Plain("a date with its time", _is_moment)]
Checksum = Annotated[str, CHECKSUM]
LayerName = Annotated[str, Plain("a layer", _is_layer)]
MetricName = Annotated[str, Member("metric")]
