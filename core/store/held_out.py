"""Held-out predictions of a run as arrays: the one reading of its two tables, at the one precision they are kept in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.errors import RunError
from core.store.runs import Run

if TYPE_CHECKING:
    import pandas as pd

_NAMES = ("row", "part", "source", "member")


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldOut:
    """The test rows: ids (N,), target (N, T), info, the ensemble (N, O), members (M, N, O), baselines each (N, O).
    Validation rows: target (V, T), info, the ensemble (V, O), baselines each (V, O)."""

    rows: np.ndarray
    target: np.ndarray
    info: pd.DataFrame
    ensemble: np.ndarray
    members: np.ndarray
    baselines: dict[str, np.ndarray]
    validation_target: np.ndarray
    validation_info: pd.DataFrame
    validation: np.ndarray
    validation_baselines: dict[str, np.ndarray]


def read_held_out(run: Run) -> HeldOut:
    """Read a run's predictions; raises RunError."""
    if not (run.folder / "predictions.parquet").is_file():
        raise RunError(f"A finished run has predictions; those of {run.id} are missing. Train again.")
    try:
        return _read(run)
    except (KeyError, ValueError, IndexError) as error:
        raise RunError(
            f"The held-out predictions of {run.id} are damaged ({type(error).__name__}: {error}). Train again."
        ) from error


def _read(run: Run) -> HeldOut:
    table, known = run.held_out()
    outputs = [c for c in table.columns if c not in _NAMES]
    targets = [c for c in known.columns if c.startswith("target.")]
    test, validation = ({str(s): t for s, t in _part(table, name).groupby("source")} for name in ("test", "validation"))
    known_test, known_validation = _part(known, "test"), _part(known, "validation")

    def values(part: pd.DataFrame) -> np.ndarray:
        """Kept as 32-bit numbers, counted with as 64-bit ones: an average of members is the same everywhere."""
        return part[outputs].to_numpy(dtype=np.float64)

    members = values(test["network"]).reshape(test["network"]["member"].nunique(), -1, len(outputs))
    return HeldOut(
        rows=known_test["row"].to_numpy(),
        target=known_test[targets].to_numpy(dtype=np.float64),
        info=_info(known_test),
        ensemble=members.mean(0),
        members=members,
        baselines={source: values(part) for source, part in test.items() if source != "network"},
        validation_target=known_validation[targets].to_numpy(dtype=np.float64),
        validation_info=_info(known_validation),
        validation=values(validation["network"]),
        validation_baselines={source: values(part) for source, part in validation.items() if source != "network"},
    )


def _part(table: pd.DataFrame, name: str) -> pd.DataFrame:
    return table[table["part"] == name]


def _info(known: pd.DataFrame) -> pd.DataFrame:
    chosen = known[[c for c in known.columns if c.startswith("info.")]]
    return chosen.rename(columns=lambda c: c.removeprefix("info."))
