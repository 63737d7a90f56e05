"""What a declaration must be before anybody reads it: of its class, well named, its parts of their types."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from numbers import Integral, Real
from typing import Any

from core.formatting.messages import message
from core.formatting.text import plain

_PART = r"[A-Za-z][A-Za-z0-9_]{0,59}"
# Only what an annotation says in one word is looked at; the rest is met where it is used.
_TYPES: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "bool": (bool,),
    "int": (Integral,),
    "float": (Real,),
    "str | None": (str, type(None)),
}


def wrong(member: Any, what: str, kind: type | None, parts: int) -> str | None:
    """What is wrong with it, as the end of a sentence; None where nothing is. parts: of its name, set apart by '/'."""
    name = getattr(member, "name", None)
    if not isinstance(name, str) or (kind is not None and not isinstance(member, kind)):
        return message("must be a declared {what}; it is a {type}", what=message(what), type=type(member).__name__)
    if not re.fullmatch("/".join([_PART] * parts), name):
        if parts > 1:
            return message(
                "must have a name of letters, digits and underscores that begins with a letter, industry and use case "
                "set apart by one slash; it is called {name!r}",
                name=plain(name),
            )
        return message(
            "must have a name of letters, digits and underscores that begins with a letter; it is called {name!r}",
            name=plain(name),
        )
    found = next(_wrong_types(member, type(member).__name__), None)
    return message("must have parts of their types; {found}", found=found) if found else None


def _wrong_types(value: Any, place: str) -> Any:
    """Yields 'UseCase.title is a NoneType, and should be a str', for every dataclass in it."""
    if isinstance(value, tuple | list):
        for number, one in enumerate(value):
            yield from _wrong_types(one, f"{place}[{number}]")
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield from _wrong_types(one, f"{place}[{plain(key)}]")
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            one = getattr(value, field.name, None)
            at = f"{place}.{field.name}"
            if str(field.type) in _TYPES:
                if not isinstance(one, _TYPES[str(field.type)]):
                    found = {"place": at, "type": type(one).__name__, "wanted": field.type}
                    yield message("{place} is a {type}, and should be a {wanted}", **found)
            elif one is None and str(field.type).endswith("| None"):
                continue
            elif str(field.type).startswith("tuple[") and not isinstance(one, tuple | list):
                found = {"place": at, "type": type(one).__name__, "wanted": "tuple"}
                yield message("{place} is a {type}, and should be a {wanted}", **found)
            else:
                yield from _wrong_types(one, at)
