"""One column of a table: is it of one type, finite, filled? Gives it back as numbers or text. Knows no use case."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from core.errors import UserError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_ROWS_NAMED = 5
_LARGEST = 3.4e38  # what a number of 32 bits holds: networks compute in them
_MOST_OF_A_VALUE = 40
_TEXT, _OTHERS = "text", "other things"
_ONE_TYPE = {"string": _TEXT, "bytes": "bytes"} | dict.fromkeys(
    ("integer", "floating", "mixed-integer-float", "decimal", "boolean"), "numbers"
)
_TIMES = ("datetime64", "datetime", "date", "timedelta64", "timedelta", "time", "period")


def rows_of(wrong: np.ndarray) -> str:
    """Which rows, in words: 'row 7', or '40 rows (the first: 3, 7, 8, 12, 20)'."""
    import numpy as np

    found = np.flatnonzero(wrong)
    if len(found) == 1:
        return f"row {found[0]}"
    first = ", ".join(str(row) for row in found[:_ROWS_NAMED])
    return f"{len(found):,} rows ({'' if len(found) <= _ROWS_NAMED else 'the first: '}{first})"


def shown(value: Any) -> str:
    """A cell as a sentence shows it, cut short."""
    text = f"{value:g}" if isinstance(value, float) else str(value)
    text = f"{text[: _MOST_OF_A_VALUE - 1]}…" if len(text) > _MOST_OF_A_VALUE else text
    return f"“{text}”" if isinstance(value, str) else text


def type_of(values: pd.Series) -> str:
    """What the values that are there are: text, numbers, times, bytes, nothing, mixed, or other things."""
    import pandas as pd

    if isinstance(values.dtype, pd.CategoricalDtype):
        values = values.cat.categories.to_series()
    if pd.api.types.is_complex_dtype(values.dtype):
        return _OTHERS
    if pd.api.types.is_numeric_dtype(values.dtype):
        return "numbers" if values.notna().any() else "nothing"
    found = pd.api.types.infer_dtype(values, skipna=True)
    if found in _TIMES:
        return "times" if values.notna().any() else "nothing"
    if found == "empty":
        return "nothing"
    if found in _ONE_TYPE:
        return _ONE_TYPE[found]
    kinds = {_kind(v) for v in values.dropna()}
    return kinds.pop() if len(kinds) == 1 else "mixed" if _TEXT in kinds or "numbers" in kinds else _OTHERS


def _kind(value: object) -> str:
    import datetime
    import numbers
    from decimal import Decimal

    if isinstance(value, str):
        return _TEXT
    if isinstance(value, numbers.Real | Decimal):
        return "numbers"
    return "times" if isinstance(value, datetime.date | datetime.timedelta) else _OTHERS


def refuse_mixed(what: str, values: pd.Series) -> None:
    """Raises UserError where text and numbers, or other things, stand in one column; naming both and their rows."""
    kinds = values.dropna().map(_kind)
    most = kinds.value_counts().index[0]
    other = next(kind for kind in kinds.unique() if kind != most)
    first = {kind: values[kinds.index[kinds == kind][0]] for kind in (most, other)}
    odd = (values.map(_kind) == other).to_numpy() & values.notna().to_numpy()
    raise UserError(
        f"A column holds one type; {what} holds {most} ({shown(first[most])}) and, in {rows_of(odd)}, {other} "
        f"({shown(first[other])}). Bring all of its values to one type, or leave those rows out."
    )


def as_numbers(what: str, values: pd.Series, *, may_miss: bool, instead: str) -> np.ndarray:
    """A column as 64-bit floats, NaN where missing; raises UserError for text, times, infinity, and missing values that
    may not be. instead: what to do with one that holds no numbers."""
    import numpy as np

    found = type_of(values)
    if found == "mixed":
        refuse_mixed(what, values)
    if found not in ("numbers", "nothing"):
        example = values.dropna().iloc[0]
        raise UserError(
            f"{what[:1].upper()}{what[1:]} must hold numbers; it holds {found}, such as {shown(example)} in "
            f"{rows_of(values.notna().to_numpy())}. {instead}"
        )
    if found == "nothing":
        numbers = np.full(len(values), np.nan)
    else:
        plain = values if values.dtype.kind in "fiub" else values.astype(object)
        numbers = plain.to_numpy(dtype=np.float64, na_value=np.nan)
    missing = np.isnan(numbers)
    with np.errstate(invalid="ignore"):
        endless = np.abs(numbers) > _LARGEST
    if endless.any():
        worst = numbers[endless][0]
        is_, advice = f"{worst:g}, more than 32 bits hold,", "Give it in a larger unit."
        if math.isinf(worst):
            is_ = "infinite"
            advice = "A division by zero is the usual cause: leave the cell empty, or give it a value that makes sense."
        raise UserError(f"Numbers are finite; {what} is {is_} in {rows_of(endless)}. {advice}")
    if missing.any() and not may_miss:
        raise UserError(
            f"{what[:1].upper()}{what[1:]} must have a value in every row; it is missing in {rows_of(missing)}. Fill "
            "it, or leave those rows out of the examples."
        )
    return numbers


def as_category(what: str, values: pd.Series) -> pd.Series:
    """A category as text, None where missing; raises UserError for text beside numbers, and for values such as lists.
    What is text already stays as it is."""
    found = type_of(values)
    if found == "mixed":
        refuse_mixed(what, values)
    if found in (_OTHERS, "bytes"):
        raise UserError(
            f"A category is text, a number or a yes and no; {what} holds {_OTHERS}, such as "
            f"{shown(values.dropna().iloc[0])} in {rows_of(values.notna().to_numpy())}. Give it a name a value."
        )
    missing = values.isna()
    if found == _TEXT and not missing.any() and values.dtype.name in ("str", "object"):
        return values
    text = values.astype(object).where(~missing, None)
    return text.map(str, na_action="ignore") if found != _TEXT else text


def must_be(what: str, numbers: np.ndarray, holds: Callable[[np.ndarray], np.ndarray], rule: str, advice: str) -> None:
    """Raises UserError with the rule, the rows that break it, and what one of them holds."""
    import numpy as np

    wrong = ~holds(numbers) & ~np.isnan(numbers)
    if wrong.any():
        raise UserError(f"{rule}; {what} is {numbers[wrong][0]:g} in {rows_of(wrong)}. {advice}")
