"""Held-out predictions of a run as arrays: the one reading of its two tables, at the one precision they are kept in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.contracts import StoredReport, UseCase
from core.errors import RunError
from core.store.runs import Run
from core.store.tables import LABELS
from core.value.threshold import assumed_values

if TYPE_CHECKING:
    import pandas as pd


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
    table, known = run.held_out()
    outputs = [name for name in table.columns if name not in LABELS]
    return _arrays(table, known, outputs, [name for name in known.columns if name.startswith("target.")])


def read_results(run: Run, use_case: UseCase) -> tuple[StoredReport, HeldOut]:
    """The report and the predictions of a run, which belong together and to what the use case, in the run's variant,
    asks now; raises RunError."""
    report, (table, known) = run.report(use_case), run.held_out()
    outputs, targets = list(use_case.task.outputs), [f"target.{name}" for name in use_case.task.target_columns]
    if set(outputs) - set(table.columns) or set(targets) - set(known.columns):
        raise _unfit(run, "they are of other outcomes than the use case has now")
    found = _arrays(table, known, outputs, targets)
    if {b["name"] for b in report["baselines"]} - set(found.baselines):
        raise _unfit(run, "they are not those that its report tells of")
    _try(run, use_case, found)
    return report, found


def _unfit(run: Run, why: str) -> RunError:
    return RunError("The held-out predictions of {run} cannot be used: {why}. Train again.", run=run.id, why=why)


def _try(run: Run, use_case: UseCase, found: HeldOut) -> None:
    """Read what pictures and money read beside the target: those columns stand in no declaration."""
    fan, model, few = use_case.task.fan, use_case.value, slice(20)
    try:
        for column in (fan.series, fan.origin, fan.when) if fan else ():
            sorted(found.info[column].drop_duplicates().tolist())
        if model:
            assumed = assumed_values(model.assumptions)
            model.choose(found.validation_target, found.validation, found.validation_info, assumed)
            model.references(found.target, found.info, assumed)
            model.amount(found.target[few], found.ensemble[few], found.info.iloc[few], 0.5, assumed)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise _unfit(run, "the rows lack what the use case reads of them now") from error


def _arrays(table: pd.DataFrame, known: pd.DataFrame, outputs: list[str], targets: list[str]) -> HeldOut:
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
