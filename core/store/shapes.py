"""What JSON must hold, described, by hand or by a declared type; and the one function that reads and compares.

A description is a `Plain` value, a dictionary (a key that ends in "?" may be missing, others are not looked at), a list
of one description, `MapOf` one under names of any kind, or `Maybe` one, else null.
"""

from __future__ import annotations

import json
import reprlib
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType, NoneType, UnionType
from typing import Annotated, Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

from core.contracts.plain import ANYTHING, COUNT, FLAG, NUMBER, TEXT, Member, Plain, one_of

_DEEPEST = 20
_shown = reprlib.Repr()
_shown.maxstring = _shown.maxother = _shown.maxlong = 40
_shown.maxlevel = _shown.maxlist = _shown.maxdict = 2


@dataclass(frozen=True, slots=True)
class MapOf:
    """Any number of values under names; `names` says which names may stand."""

    each: Any
    names: Callable[[str], bool] = bool


@dataclass(frozen=True, slots=True)
class Maybe:
    """Null, or the value."""

    value: Any


SCORE = Maybe(NUMBER)  # null: the metric is not defined on these rows
_PLAIN = {float: NUMBER, int: COUNT, bool: FLAG, str: TEXT, object: ANYTHING}


def shape_of(declared: Any, members: Mapping[str, Container[str]] = MappingProxyType({})) -> Any:
    """The description of a declared type, for files that hold such values: a typed dictionary, whose keys that may be
    missing may be so in a file, a list, a mapping, a literal, a union with None, or a plain value, annotated with what
    it must be where that is less than its type. members: of each registry that types name. Raises TypeError for any
    other type."""

    def inner(part: Any) -> Any:
        return shape_of(part, members)

    origin, parts = get_origin(declared), get_args(declared)
    if is_typeddict(declared):
        hints = get_type_hints(declared, include_extras=True)
        return {_key(declared, name, hint): inner(hint) for name, hint in hints.items()}
    if origin is NotRequired:
        return inner(parts[0])
    if origin is Annotated:
        return _annotated(parts, members)
    if origin is Literal:
        return one_of(*parts)
    if origin is list:
        return [inner(parts[0])]
    if origin is dict:
        names = inner(parts[0])
        return MapOf(inner(parts[1])) if names is TEXT else MapOf(inner(parts[1]), names.holds)
    if origin in (UnionType, Union) and len(parts) == 2 and parts[1] is NoneType:
        return Maybe(inner(parts[0]))
    if declared in _PLAIN:
        return _PLAIN[declared]
    raise TypeError(f"A file holds no {declared}.")


def _key(declared: Any, name: str, hint: Any) -> str:
    return f"{name}?" if get_origin(hint) is NotRequired or name in declared.__optional_keys__ else name


def _annotated(parts: Sequence[Any], members: Mapping[str, Container[str]]) -> Plain:
    mark = parts[1]
    if isinstance(mark, Member):
        known = members[mark.of]
        return Plain(f"the name of a {mark.of}", lambda v: isinstance(v, str) and v in known)
    if isinstance(mark, Plain):
        return mark
    raise TypeError(f"A file's value is annotated with what it must be; {parts[0]} is annotated with {mark}.")


def problem(value: Any, shape: Any, at: str = "") -> str:
    """The first place where a value is not as described, in half a sentence; empty where it is."""
    if isinstance(shape, Maybe):
        return "" if value is None else problem(value, shape.value, at)
    if isinstance(shape, Plain):
        return "" if shape.holds(value) else f"{at or 'it'} is {_shown.repr(value)}, where {shape.words} belongs"
    if isinstance(shape, list):
        if not isinstance(value, list):
            return f"{at or 'it'} is {_shown.repr(value)}, where a list belongs"
        return next((p for i, v in enumerate(value) if (p := problem(v, shape[0], f"{at}[{i}]"))), "")
    if not isinstance(value, dict):
        return f"{at or 'it'} is {_shown.repr(value)}, where an object belongs"
    if isinstance(shape, MapOf):
        odd = next((name for name in value if not shape.names(name)), None)
        if odd is not None:
            return f"{at or 'it'} has the unknown name {_shown.repr(odd)}"
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
