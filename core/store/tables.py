"""The held-out predictions of a run and the rows that they are of, read from its parquet files and compared with one
another. Refuses tables that do not belong together."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

LABELS = ("row", "part", "source", "member")
_PARTS = {"test", "validation"}


def read_tables(read: Callable[[str], bytes]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Predictions (row, part, source, member, outputs) and rows (row, part, target.*, info.*), in the same order for
    every source. read: a file's content by its name. Raises OSError and ValueError."""
    predictions, rows = (_table(read(name)) for name in ("predictions.parquet", "held_out.parquet"))
    problem = _problem_of_rows(rows) or _problem_of_predictions(predictions, rows)
    if problem:
        raise ValueError(problem)
    return predictions, rows


def _table(content: bytes) -> pd.DataFrame:
    """Raises ValueError for whatever pyarrow finds wrong in the bytes of a damaged file."""
    import pandas as pd

    try:
        return pd.read_parquet(io.BytesIO(content))
    except (OSError, ValueError, TypeError, KeyError, IndexError, RuntimeError, NotImplementedError, MemoryError) as e:
        raise ValueError("its table cannot be read") from e


def _problem_of_rows(rows: pd.DataFrame) -> str:
    from pandas.api.types import is_integer_dtype

    lacking = [name for name in ("row", "part") if name not in rows]
    if lacking or not any(str(name).startswith("target.") for name in rows):
        return f"the held-out rows have no {', '.join(lacking) or 'target'}"
    if set(rows["part"]) != _PARTS or not is_integer_dtype(rows["row"]) or (rows["row"] < 0).any():
        return "the held-out rows are not numbered rows of a test and a validation part"
    targets = [name for name in rows if str(name).startswith("target.")]
    return next((f"{name} holds what is no number" for name in targets if not _are_numbers(rows[name])), "")


def _problem_of_predictions(predictions: pd.DataFrame, rows: pd.DataFrame) -> str:
    lacking = [name for name in LABELS if name not in predictions]
    outputs = [name for name in predictions if name not in LABELS]
    if lacking or not outputs:
        return f"the predictions have no {', '.join(lacking) or 'output'}"
    if not all(_are_numbers(predictions[name]) for name in (*outputs, "row", "member")):
        return "a prediction is no number"
    if not {"network"} <= set(predictions["source"]) or not set(predictions["part"]) <= _PARTS:
        return "the predictions are not the network's, of a test and a validation part"
    asked = {part: rows.loc[rows["part"] == part, "row"].to_numpy() for part in _PARTS}
    found = predictions.groupby(["source", "part", "member"], sort=False)["row"]
    sets: dict[str, set[str]] = {}
    for labels, ids in found:
        source, part = str(labels[0]), str(labels[1])
        sets.setdefault(source, set()).add(part)
        if len(ids) != len(asked[part]) or (ids.to_numpy() != asked[part]).any():
            return f"the predictions of {source[:40]} are of other rows"
    return next((f"{source[:40]} has no predictions of a part" for source in sets if sets[source] != _PARTS), "")


def _are_numbers(values: pd.Series) -> bool:
    import numpy as np
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    return bool((is_numeric_dtype(values) or is_bool_dtype(values)) and np.isfinite(values.to_numpy(dtype=float)).all())
