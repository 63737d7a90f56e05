"""What JSON must hold, described; and the one function that reads and compares. Knows no file and no run.

A description is a `Plain` value, a dictionary (a key that ends in "?" may be missing, others are not looked at), a list
of one description, `MapOf` one under names of any kind, or `Maybe` one, else null.
"""

from __future__ import annotations

import json
import reprlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

_DEEPEST = 20
_LARGEST = 1e300  # a network that has diverged predicts, and loses, what it likes
_MOST = 2**53
_told = reprlib.Repr()
_told.maxstring = _told.maxother = _told.maxlong = 40
_told.maxlevel = _told.maxlist = _told.maxdict = 2


@dataclass(frozen=True, slots=True)
class Plain:
    """A value that `holds` is true of; words: what it is, for the sentence about another."""

    words: str
    holds: Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class MapOf:
    """Any number of values under names; `names` says which names may stand."""

    each: Any
    names: Callable[[str], bool] = bool


@dataclass(frozen=True, slots=True)
class Maybe:
    """Null, or the value."""

    value: Any


def is_number(value: Any) -> bool:
    """A finite number; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _LARGEST


def between(low: float, high: float, words: str = "a number") -> Plain:
    """A number within bounds."""
    return Plain(f"{words} from {low:g} to {high:g}", lambda v: is_number(v) and low <= v <= high)


def one_of(*known: str) -> Plain:
    """One of some words."""
    return Plain(f"one of {', '.join(known)}", lambda v: isinstance(v, str) and v in known)


NUMBER = Plain("a number", is_number)
SCORE = Maybe(NUMBER)  # null: the metric is not defined on these rows
COUNT = Plain("a count", lambda v: isinstance(v, int) and is_number(v) and 0 <= v < _MOST)
SECONDS = Plain("a number of seconds", lambda v: is_number(v) and 0 <= v < 1e10)
TEXT = Plain("text", lambda v: isinstance(v, str))
FLAG = Plain("true or false", lambda v: isinstance(v, bool))
SCALAR = Plain("a number or text", lambda v: is_number(v) or isinstance(v, str | bool))
ANYTHING = Plain("anything", lambda v: True)


def problem(value: Any, shape: Any, at: str = "") -> str:
    """The first place where a value is not as described, in half a sentence; empty where it is."""
    if isinstance(shape, Maybe):
        return "" if value is None else problem(value, shape.value, at)
    if isinstance(shape, Plain):
        return "" if shape.holds(value) else f"{at or 'it'} is {_told.repr(value)}, where {shape.words} belongs"
    if isinstance(shape, list):
        if not isinstance(value, list):
            return f"{at or 'it'} is {_told.repr(value)}, where a list belongs"
        return next((p for i, v in enumerate(value) if (p := problem(v, shape[0], f"{at}[{i}]"))), "")
    if not isinstance(value, dict):
        return f"{at or 'it'} is {_told.repr(value)}, where an object belongs"
    if isinstance(shape, MapOf):
        odd = next((name for name in value if not shape.names(name)), None)
        if odd is not None:
            return f"{at or 'it'} has the unknown name {_told.repr(odd)}"
        return next((p for k, v in value.items() if (p := problem(v, shape.each, _inside(at, k)))), "")
    return _of_object(value, shape, at)


def _of_object(value: Mapping[str, Any], shape: Mapping[str, Any], at: str) -> str:
    for key, each in shape.items():
        name = key.removesuffix("?")
        if name not in value:
            if not key.endswith("?"):
                return f"{at or 'it'} has no {name}"
        elif found := problem(value[name], each, _inside(at, name)):
            return found
    return ""


def _inside(at: str, name: str) -> str:
    return f"{at}.{name[:40]}" if at else name[:40]


def parse_json(content: bytes, shape: Any = ANYTHING, **options: Any) -> Any:
    """What JSON says: text that can be shown, numbers that are some, nested no deeper than ours, and all as `shape`
    describes. Raises ValueError with half a sentence."""
    try:
        value = json.loads(content.decode("utf-8"), **options)
    except UnicodeDecodeError as error:
        raise ValueError("it is no text") from error
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    except ValueError as error:
        raise ValueError("it is no JSON") from error
    if found := _unusable(value) or problem(value, shape):
        raise ValueError(found)
    return value


def _unusable(value: Any) -> str:
    """Why no page could show a value, whatever it is for."""
    todo = [(value, 0)]
    while todo:
        each, depth = todo.pop()
        if depth > _DEEPEST:
            return "it is nested too deeply"
        if isinstance(each, dict):
            todo += [(inside, depth + 1) for pair in each.items() for inside in pair]
        elif isinstance(each, list):
            todo += [(inside, depth + 1) for inside in each]
        elif isinstance(each, str):
            if not each.isascii() and each.encode(errors="replace").decode() != each:
                return "it holds half a character"
        elif isinstance(each, float) and not abs(each) < float("inf"):
            return "it holds a number that is none"
    return ""
