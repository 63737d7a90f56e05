"""The held-out predictions of a run and the rows that they are of: written to parquet, read back as arrays, compared
with one another. Refuses tables that do not belong together.

A run's own table is long: row, part, source, member and an output a column, members and baselines alike. A shipped one
is wide: a column for each output of a source, a line for each held-out row, in their order; the network's ensemble lies
in predictions.parquet, the simple methods, which runs have in common, in baselines.parquet.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

LABELS = ("row", "part", "source", "member")
NETWORK = "network"
OWN, ROWS, BASELINES = "predictions.parquet", "held_out.parquet", "baselines.parquet"
_PARTS = ("test", "validation")
_BEFORE = b"columns_before"
_SAMPLED = 4000
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)
class Predictions:
    """rows: row, part, target.*, info.*. test: by source (M, N, O), the network's first; validation: by source (V, O);
    both in the order of the rows."""

    outputs: tuple[str, ...]
    rows: pd.DataFrame
    test: Mapping[str, np.ndarray]
    validation: Mapping[str, np.ndarray]

    def rows_of(self, part: str) -> pd.DataFrame:
        """The rows of a part."""
        return self.rows[self.rows["part"] == part]


def read(content_of: Callable[[str], bytes]) -> Predictions:
    """Predictions as 64-bit numbers of what was kept. content_of: a file's content by its name. Raises OSError and
    ValueError."""
    rows = _table(content_of(ROWS))
    if problem := _problem_of_rows(rows):
        raise ValueError(problem)
    content = content_of(OWN)
    if not _is_wide(content):
        return _of_long(_table(content), rows)
    return _of_wide(read_columns(content) | read_columns(content_of(BASELINES)), rows)


def write_long(table: pd.DataFrame, path: Path) -> None:
    """A run's predictions, without loss in some two thirds of the space: bytes of like meaning lie together."""
    outputs = [name for name in table.columns if name not in LABELS]
    table.to_parquet(
        path,
        compression="zstd",
        index=False,
        use_dictionary=["part", "source", "member"],
        column_encoding={"row": "DELTA_BINARY_PACKED", **dict.fromkeys(outputs, "BYTE_STREAM_SPLIT")},
    )


def wide(found: Predictions, sources: list[str]) -> dict[str, np.ndarray]:
    """A column for each output of some sources, a line for each held-out row. Members are averaged."""
    places = {part: np.flatnonzero(found.rows["part"] == part) for part in _PARTS}
    columns: dict[str, np.ndarray] = {}
    for source in sources:
        for o, output in enumerate(found.outputs):
            columns[f"{source}:{output}"] = column = np.empty(len(found.rows), dtype=np.float32)
            column[places["test"]] = found.test[source].mean(0)[:, o]
            column[places["validation"]] = found.validation[source][:, o]
    return columns


def write_columns(columns: Mapping[str, np.ndarray]) -> bytes:
    """Columns of 32-bit numbers as parquet: of each, how far its numbers lie from those of the earlier column that is
    most like it, counted in the numbers there are between them. No bit is lost."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    names, places = list(columns), [_place(column) for column in columns.values()]
    before = [_most_like(places[: i + 1]) for i in range(len(places))]
    told = [_folded(p if b is None else p - places[b]) for p, b in zip(places, before, strict=True)]
    schema = pa.schema([(name, pa.int32()) for name in names], metadata={_BEFORE: json.dumps(before)})
    table = pa.table([pa.array(each) for each in told], schema=schema)
    out = io.BytesIO()
    pq.write_table(
        table,
        out,
        compression="brotli",
        compression_level=11,
        use_dictionary=False,
        column_encoding=dict.fromkeys(names, "BYTE_STREAM_SPLIT"),
        write_statistics=False,
        row_group_size=max(len(table), 1),
        data_page_size=1 << 26,
    )
    return out.getvalue()


def read_columns(content: bytes) -> dict[str, np.ndarray]:
    """What `write_columns` was given, as 32-bit numbers; raises ValueError."""
    import pyarrow.parquet as pq

    def read_all() -> dict[str, np.ndarray]:
        table = pq.read_table(io.BytesIO(content), use_threads=False)
        before = json.loads((table.schema.metadata or {})[_BEFORE])
        places: list[np.ndarray] = []
        for name, at in zip(table.column_names, before, strict=True):
            own = _unfolded(table[name].to_numpy())
            places.append(own if at is None else own + places[at])
        return dict(zip(table.column_names, map(_number, places), strict=True))

    return _whole(read_all)


def _place(values: np.ndarray) -> np.ndarray:
    """Where a number stands among all 32-bit ones, as their bits say it; a negative one before nought."""
    bits = (np.ascontiguousarray(values, dtype=np.float32) + np.float32(0)).view(np.int32)
    return np.where(bits < 0, -(bits & np.int32(0x7FFFFFFF)), bits)


def _number(place: np.ndarray) -> np.ndarray:
    bits = np.abs(place).view(np.uint32) | np.where(place < 0, np.uint32(1 << 31), np.uint32(0))
    return bits.view(np.float32)


def _folded(difference: np.ndarray) -> np.ndarray:
    """0, -1, 1, -2, ... as 0, 1, 2, 3, ...: a small one has small bytes only."""
    return (difference << 1) ^ (difference >> 31)


def _unfolded(folded: np.ndarray) -> np.ndarray:
    return (folded.view(np.uint32) >> np.uint32(1)).view(np.int32) ^ -(folded & np.int32(1))


def _most_like(places: list[np.ndarray]) -> int | None:
    """Which earlier column the last one differs least from; None where it varies less by itself."""
    *earlier, own = (p[:: max(1, len(p) // _SAMPLED)].astype(np.int64) for p in places)
    if not earlier or not len(own):
        return None
    costs = [float(np.log2(np.abs(own - e) + 1).mean()) for e in earlier]
    alone = float(np.log2(np.abs(own - np.median(own)) + 1).mean())
    return int(np.argmin(costs)) if min(costs) < alone else None


def _is_wide(content: bytes) -> bool:
    import pyarrow.parquet as pq

    def schema() -> Any:
        return pq.read_schema(io.BytesIO(content))

    return _BEFORE in (_whole(schema).metadata or {})


def _table(content: bytes) -> pd.DataFrame:
    import pandas as pd

    return _whole(lambda: pd.read_parquet(io.BytesIO(content)))


def _whole(read_it: Callable[[], T]) -> T:
    """Raises ValueError for whatever pyarrow finds wrong in the bytes of a damaged file."""
    try:
        return read_it()
    except (OSError, ValueError, TypeError, KeyError, IndexError, RuntimeError, NotImplementedError, MemoryError) as e:
        raise ValueError("its table cannot be read") from e


def _of_wide(columns: Mapping[str, np.ndarray], rows: pd.DataFrame) -> Predictions:
    if any(len(column) != len(rows) for column in columns.values()):
        raise ValueError("the predictions are of other rows")
    if not all(np.isfinite(column).all() for column in columns.values()):
        raise ValueError("a prediction is no number")
    named: dict[str, list[str]] = {}
    for name in columns:
        source, _, output = name.partition(":")
        named.setdefault(source, []).append(output)
    outputs = named.get(NETWORK, [])
    if not outputs or any(each != outputs for each in named.values()):
        raise ValueError("the predictions are not the network's and the simple methods', each with the same outputs")
    places = {part: np.flatnonzero(rows["part"] == part) for part in _PARTS}
    of = {s: np.stack([columns[f"{s}:{o}"] for o in outputs], axis=1).astype(np.float64) for s in named}
    return Predictions(
        outputs=tuple(outputs),
        rows=rows,
        test={source: values[places["test"]][None] for source, values in of.items()},
        validation={source: values[places["validation"]] for source, values in of.items()},
    )


def _of_long(table: pd.DataFrame, rows: pd.DataFrame) -> Predictions:
    if problem := _problem_of_long(table, rows):
        raise ValueError(problem)
    outputs = [name for name in table.columns if name not in LABELS]
    found: dict[str, dict[str, np.ndarray]] = {part: {} for part in _PARTS}
    for (part, source), own in table.groupby(["part", "source"], sort=False):
        values = own[outputs].to_numpy(dtype=np.float64)
        found[str(part)][str(source)] = values.reshape(own["member"].nunique(), -1, len(outputs))
    return Predictions(
        outputs=tuple(outputs),
        rows=rows,
        test=found["test"],
        validation={source: values.mean(0) for source, values in found["validation"].items()},
    )


def _problem_of_rows(rows: pd.DataFrame) -> str:
    from pandas.api.types import is_integer_dtype

    lacking = [name for name in ("row", "part") if name not in rows]
    if lacking or not any(str(name).startswith("target.") for name in rows):
        return f"the held-out rows have no {', '.join(lacking) or 'target'}"
    if set(rows["part"]) != set(_PARTS) or not is_integer_dtype(rows["row"]) or (rows["row"] < 0).any():
        return "the held-out rows are not numbered rows of a test and a validation part"
    targets = [name for name in rows if str(name).startswith("target.")]
    return next((f"{name} holds what is no number" for name in targets if not _are_numbers(rows[name])), "")


def _problem_of_long(table: pd.DataFrame, rows: pd.DataFrame) -> str:
    lacking = [name for name in LABELS if name not in table]
    outputs = [name for name in table if name not in LABELS]
    if lacking or not outputs:
        return f"the predictions have no {', '.join(lacking) or 'output'}"
    if not all(_are_numbers(table[name]) for name in (*outputs, "row", "member")):
        return "a prediction is no number"
    if NETWORK not in set(table["source"]) or not set(table["part"]) <= set(_PARTS):
        return "the predictions are not the network's, of a test and a validation part"
    asked = {part: rows.loc[rows["part"] == part, "row"].to_numpy() for part in _PARTS}
    found = table.groupby(["source", "part", "member"], sort=False)["row"]
    sets: dict[str, set[str]] = {}
    for labels, ids in found:
        source, part = str(labels[0]), str(labels[1])
        sets.setdefault(source, set()).add(part)
        if len(ids) != len(asked[part]) or (ids.to_numpy() != asked[part]).any():
            return f"the predictions of {source[:40]} are of other rows"
    return next((f"{source[:40]} has no predictions of a part" for source in sets if sets[source] != set(_PARTS)), "")


def _are_numbers(values: pd.Series) -> bool:
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    return bool((is_numeric_dtype(values) or is_bool_dtype(values)) and np.isfinite(values.to_numpy(dtype=float)).all())
