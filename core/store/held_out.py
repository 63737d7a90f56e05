"""Held-out predictions of a run as pages and money read them, at the one precision they are kept in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.contracts import StoredReport, UseCase
from core.errors import RunError
from core.store.predictions import NETWORK, Predictions
from core.store.runs import Run
from core.value.threshold import assumed_values

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldOut:
    """The test rows: ids (N,), target (N, T), info, the ensemble (N, O), members (M, N, O; of a recorded run their
    average alone), baselines each (N, O).
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


def read_held_out(run: Run, found: Predictions | None = None) -> HeldOut:
    """Read a run's predictions, or take those that were read; raises RunError."""
    found = found or run.held_out()
    return _arrays(found, list(found.outputs), [name for name in found.rows.columns if name.startswith("target.")])


def read_results(run: Run, use_case: UseCase) -> tuple[StoredReport, HeldOut]:
    """The report and the predictions of a run, which belong together and to what the use case, in the run's variant,
    asks now; raises RunError."""
    report, kept = run.report(use_case), run.held_out()
    outputs, targets = list(use_case.task.outputs), [f"target.{name}" for name in use_case.task.target_columns]
    if set(outputs) - set(kept.outputs) or set(targets) - set(kept.rows.columns):
        raise _unfit(run, "they are of other outcomes than the use case has now")
    found = _arrays(kept, outputs, targets)
    if {b["name"] for b in report["baselines"]} - set(found.baselines):
        raise _unfit(run, "they are not those that its report tells of")
    _try(run, use_case, found)
    return report, found


def _unfit(run: Run, why: str) -> RunError:
    return RunError("The held-out predictions of {run} cannot be used: {why}. Train again.", run=run.id, why=why)


def _try(run: Run, use_case: UseCase, found: HeldOut) -> None:
    """Read what pictures and money read beside the target: those columns stand in no declaration."""
    fan, trace, model, few = use_case.task.fan, use_case.task.trace, use_case.value, slice(20)
    try:
        for column in (fan.series, fan.origin, fan.when) if fan else (trace.series, trace.when) if trace else ():
            sorted(found.info[column].drop_duplicates().tolist())
        if model:
            assumed = assumed_values(model.assumptions)
            model.choose(found.validation_target, found.validation, found.validation_info, assumed)
            model.references(found.target, found.info, assumed)
            model.amount(found.target[few], found.ensemble[few], found.info.iloc[few], 0.5, assumed)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise _unfit(run, "the rows lack what the use case reads of them now") from error


def _arrays(kept: Predictions, outputs: list[str], targets: list[str]) -> HeldOut:
    places = [kept.outputs.index(name) for name in outputs]
    test = {source: values[..., places] for source, values in kept.test.items()}
    validation = {source: values[..., places] for source, values in kept.validation.items()}
    of_test, of_validation = kept.rows_of("test"), kept.rows_of("validation")
    found = HeldOut(
        rows=of_test["row"].to_numpy(),
        target=of_test[targets].to_numpy(dtype=np.float64),
        info=_info(of_test),
        ensemble=test[NETWORK].mean(0),
        members=test[NETWORK],
        baselines={source: values.mean(0) for source, values in test.items() if source != NETWORK},
        validation_target=of_validation[targets].to_numpy(dtype=np.float64),
        validation_info=_info(of_validation),
        validation=validation[NETWORK],
        validation_baselines={source: values for source, values in validation.items() if source != NETWORK},
    )
    for array in (found.target, found.ensemble, found.validation_target, found.validation):
        array.setflags(write=False)  # all who look at the run share them
    return found


def _info(known: pd.DataFrame) -> pd.DataFrame:
    chosen = known[[c for c in known.columns if c.startswith("info.")]]
    return chosen.rename(columns=lambda c: c.removeprefix("info."))
