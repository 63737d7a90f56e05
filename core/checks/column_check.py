"""One column of a table: is it of one type, finite, filled? Gives it back as numbers or text."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from io import BytesIO
from typing import TYPE_CHECKING, Any

from core.errors import UserError
from core.formatting.messages import capital, message
from core.formatting.numbers import count, exact, in_full

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_ROWS_NAMED = 5
LARGEST = 3.4e38  # what a number of 32 bits holds: networks compute in them
_MOST_OF_A_VALUE = 40
_TEXT, _OTHERS = "text", "other things"
_ONE_TYPE = {"string": _TEXT, "bytes": "bytes"} | dict.fromkeys(
    ("integer", "floating", "mixed-integer-float", "decimal", "boolean"), "numbers"
)
_MAY_BE_MISSING = {"boolean", "Float32", "Float64"} | {f"{i}{n}" for i in ("Int", "UInt") for n in (8, 16, 32, 64)}
_TIMES = ("datetime64", "datetime", "date", "timedelta64", "timedelta", "time", "period")


def rows_of(wrong: np.ndarray) -> str:
    """Which rows, in words: 'row 7', or '40 rows (the first: 3, 7, 8, 12, 20)'."""
    import numpy as np

    found = np.flatnonzero(wrong)
    if len(found) == 1:
        return message("row {row}", row=int(found[0]))
    first = ", ".join(str(row) for row in found[:_ROWS_NAMED])
    if len(found) <= _ROWS_NAMED:
        return message("{count} rows ({rows})", count=count(len(found)), rows=first)
    return message("{count} rows (the first: {rows})", count=count(len(found)), rows=first)


def shown(value: Any) -> str:
    """A cell as a sentence shows it, cut short."""
    text = exact(value) if isinstance(value, float) else str(value)
    text = f"{text[: _MOST_OF_A_VALUE - 1]}…" if len(text) > _MOST_OF_A_VALUE else text
    return f"“{text}”" if isinstance(value, str) else text


def type_of(values: pd.Series) -> str:
    """What the values that are there are: text, numbers, times, bytes, nothing, mixed, or other things."""
    import pandas as pd

    if isinstance(values.dtype, pd.CategoricalDtype):
        values = values.cat.remove_unused_categories().cat.categories.to_series()
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
    import numpy as np

    rows = np.flatnonzero(values.notna().to_numpy())
    cells = values.astype(object).to_numpy()
    kinds = np.array([_kind(cells[row]) for row in rows], dtype=object)
    most, *rest = Counter(kinds.tolist()).most_common()
    other = rest[0][0]
    first = {kind: cells[rows[kinds == kind][0]] for kind in (most[0], other)}
    odd = np.zeros(len(values), dtype=bool)
    odd[rows[kinds == other]] = True
    raise UserError(
        "A column holds one type; {what} holds {most} ({example}) and, in {rows}, {other} ({example_2}). "
        "Bring all of its values to one type, or leave those rows out.",
        what=what,
        most=message(most[0]),
        example=shown(first[most[0]]),
        rows=rows_of(odd),
        other=message(other),
        example_2=shown(first[other]),
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
            "{what} must hold numbers; it holds {found}, such as {example} in {rows}. {instead}",
            what=capital(what),
            found=message(found),
            example=shown(example),
            rows=rows_of(values.notna().to_numpy()),
            instead=instead,
        )
    if found == "nothing":
        numbers = np.full(len(values), np.nan)
    else:
        plain = values if values.dtype.kind in "fiub" else values.astype(object)
        numbers = plain.to_numpy(dtype=np.float64, na_value=np.nan)
    missing = np.isnan(numbers)
    with np.errstate(invalid="ignore"):
        endless = np.abs(numbers) > LARGEST
    if endless.any():
        worst = numbers[endless][0]
        if math.isinf(worst):
            raise UserError(
                "Numbers are finite; {what} is infinite in {rows}. A division by zero is the usual cause: leave the "
                "cell empty, or give it a value that makes sense.",
                what=what,
                rows=rows_of(endless),
            )
        raise UserError(
            "Numbers are finite; {what} is {value}, more than 32 bits hold, in {rows}. Give it in a larger unit.",
            what=what,
            value=in_full(worst),
            rows=rows_of(endless),
        )
    if missing.any() and not may_miss:
        raise UserError(
            "{what} must have a value in every row; it is missing in {rows}. Fill it, or leave "
            "those rows out of the examples.",
            what=capital(what),
            rows=rows_of(missing),
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
            "A category is text, a number or a yes and no; {what} holds {others}, such as {example} in "
            "{rows}. Give it a name a value.",
            what=what,
            others=message(_OTHERS),
            example=shown(values.dropna().iloc[0]),
            rows=rows_of(values.notna().to_numpy()),
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
        raise UserError(
            "{rule}; {what} is {value} in {rows}. {advice}",
            rule=rule,
            what=what,
            value=in_full(numbers[wrong][0]),
            rows=rows_of(wrong),
            advice=advice,
        )


def must_be_kept(what: str, values: pd.Series) -> None:
    """Raises UserError for a column of several types, or of one that parquet cannot hold: also those that nothing is
    learned from are kept as parquet."""
    import pandas as pd

    found = type_of(values)
    if found == "mixed":
        refuse_mixed(what, values)
    if found == "text" or _is_plain(values.dtype):
        return
    try:
        pd.DataFrame({"column": values}).to_parquet(BytesIO())
    except (TypeError, ValueError, OverflowError, NotImplementedError) as error:
        things = message(_OTHERS)
        if found not in (_OTHERS, "nothing"):
            things = message("{things} as {type}", things=message(found), type=str(values.dtype))
        present = values[values.notna().to_numpy()]
        if len(present):
            things = message(
                "{things}, such as {example} in {rows}",
                things=things,
                example=shown(present.iloc[0]),
                rows=rows_of(values.notna().to_numpy()),
            )
        raise UserError(
            "A column holds one type that parquet can keep: text, numbers, times; {what} holds "
            "{things}. Turn it into text, or into plain numbers.",
            what=what,
            things=things,
        ) from error


def _is_plain(of: Any) -> bool:
    """Whether parquet keeps every column of this type. Of the others it keeps some, and only trying tells."""
    import numpy as np
    import pandas as pd

    if isinstance(of, np.dtype):
        return of.kind in "biuM" or of in (np.float32, np.float64)
    return isinstance(of, pd.DatetimeTZDtype) or of.name in _MAY_BE_MISSING


def must_be_named(name: str, found: Any, field: str, where: str) -> None:
    """Raises UserError for a name in a task's field that is none of those that are there."""
    if name not in found:
        raise UserError(
            "`{field}` names one of {where}; {name!r} is none of them. Mend the name in the task.",
            field=field,
            where=where,
            name=name,
        )
