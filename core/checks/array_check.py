"""Arrays and histories beside the table of examples: shapes as declared, values that a network can read."""

from __future__ import annotations

from typing import Any

from core.checks.column_check import LARGEST, rows_of
from core.contracts import ArrayInput, InputKind, Series
from core.errors import UserError
from core.formatting.numbers import count


def check_array(array: ArrayInput, values: Any, rows: int) -> None:
    """An array as it is declared, with values that a network can read; only a series has gaps. Raises UserError."""
    import numpy as np

    shape = (rows, *array.shape)
    if not isinstance(values, np.ndarray) or values.shape != shape or values.dtype.kind not in "iuf":
        raise UserError(
            "Each example has its declared arrays: {name!r} is a NumPy array of numbers of shape {shape}; the examples "
            "hold {has}. Mend the declaration, or `arrays` of the examples.",
            name=array.name,
            shape=str(shape),
            has=f"{values.dtype} {values.shape}" if isinstance(values, np.ndarray) else type(values).__name__,
        )
    if array.kind is InputKind.TOKENS:
        most = len(array.vocabulary)
        if values.dtype.kind == "f" or values.min() < 0 or values.max() > most:
            raise UserError(
                "Tokens are whole numbers from 0, no token, to {most}, the last of the vocabulary; {name!r} holds "
                "others. Number the tokens in the order of the vocabulary, from 1.",
                most=most,
                name=array.name,
            )
    elif (abs(values) > LARGEST).any() or (array.kind is not InputKind.SERIES and np.isnan(values).any()):
        raise UserError(
            "Arrays hold finite numbers of 32 bits, and a series alone may have gaps; {name!r} holds others. Mend "
            "them, or leave those rows out.",
            name=array.name,
        )


def check_series(series: Series, rows: int) -> None:
    """Histories that every example lies in, with something to go on from; raises UserError."""
    import numpy as np

    values = series.values
    if values.ndim != 2 or any(len(part) != rows for part in (series.which, series.origin, series.horizon)):
        raise UserError(
            "Series are a table, a series a row, with which, origin and horizon for each of the {rows} "
            "examples; these have {ndim} dimension(s) and {which}, {origin} and {horizon} rows. Build them "
            "from the same rows.",
            rows=count(rows),
            ndim=values.ndim,
            which=count(len(series.which)),
            origin=count(len(series.origin)),
            horizon=count(len(series.horizon)),
        )
    if series.period < 1:
        raise UserError(
            "A season has at least one step; `period` is {period}. Give 7 for days of a week.", period=series.period
        )
    if (endless := np.isinf(values).any(axis=1)).any():
        raise UserError(
            "Histories are finite; the series in {rows} of them are infinite. Mend their values.", rows=rows_of(endless)
        )
    outside = (series.which < 0) | (series.which >= len(values)) | (series.origin < 0) | (series.horizon < 1)
    outside |= series.origin + series.horizon >= values.shape[1]
    if outside.any():
        raise UserError(
            "A forecast lies within its history, which has {shape} steps; in {rows} the origin or the "
            "moment that is forecast lies outside. Lengthen the history, or leave those rows out.",
            shape=count(values.shape[1]),
            rows=rows_of(outside),
        )
    known = np.cumsum(~np.isnan(values), axis=1)
    nothing = known[series.which, series.origin] == 0
    if nothing.any():
        raise UserError(
            "A forecast has a value to go on from; in {rows} the series has none up to its origin. The "
            "window before the origin is longer than the series: leave those rows out, or begin later.",
            rows=rows_of(nothing),
        )
