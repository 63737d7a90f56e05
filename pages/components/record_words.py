"""A record in words: the features under their labels, and of the info what is not among the features already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from core import numbers
from core.contracts import UseCase


def row_of(use_case: UseCase, record: Mapping[str, Any], *, with_target: bool = False) -> dict[str, Any]:
    """Label -> value of one record: info, target where it is asked for, features."""
    target = record["target"].items() if with_target else ()
    labels = {c.name: numbers.labelled(c.label, c.unit) for c in use_case.columns}
    features = ((labels[name], value) for name, value in record["features"].items())
    told = [*info_of(use_case, record).items(), *((words(name), value) for name, value in target), *features]
    return distinct((label, numbers.rounded(value)) for label, value in told)


def info_of(use_case: UseCase, record: Mapping[str, Any]) -> dict[str, Any]:
    """Label -> value of a record's info; a feature that stands there too is shown among the features alone."""
    features = {c.name for c in use_case.columns}
    return distinct((words(name), value) for name, value in record["info"].items() if name not in features)


def words(name: str) -> str:
    """A column's name as people write it: 'order_id' -> 'Order id'."""
    spoken = str(name).replace("_", " ").strip()
    return spoken[:1].upper() + spoken[1:]


def distinct(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """The pairs as a dictionary; a second one of the same label is numbered, so that it does not replace the first."""
    found: dict[str, Any] = {}
    for label, value in pairs:
        name, count = label, 2
        while name in found:
            name, count = f"{label} ({count})", count + 1
        found[name] = value
    return found
