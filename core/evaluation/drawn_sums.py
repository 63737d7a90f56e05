"""Sums over rows under many draws of their units, of what each draw says of each row."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

_FEW_UNITS = 64  # so few are added up first, by one product


def drawn_sums(
    units_RU: np.ndarray, unit: np.ndarray, sayings: Sequence[np.ndarray], which: np.ndarray
) -> list[np.ndarray]:
    """The sum over rows (R,) of what each draw has of G sayings (G, N): which (R,), ascending; for each of several such
    sets of sayings. A row counts as often as its unit, unit (N,), was drawn, (R, U)."""
    num_units = units_RU.shape[1]
    if num_units <= min(_FEW_UNITS, len(unit) // 4):
        is_of_unit = (unit[:, None] == np.arange(num_units)).astype(np.float64)
        return [np.einsum("ru,ru->r", units_RU, (each @ is_of_unit)[which]) for each in sayings]
    weight = weight_of_rows(units_RU, unit) if sayings else units_RU
    return [_summed(weight, each, which) for each in sayings]


def _summed(weight: np.ndarray, each_GN: np.ndarray, which: np.ndarray) -> np.ndarray:
    if len(each_GN) == len(weight):
        return np.einsum("rn,rn->r", weight, each_GN)
    found = np.empty(len(weight))
    cuts = [*np.flatnonzero(np.r_[True, which[1:] != which[:-1]]).tolist(), len(which)]
    for first, last in pairwise(cuts):
        np.dot(weight[first:last], each_GN[which[first]], out=found[first:last])
    return found


def weight_of_rows(units_RU: np.ndarray, unit: np.ndarray) -> np.ndarray:
    """How often each row was drawn, (R, N): no copy where every row is a unit of its own, in order."""
    if units_RU.shape[1] == len(unit) and np.array_equal(unit, np.arange(len(unit))):
        return units_RU
    found: np.ndarray = units_RU[:, unit]
    return found
