"""Answers about one record: what-if, the record itself, whether its values were seen."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from core.contracts import Column, ColumnKind, Examples, InputKind, Plan, UseCase
from core.contracts.answers import Prediction, Record, Stranger
from core.errors import UnknownNameError, UserError
from core.formatting import png
from core.formatting.moments import as_moment, iso
from core.formatting.numbers import is_missing
from core.kinds import kind_of
from core.sound.drawn import drawn, played

if TYPE_CHECKING:
    from core.training.ensemble import Ensemble

_CURVE_POINTS = 41
SeenValues = frozenset[str] | tuple[float, float]


def records(use_case: UseCase, examples: Examples, rows: Sequence[int]) -> list[Record]:
    """Some rows: features, target and info as JSON-able values; raises UserError outside the table."""
    hours = {name: _have_hours(examples.info[name]) for name in examples.info}
    found: list[Record] = []
    for row in rows:
        one: Record = {
            "row": row_of(examples, row),
            "features": {str(k): plain(v) for k, v in examples.features.iloc[row].items()},
            "target": {str(k): plain(v) for k, v in examples.target.iloc[row].items()},
            "info": {str(k): plain(v, hours=hours[k]) for k, v in examples.info.iloc[row].items()},
        }
        images = [array.name for array in use_case.arrays if array.kind is InputKind.IMAGE]
        heard = {array.name: array.mel for array in use_case.arrays if array.mel}
        if images or heard:
            seen = {name: png.address(png.as_bytes(examples.arrays[name][row])) for name in images}
            one["pictures"] = seen | {name: drawn(examples.arrays[name][row], mel) for name, mel in heard.items()}
        if heard:
            one["sounds"] = {name: played(examples.arrays[name][row], mel) for name, mel in heard.items()}
        found.append(one)
    return found


def row_of(examples: Examples, row: int) -> int:
    """A row that somebody asks about. Raises UserError outside the table."""
    if not 0 <= row < len(examples):
        raise UserError(
            "Rows are numbered 0 to {examples}; there is no row {row}.", examples=len(examples) - 1, row=row
        )
    return row


def record(use_case: UseCase, examples: Examples, row: int) -> Record:
    """One row, as `records` gives it."""
    return records(use_case, examples, [row])[0]


def _have_hours(values: pd.Series) -> bool | None:
    """Whether a column of moments holds any that is not a midnight: then they all have an hour. None: it is another
    column, or one of objects, each of which says it for itself."""
    if not isinstance(values.dtype, np.dtype) or values.dtype.kind != "M":
        return None
    at = values.dropna().to_numpy()
    return bool((at != at.astype("datetime64[D]")).any())


def what_if(
    use_case: UseCase,
    examples: Examples,
    ensemble: Ensemble,
    features: Mapping[str, Any],
    vary: str | None,
    networks: Sequence[int] | None = None,
    row: int | None = None,
) -> Prediction:
    """The prediction for made-up features, each network's own, and the curve over one feature's range: the shown
    output with the networks' range, and the ensemble's every output, one list each. networks: whom to ask; all, where
    it is None. row: whose arrays they read beside these features, where the use case has any."""
    known = {c.name: c for c in use_case.columns}
    for name in [*features, *([vary] if vary else [])]:
        if name not in known:
            raise UnknownNameError("feature", name, known)
    one = _row(use_case, features)
    arrays, one = _followed(use_case, examples, row, one)
    each = ensemble.predict(one, networks, arrays)[:, 0]
    mean = each.mean(0).tolist()
    shown = kind_of(use_case.task).shown(use_case.task, mean)
    answer: Prediction = {"mean": mean, "networks": each[:, shown].tolist(), "curve": None}
    if use_case.follow and arrays:
        answer["series"] = arrays[use_case.follow.series][0].T.astype(float).tolist()
    if vary:
        stops = stops_of(known[vary], examples.features[vary])
        table = pd.concat([one] * len(stops), ignore_index=True)
        table[vary] = stops
        beside, asked = _followed(use_case, examples, row, table)
        outputs = ensemble.predict(asked, networks, beside)
        predicted = outputs[:, :, shown]
        answer["curve"] = {
            "column": vary,
            "x": [plain(s) for s in stops],
            "mean": predicted.mean(0).tolist(),
            "low": predicted.min(0).tolist(),
            "high": predicted.max(0).tolist(),
            "outputs": outputs.mean(0).T.tolist(),
        }
    return answer


def _followed(
    use_case: UseCase, examples: Examples, row: int | None, table: pd.DataFrame
) -> tuple[Mapping[str, np.ndarray], pd.DataFrame]:
    """What networks read of some made-up features of a row: its arrays beside them, and those, each as it follows."""
    if row is None:
        return {}, table
    same = np.full(len(table), row)
    arrays, was = examples.arrays_of(same), examples.features.iloc[same]
    return (arrays, table) if use_case.follow is None else use_case.follow.change(arrays, was, table)


def held_out_members(plan: Plan, ensemble: Ensemble, row: int) -> list[int] | None:
    """The networks of the folds that test a row: the others may have learned from it. None where no fold tests it."""
    return plan.networks(ensemble.fold_of, lambda fold: bool(np.isin(row, fold.test))) or None


def folds_of(ensemble: Ensemble, networks: Sequence[int] | None = None) -> tuple[int, ...]:
    """The folds that these networks, or all, have learned in."""
    chosen = range(len(ensemble.fold_of)) if networks is None else networks
    return tuple(sorted({ensemble.fold_of[k] for k in chosen}))


def training_rows(plan: Plan, folds: Sequence[int]) -> np.ndarray:
    """The training rows of these folds, each once."""
    return np.unique(np.concatenate([plan.folds[fold].train for fold in folds]))


def stops_of(column: Column, values: pd.Series) -> list[Any]:
    """Where a feature's curve is asked: its categories, or evenly between its 1st and 99th percentile."""
    if column.kind is ColumnKind.CATEGORY:
        return sorted(str(v) for v in values.dropna().unique())
    present = values.dropna().to_numpy(dtype=float)
    if column.kind is ColumnKind.BINARY:
        return [0.0, 1.0]
    low, high = np.quantile(present, [0.01, 0.99]) if len(present) else (0.0, 1.0)
    return np.linspace(low, high if high > low else low + 1, _CURVE_POINTS).tolist()


def _row(use_case: UseCase, features: Mapping[str, Any]) -> pd.DataFrame:
    values: dict[str, list[Any]] = {}
    for column in use_case.columns:
        value = features.get(column.name)
        if column.kind is ColumnKind.CATEGORY:
            values[column.name] = [None if value is None else str(value)]
        else:
            values[column.name] = [_number(column, value)]
    return pd.DataFrame(values, index=[0])  # a row, also of a table without columns


def _number(column: Column, value: Any) -> float:
    """A made-up value of a numeric feature, NaN where it is missing."""
    if value is None:
        return math.nan
    if isinstance(value, int | float) and math.isfinite(value):
        return float(value)
    raise UserError(
        "The feature {column!r} is a finite number, or missing; {value!r:.40} is neither.",
        column=column.name,
        value=value,
    )


def seen_values(use_case: UseCase, examples: Examples, rows: np.ndarray) -> dict[str, SeenValues]:
    """What these rows hold of each feature: the names of a category, the lowest and the highest of a number."""
    found: dict[str, SeenValues] = {}
    for column in use_case.columns:
        values = examples.features[column.name].iloc[rows].dropna()
        if column.kind is ColumnKind.CATEGORY:
            found[column.name] = frozenset(str(name) for name in values.unique())
        elif column.kind is ColumnKind.NUMERIC and len(values):
            found[column.name] = (float(values.min()), float(values.max()))
    return found


def strangers(seen: Mapping[str, SeenValues], features: Mapping[str, Any]) -> list[Stranger]:
    """Which values are not among those seen: a category of another name, a number outside the range."""
    found: list[Stranger] = []
    for name, known in seen.items():
        value = features.get(name)
        if value is None:
            continue
        if isinstance(known, frozenset):
            if str(value) not in known:
                found.append({"column": name, "value": str(value)})
        elif not known[0] <= float(value) <= known[1]:
            found.append({"column": name, "value": float(value), "low": known[0], "high": known[1]})
    return found


def plain(value: Any, *, hours: bool | None = None) -> Any:
    """A value of a table as JSON knows it: missing is None, moments are text, with the hour where they have one."""
    if isinstance(value, np.generic) and value.dtype.kind not in "mM":
        value = value.item()
    if is_missing(value):
        return None
    if isinstance(value, bool | int | float | str):
        return value
    return str(value) if as_moment(value) is None else iso(value, hours=hours)
