"""Messy input made of held-out rows: fields left empty, mistyped or foreign, pictures and sounds damaged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.answering.senses import Sense, damages_of, sensed
from core.contracts import Column, ColumnKind, InputKind, UseCase
from core.errors import UnknownNameError
from core.formatting.messages import message

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

Rows = tuple["pd.DataFrame", dict[str, "np.ndarray"]]  # features (N, F), and arrays (N, ...)
_TIMES = 100
_FOREIGN = "(a name from elsewhere)"
_SEED = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Mess:
    """One kind of messy input. apply(features, arrays) gives every row changed so. strength: of a damage of pictures
    or sounds, as it declares it."""

    name: str
    title: str
    apply: Callable[[pd.DataFrame, Mapping[str, np.ndarray]], Rows]
    strength: float | None = None


def messes_of(use_case: UseCase) -> tuple[Mess, ...]:
    """What can go wrong with what a use case reads."""
    found: list[Mess] = []
    fields = [c for c in use_case.columns if c.name != use_case.task.relative_to]
    if numbers := [c for c in use_case.columns if c.kind is ColumnKind.NUMERIC]:
        found.append(_of_fields("absurd", message("A number 100 times too large"), numbers, _absurd, 1))
    if names := [c for c in use_case.columns if c.kind is ColumnKind.CATEGORY]:
        found.append(_of_fields("foreign", message("A name never seen before"), names, _foreign, 1))
    if fields:
        found.append(_of_fields("empty", message("A field left empty"), fields, _empty, 1))
    if len(fields) > 1:
        half = message("Half of the fields left empty")
        found.append(_of_fields("half_empty", half, fields, _empty, len(fields) // 2))
    for array in use_case.arrays:
        if array.kind is InputKind.SERIES:
            found.append(_of_array("still", message("A sensor that stands still"), array.name, _still))
            found.append(_of_array("spike", message("A reading 100 times too large"), array.name, _spike))
        elif array.kind is InputKind.TOKENS:
            found.append(_of_array("unknown", message("Half of the words unknown"), array.name, _unknown))
    return (*found, *_of_senses(use_case))


def can_refuse(use_case: UseCase) -> bool:
    """Whether what it reads can be messed up, and each row has an answer of its own that can be refused."""
    task, is_made = use_case.task, any(array.kind is InputKind.NOISE for array in use_case.arrays)
    return bool(messes_of(use_case)) and not is_made and not task.group and task.allocation is None


def mess_named(use_case: UseCase, name: str) -> Mess:
    """The mess of that name; raises UnknownNameError."""
    by_name = {mess.name: mess for mess in messes_of(use_case)}
    if name not in by_name:
        raise UnknownNameError("mess", name, by_name)
    return by_name[name]


def _of_fields(
    name: str, title: str, columns: list[Column], change: Callable[[pd.Series, np.ndarray], pd.Series], count: int
) -> Mess:
    """count: of these columns, drawn anew for each row, are changed."""

    def apply(features: pd.DataFrame, arrays: Mapping[str, np.ndarray]) -> Rows:
        import numpy as np

        draws = np.random.default_rng(_SEED).random((len(features), len(columns)))
        hit = draws.argsort(1).argsort(1) < count
        changed = {c.name: change(features[c.name], hit[:, place]) for place, c in enumerate(columns)}
        return features.assign(**changed), dict(arrays)

    return Mess(name=name, title=title, apply=apply)


def _absurd(values: pd.Series, hit: np.ndarray) -> pd.Series:
    """A slip of the decimal point, or of the unit; nothing becomes 100."""
    numbers = values.astype(float).fillna(0.0)
    return values.astype(float).mask(hit, numbers.where(numbers != 0, 1.0) * _TIMES)


def _foreign(values: pd.Series, hit: np.ndarray) -> pd.Series:
    return values.astype(object).mask(hit, _FOREIGN)


def _empty(values: pd.Series, hit: np.ndarray) -> pd.Series:
    return values.mask(hit)


def _of_array(name: str, title: str, array: str, change: Callable[[np.ndarray], np.ndarray]) -> Mess:
    def apply(features: pd.DataFrame, arrays: Mapping[str, np.ndarray]) -> Rows:
        return features, {**arrays, array: change(arrays[array])}

    return Mess(name=f"{name}_{array}", title=title, apply=apply)


def _still(series: np.ndarray) -> np.ndarray:
    """From the middle on."""
    found, middle = series.copy(), series.shape[1] // 2
    found[:, middle:] = found[:, middle : middle + 1]
    return found


def _spike(series: np.ndarray) -> np.ndarray:
    """The last one."""
    found = series.copy()
    found[:, -1] *= _TIMES
    return found


def _unknown(tokens: np.ndarray) -> np.ndarray:
    """Every second one."""
    found = tokens.copy()
    found[:, ::2] = 0
    return found


def _of_senses(use_case: UseCase) -> tuple[Mess, ...]:
    """Each damage at the end of its scale that is further from none."""
    array = sensed(use_case)
    if array is None:
        return ()
    found = []
    for damage in damages_of(array):
        strength = max(damage.steps, key=lambda step, none=damage.none: abs(step - none))  # type: ignore[misc]

        def apply(
            features: pd.DataFrame,
            arrays: Mapping[str, np.ndarray],
            changed: Mapping[str, float] = {damage.name: strength},
        ) -> Rows:
            return features, {**arrays, array.name: Sense(array).damaged(arrays[array.name], changed)}

        found.append(Mess(name=damage.name, title=damage.title, apply=apply, strength=strength))
    return tuple(found)
