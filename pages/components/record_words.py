"""A record in words: the features under their labels, and of the info what is not among the features already."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from core.contracts import Column, ColumnKind, UseCase
from core.contracts.answers import Record, Values
from core.formatting import numbers
from core.formatting.text import _


def rows_of(use_case: UseCase, records: Sequence[Record]) -> list[Values]:
    """Label -> value of each record: info, features."""
    columns = {c.name: c for c in use_case.columns}
    known, rows = _repeated(records), []
    for record in records:
        told = [(words(name), value) for name, value in record["info"].items() if name not in known]
        told += [(label(columns[name]), _answered(columns[name], v)) for name, v in record["features"].items()]
        rows.append(distinct((said, numbers.rounded(value)) for said, value in told))
    return rows


def label(column: Column) -> str:
    """A feature's name with its unit."""
    return _(numbers.labelled(column.label, column.unit))


def _answered(column: Column, value: object) -> object:
    """What is asked with yes or no, answered so."""
    if column.kind is not ColumnKind.BINARY or value not in (0, 1):
        return value
    return _("yes") if value else _("no")


def info_of(record: Record) -> Values:
    """Label -> value of a record's info."""
    known = _repeated([record])
    return distinct((words(name), value) for name, value in record["info"].items() if name not in known)


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
