"""Carrying out one run in the training worker: the only writer of its folder. Knows no queue and no page."""

from __future__ import annotations

import json
import traceback
from pathlib import Path
from typing import Any

import sklearn.ensemble
import sklearn.linear_model  # noqa: F401
import torch

from core import pipeline
from core.contracts import State
from core.errors import RunError, UserError
from core.evaluation.best import best_baseline
from core.jobs import calibration
from core.jobs.local import run_lock, stop_flag
from core.store import runs
from core.store.caches import StoredBaselines, examples_loader
from core.store.runs import Run
from core.training import devices
from core.use_cases import use_case as use_case_named


def carry_out(store: Path, run_id: str) -> str:
    """Run the pipeline for a prepared folder and seal it; returns the final state."""
    torch.use_deterministic_algorithms(True, warn_only=True)
    devices.set_threads()
    flag = stop_flag(store, run_id)
    with run_lock(store, run_id):
        run = runs.load_run(store, run_id)
        if run.sealed_state:  # given up for dead before this worker came to it
            return run.sealed_state.value
        try:
            state = _carry_out(store, run, flag)
        except UserError as error:
            state = State.FAILED
            runs.seal(run, state, str(error))
        except Exception as error:  # the run is marked with it, and the queue goes on
            state = State.FAILED
            (run.folder / "error.txt").write_text(traceback.format_exc(), encoding="utf-8")
            runs.seal(run, state, f"Unexpected {type(error).__name__}: {error}. The details are in its error.txt.")
        finally:
            flag.unlink(missing_ok=True)
    return state.value


def _carry_out(store: Path, run: Run, flag: Path) -> State:
    use_case = use_case_named(run.use_case)
    expected = calibration.before(store, run)
    with (run.folder / "progress.jsonl").open("a", encoding="utf-8", buffering=1) as out:

        def progress(event: dict[str, Any]) -> None:
            out.write(json.dumps(event, allow_nan=False) + "\n")

        outcome = pipeline.run(
            use_case,
            run.config["settings"],
            progress=progress,
            stop_requested=flag.exists,
            load=examples_loader(store, pipeline.load_examples),
            baseline_cache=StoredBaselines(store),
        )
    if not run.folder.is_dir():
        raise RunError(f"The folder of run {run.id} was deleted while it trained; nothing of it is kept.")
    calibration.after(store, run, expected, outcome.report)
    runs.save_outcome(run, outcome)
    stopped = bool(outcome.report["stopped"])
    state = State.STOPPED if stopped else State.FINISHED
    reason = "Stopped on request; the best weights were kept." if stopped else "Finished."
    runs.seal(run, state, reason, summary(outcome.report))
    return state


_SHOWN_OF_VALUE = ("amount", "low", "high", "currency", "per", "references", "gain_over_best_reference")


def summary(report: dict[str, Any]) -> dict[str, Any]:
    """What a list of runs shows, so that it need not open reports."""
    best, value = best_baseline(report), report["value"]
    paired = best and best["metrics"][report["headline"]["metric"]]["ensemble_minus_this"]
    return {
        "headline": report["headline"],
        "validation_score": report["validation_score"],
        "best_baseline": best
        and {"name": best["name"], "title": best["title"], "value": best["value"], "ensemble_minus_this": paired},
        "value": value and {key: value[key] for key in _SHOWN_OF_VALUE},
        "train_s": report["train_s"],
        "device": report["device"],
    }
