"""Columns of each kind, and the features of a table in the types that its columns declare."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.contracts import Column, ColumnKind
from core.errors import UserError

if TYPE_CHECKING:
    import pandas as pd


def number(name: str, label: str, unit: str = "", help: str = "") -> Column:
    """A number; missing ones may stay missing."""
    return Column(name=name, label=label, unit=unit, help=help)


def binary(name: str, label: str, help: str = "") -> Column:
    """Yes or no, as 1 and 0; missing ones may stay missing."""
    return Column(name=name, label=label, kind=ColumnKind.BINARY, help=help)


def category(name: str, label: str, unit: str = "", help: str = "") -> Column:
    """One of several names."""
    return Column(name=name, label=label, unit=unit, kind=ColumnKind.CATEGORY, help=help)


def typed_features(table: pd.DataFrame, columns: Sequence[Column], *, missing: str | None = None) -> pd.DataFrame:
    """The declared columns of a table (N, F), in their order: categories as objects, all others as float. missing: the
    name of a category that is not known; None leaves it missing. Raises UserError for a column that is not there."""
    lacking = [column.name for column in columns if column.name not in table.columns]
    if lacking:
        raise UserError(
            "Every declared column is made in `examples`; the table has no {names}. Make it, or declare it no more.",
            names=", ".join(map(repr, lacking)),
        )
    features = table[[column.name for column in columns]].copy()
    for column in columns:
        values = features[column.name]
        if column.kind is not ColumnKind.CATEGORY:
            features[column.name] = values.astype(float)
        elif missing is None:
            features[column.name] = values.astype(object)
        else:
            features[column.name] = values.astype(object).where(values.notna(), missing)
    return features
