"""What a request asks about, read into the table and arrays that networks know; every fault is told in a sentence."""

from __future__ import annotations

import base64
import binascii
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from core.answering.texts import typed
from core.contracts import ArrayInput, Column, ColumnKind, InputKind, UseCase
from core.errors import UnknownNameError, UserError
from core.formatting.numbers import count
from core.texts.words import points_of

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_BYTES = 16_000_000
MOST_ROWS, MOST_FILES = 1000, 16  # rows of a request; of those with a picture or sound, which are decoded one by one


def rows_in(content: bytes, use_case: UseCase) -> list[Mapping[str, Any]]:
    """The rows of a request's body, as they came. Raises UserError where it is none."""
    if len(content) > MOST_BYTES:
        raise UserError(
            "A request has at most {most} bytes; this one has {size}. Ask about fewer rows at a time.",
            most=count(MOST_BYTES),
            size=count(len(content)),
        )
    try:
        body = json.loads(content, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise UserError("The body is no valid JSON. Send an object like {example}.", example=_EXAMPLE) from error
    if not isinstance(body, dict) or set(body) != {"rows"} or not isinstance(body["rows"], list):
        raise UserError('The body is an object with "rows" alone, a list. Send one like {example}.', example=_EXAMPLE)
    rows, most = body["rows"], MOST_FILES if any(_is_file(a) for a in use_case.arrays) else MOST_ROWS
    if not 1 <= len(rows) <= most:
        raise UserError(
            "A request asks about 1 to {most} rows; this one has {rows}.", most=count(most), rows=count(len(rows))
        )
    for place, row in enumerate(rows):
        if not isinstance(row, dict):
            raise UserError("rows[{place}] is no object of features by name.", place=place)
    return rows


_EXAMPLE = '{"rows": [{"feature": 1.0}]}'


def _no_number(name: str) -> float:
    raise ValueError(name)


@dataclass(frozen=True, slots=True)
class Asked:
    """What one request asks about: its rows as they came, their features by column, N values each, and their arrays by
    name, (N, ...)."""

    rows: Sequence[Mapping[str, Any]]
    features: Mapping[str, list[Any]]
    arrays: Mapping[str, np.ndarray]

    @classmethod
    def of(cls, content: bytes, use_case: UseCase) -> Asked:
        """Of a request's body. Raises UserError."""
        rows = rows_in(content, use_case)
        return cls(rows, features_of(rows, use_case), arrays_of(rows, use_case))


def together(asked: Sequence[Asked]) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
    """Several requests, of the same use case, as one table and its arrays."""
    first, count_of_all = asked[0], sum(len(one.rows) for one in asked)
    columns = {name: list(chain.from_iterable(one.features[name] for one in asked)) for name in first.features}
    arrays = {name: np.concatenate([one.arrays[name] for one in asked]) for name in first.arrays}
    return pd.DataFrame(columns, index=range(count_of_all)), arrays


def features_of(rows: Sequence[Mapping[str, Any]], use_case: UseCase) -> dict[str, list[Any]]:
    """The features by column; what is null or left out is missing. Raises UserError for any other name or type."""
    known = [c.name for c in use_case.columns] + [a.name for a in use_case.arrays]
    for name in _names(rows):
        if name not in known:
            raise UnknownNameError("feature", name, known)
    return {
        column.name: [_value(column, row.get(column.name), place) for place, row in enumerate(rows)]
        for column in use_case.columns
    }


def _names(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    return list(dict.fromkeys(str(name) for row in rows for name in row))


def _value(column: Column, value: Any, place: int) -> Any:
    if column.kind is ColumnKind.CATEGORY:
        if value is None or isinstance(value, str | int):
            return None if value is None else str(value)
        raise UserError(
            "rows[{place}]: {column!r} is a name in quotes, or null; {value!r:.40} is neither.",
            place=place,
            column=column.name,
            value=value,
        )
    if value is None:
        return math.nan
    if column.kind is ColumnKind.BINARY and value in (0, 1):
        return float(value)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if column.kind is ColumnKind.NUMERIC and is_number and abs(value) < _TOO_LARGE:
        return float(value)
    raise UserError(
        "rows[{place}]: {column!r} is {what}, or null; {value!r:.40} is neither.",
        place=place,
        column=column.name,
        what="0 or 1" if column.kind is ColumnKind.BINARY else "a finite number",
        value=value,
    )


_TOO_LARGE = 1e300


def arrays_of(rows: Sequence[Mapping[str, Any]], use_case: UseCase) -> dict[str, np.ndarray]:
    """The arrays beside the table, (N, ...) each. Raises UserError where a row lacks one or has another shape."""
    return {
        array.name: np.stack([_array(array, row.get(array.name), place) for place, row in enumerate(rows)])
        for array in use_case.arrays
    }


def _is_file(array: ArrayInput) -> bool:
    return array.kind is InputKind.IMAGE or array.mel is not None


def _array(array: ArrayInput, value: Any, place: int) -> np.ndarray:
    if _is_file(array):
        return _decoded(array, value, place)
    if array.pieces:
        try:
            return points_of([typed(value)], array.shape[0])[0]
        except UserError as error:
            raise UserError("rows[{place}]: {why}", place=place, why=str(error)) from error
    try:
        found = np.asarray(value, dtype=np.float64)
    except (ValueError, TypeError):
        found = np.empty(0)
    if found.shape != array.shape or not np.isfinite(found).all():
        raise UserError(
            "rows[{place}]: {name!r} is a list of numbers of the shape {shape}.",
            place=place,
            name=array.name,
            shape=" x ".join(map(str, array.shape)),
        )
    return found


def _decoded(array: ArrayInput, value: Any, place: int) -> np.ndarray:
    from core.answering.own_picture import pixels_of
    from core.answering.own_sound import samples_of

    what = "WAV" if array.mel else "PNG or JPEG"
    if not isinstance(value, str):
        raise UserError("rows[{place}]: {name!r} is a {what} file, in base64.", place=place, name=array.name, what=what)
    try:
        content = base64.b64decode(value.encode("ascii"), validate=True)
        return samples_of(content, array) if array.mel else pixels_of(content, array.shape)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise UserError("rows[{place}]: {name!r} is no valid base64.", place=place, name=array.name) from error
    except UserError as error:
        raise UserError("rows[{place}]: {why}", place=place, why=str(error)) from error
