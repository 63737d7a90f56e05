"""Held-out predictions of a run as arrays, read once per run and kept for the next script run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from core.errors import RunError
from core.store.runs import Run


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldOut:
    """The test rows: ids (N,), target (N, T), info, the ensemble (N, O), members (M, N, O), baselines each (N, O).
    Validation rows: target (V, T), info, the ensemble (V, O)."""

    rows: np.ndarray
    target: np.ndarray
    info: pd.DataFrame
    ensemble: np.ndarray
    members: np.ndarray
    baselines: dict[str, np.ndarray]
    validation_target: np.ndarray
    validation_info: pd.DataFrame
    validation: np.ndarray


def held_out(run: Run) -> HeldOut:
    """Read a run's predictions; raises RunError."""
    path = run.folder / "predictions.parquet"
    if not path.is_file():
        raise RunError(f"A finished run has predictions; those of {run.id} are missing. Train again.")
    try:
        return _read(run)
    except (KeyError, ValueError, IndexError) as error:
        raise RunError(
            f"The held-out predictions of {run.id} are damaged ({type(error).__name__}: {error}). Train again."
        ) from error


@st.cache_resource(max_entries=8, show_spinner=False, hash_funcs={Run: lambda run: run.version})
def _read(run: Run) -> HeldOut:
    table, known = run.held_out()
    outputs = [c for c in table.columns if c not in ("row", "part", "source", "member")]
    targets = [c for c in known.columns if c.startswith("target.")]
    test, validation = (table[table["part"] == part] for part in ("test", "validation"))
    known_test, known_validation = (known[known["part"] == part] for part in ("test", "validation"))
    network = test[test["source"] == "network"]
    members = network[outputs].to_numpy().reshape(network["member"].nunique(), -1, len(outputs))
    return HeldOut(
        rows=known_test["row"].to_numpy(),
        target=known_test[targets].to_numpy(dtype=float),
        info=_info(known_test),
        ensemble=members.mean(0),
        members=members,
        baselines={str(n): p[outputs].to_numpy() for n, p in test.groupby("source") if n != "network"},
        validation_target=known_validation[targets].to_numpy(dtype=float),
        validation_info=_info(known_validation),
        validation=validation[validation["source"] == "network"][outputs].to_numpy(),
    )


def _info(known: pd.DataFrame) -> pd.DataFrame:
    chosen = known[[c for c in known.columns if c.startswith("info.")]]
    return chosen.rename(columns=lambda c: c.removeprefix("info."))
