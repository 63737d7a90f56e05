"""A record in words: the features under their labels, and of the info what is not among the features already."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from core.contracts import Column, ColumnKind, UseCase
from core.contracts.answers import ColumnProfile, OutcomeGroup, Record, Values
from core.formatting import numbers, units
from core.formatting.text import _

_DAYS = "days"


def rows_of(use_case: UseCase, records: Sequence[Record]) -> list[Values]:
    """Label -> value of each record: info, features."""
    columns = {c.name: c for c in use_case.columns}
    known, rows = _repeated(records), []
    for record in records:
        told = _beside(use_case, record, known)
        told += [
            (label(columns[name]), _answered(use_case, columns[name], v)) for name, v in record["features"].items()
        ]
        rows.append(distinct(told))
    return rows


def label(column: Column) -> str:
    """A feature's name with its unit."""
    return _(numbers.labelled(column.label, "" if units.is_clock(column.unit) else column.unit))


def _answered(use_case: UseCase, column: Column, value: object) -> object:
    """A value of a column as people say it: yes or no, a clock's time, a name, what it means that there is none."""
    if numbers.is_missing(value):
        return _(use_case.missing[column.name]) if column.name in use_case.missing else None
    if column.kind is ColumnKind.BINARY and value in (0, 1):
        return _("yes") if value else _("no")
    if isinstance(value, str):
        return _(use_case.named(value))
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    if units.is_clock(column.unit):
        return units.clock(value)
    return _days(float(value)) if column.unit == _DAYS else numbers.rounded(value)


def _days(value: float) -> float:
    """Days with two decimals: seconds of them say nothing. What is not nothing has a digit that counts."""
    return round(value, 2) or (numbers.rough(value) if value else 0.0)


def _beside(use_case: UseCase, record: Record, known: Collection[str]) -> list[tuple[str, object]]:
    """Label and value of each info column that is no feature already, and is to be shown."""
    declared = {column.name: column for column in use_case.beside}
    found: list[tuple[str, object]] = []
    for name, value in record["info"].items():
        column = declared.get(name, Column(name=name, label=words(name)))
        if name not in known and column.label:
            found.append((label(column), _answered(use_case, column, value)))
    return found


def info_of(use_case: UseCase, record: Record) -> Values:
    """Label -> value of a record's info."""
    return distinct(_beside(use_case, record, _repeated([record])))


def profile_in_words(use_case: UseCase, profile: ColumnProfile) -> ColumnProfile:
    """A column's profile with its names as people write them, and with what it means that there is no value."""
    told: ColumnProfile = {**profile}
    if "categories" in profile:
        told["categories"] = {_(use_case.named(name)): rows for name, rows in profile["categories"].items()}
    if "groups" in profile:
        told["groups"] = [_group(use_case, profile["name"], group) for group in profile["groups"]]
    return told


def _group(use_case: UseCase, column: str, group: OutcomeGroup) -> OutcomeGroup:
    told: OutcomeGroup = {**group}
    if "name" in group:
        told["name"] = _(use_case.named(group["name"]))
    if group.get("missing") and column in use_case.missing:
        told["said"] = use_case.missing[column]
    return told


def _repeated(records: Sequence[Record]) -> set[str]:
    """Info that is a feature of the same name and value in each of them: it is shown among the features, labelled."""
    names = {name for record in records for name in record["info"]}
    return {n for n in names if all(n in r["features"] and r["features"][n] == r["info"].get(n) for r in records)}


def words(name: str) -> str:
    """A column's name as people write it: 'order_id' -> 'Order id'."""
    spoken = str(name).replace("_", " ").strip()
    return spoken[:1].upper() + spoken[1:]


def distinct(pairs: Iterable[tuple[str, object]]) -> Values:
    """The pairs as a dictionary; a second one of the same label is numbered, so that it does not replace the first."""
    found: Values = {}
    for label, value in pairs:
        name, count = label, 2
        while name in found:
            name, count = f"{label} ({count})", count + 1
        found[name] = value
    return found
