"""Carrying out one run in the training worker: the only writer of its folder."""

from __future__ import annotations

import os
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TextIO

import sklearn.ensemble
import sklearn.linear_model  # noqa: F401
from filelock import Timeout

from core import datasets, pipeline
from core.contracts import EpochEvent, Event, Report, State, UseCase
from core.contracts.events import NoticeEvent, phases_of
from core.errors import Paused, RunError, UnknownNameError, UserError
from core.estimating import calibration
from core.formatting.as_json import as_json
from core.formatting.durations import duration
from core.formatting.messages import joined, message, to_json
from core.formatting.numbers import count
from core.jobs.exits import DISK_WAS_FULL, WorkerExit
from core.keys import fingerprint
from core.pipeline.report import summary, with_estimate
from core.queue import memory, pulse, requests
from core.queue.pulse import Pulse
from core.queue.requests import Request, RequestReader, run_lock
from core.registry import bringing, folders_in, outside
from core.settings.training import stopped_on_request, weights_kept
from core.store import outcomes, run_folders, runs
from core.store.caches import RecordedBaselines, StoredBaselines, examples_loader
from core.store.checkpoints import RunCheckpoints
from core.store.files import is_full_disk, write_json
from core.store.runs import Run
from core.training import devices
from core.use_cases import use_case as use_case_named

_HELD_S = 2.0  # longer than anybody's look at the lock


def carry_out(store: Path, run_id: str) -> WorkerExit:
    """Run the pipeline for a prepared folder, from its last checkpoint where it has one, and finalize it. Returns how
    the run was left: the supervisor sees to one that the worker could not finalize."""
    devices.make_repeatable()
    devices.set_threads()
    memory.apply_limit()
    lock = run_lock(store, run_id)
    try:
        held = lock.acquire(timeout=_HELD_S)
    except Timeout:
        return WorkerExit(held=True)
    with held:  # `with lock` would hold it twice, and let go once
        run = runs.load_run(store, run_id)
        if run.final_state:  # given up for dead before this worker came to it
            return WorkerExit(state=run.final_state)
        try:
            with Pulse(pulse.path_of(store, run_id)) as sign, bringing(folders_in(run.config)):
                return _carry_out(store, run, sign)
        except Paused:
            return WorkerExit()
        except UnknownNameError as error:  # where it was submitted it was known: it is put aside, and not finalized
            return WorkerExit(unknown=True, reason=_unknown(run, error))
        except Exception as error:  # the run is marked with it, and the queue goes on
            return _give_up(run, error)


def _give_up(run: Run, error: Exception) -> WorkerExit:
    """Finalize a run that failed; one for which there was no room is left as it was at its last checkpoint."""
    if is_full_disk(error):
        with suppress(OSError):  # a disk that takes nothing; the next attempt writes over it
            outcomes.drop(run.folder)
        return WorkerExit(died=True, reason=DISK_WAS_FULL)
    reason = _reason(run, error)
    with suppress(OSError):  # the supervisor keeps the reason elsewhere
        if (error.__cause__ or not isinstance(error, UserError)) and run.folder.is_dir():
            (run.folder / "error.txt").write_text(traceback.format_exc(), encoding="utf-8")
        run_folders.finalize(run, State.FAILED, reason)
    return WorkerExit(state=State.FAILED, reason=reason)


def _unknown(run: Run, error: UnknownNameError) -> str:
    with bringing(folders_in(run.config)):
        told = joined((str(error), *outside.problems()))
    return message(
        "The worker does not know what this run names. {told} It goes on when that is mended; or cancel it.", told=told
    )


def _gone(run: Run) -> RunError:
    return RunError(
        "The folder of run {run} was deleted while it trained; nothing of it is kept. Train again.", run=run.id
    )


def _reason(run: Run, error: Exception) -> str:
    """A sentence for a person: what happened and what to do."""
    if memory.is_out_of_memory(error):
        return memory.sentence(error)
    if isinstance(error, UserError):
        return str(error)
    if not run.folder.is_dir():
        return str(_gone(run))
    if isinstance(error, PermissionError) or not os.access(run.folder, os.W_OK):
        return message(
            "A run is written to its folder, and {folder} cannot be written ({error}). Make it writable, or set "
            "PROVING_GROUND_STORE to another folder; then train again.",
            folder=str(run.folder),
            error=_in_words(error),
        )
    return message(
        "The run failed while {phase}, by a fault that no check foresaw. The details are in error.txt in its folder. "
        "Look at the data first, train again, and report it if it stays.",
        phase=_PHASES.get(_phase(run), message("it was carried out")),
    )


_PHASES = {
    "data": message("the data were read"),
    "training": message("the network trained"),
    "baselines": message("the simple methods trained"),
    "evaluation": message("held-out rows were measured"),
}


def _phase(run: Run) -> str:
    return next((e["phase"] for e in reversed(phases_of(run.progress()))), "data")


def _in_words(error: Exception) -> str:
    """What the system says of a file, without its number."""
    told = getattr(error, "strerror", None)
    return str(told).lower() if told else message("no reason is known")


def _carry_out(store: Path, run: Run, sign: Pulse) -> WorkerExit:
    use_case = use_case_named(run.use_case)
    expected = calibration.before(store, run)
    asked = requests.now_and_then(RequestReader(store, run.id).asked)
    pause_requested = partial(_is_to_leave_off, asked)
    key = _note_code(run, use_case)
    kept = RunCheckpoints(run.folder, key, pause_requested=pause_requested)
    began_s = time.monotonic()
    with (run.folder / "progress.jsonl").open("a", encoding="utf-8", buffering=1) as out:
        _go_on_from(kept, out)

        def progress(event: Event) -> None:
            sign.begin(event["phase"]) if event["event"] == "phase" else sign.advance()
            out.write(as_json(event) + "\n")
            if event["event"] == "epoch" and event.get("time_limit_s") is not None:
                _tell(out, _out_of_time(run, event))
            if event["event"] in ("phase", "baseline") and pause_requested():
                raise Paused  # between two steps; what was trained is in the last checkpoint

        outcome = pipeline.run(
            use_case,
            run.config["settings"],
            progress=progress,
            stop_requested=lambda: sign.advance() or Request.STOP in asked(),
            load=examples_loader(store, pipeline.load_examples),
            baseline_cache=StoredBaselines(store),
            shipped_baselines=RecordedBaselines(runs.RECORDED),
            checkpoints=kept,
            limit_s=_limit_s(run),
            came_on=sign.advance,
        )
    if not run.folder.is_dir():
        raise _gone(run)
    report = with_estimate(outcome.report, expected.to_json() if expected else None)
    calibration.learn(store, run, report)
    outcomes.save(run.folder, replace(outcome, report=report))
    state = State.STOPPED if report.get("stopped") else State.FINISHED
    reason = _reason_of(run, report)
    run_folders.finalize(run, state, reason, summary(report, run_s=round(time.monotonic() - began_s, 3)))
    return WorkerExit(state=state, reason=reason)


def _is_to_leave_off(asked: Callable[[], frozenset[Request]]) -> bool:
    """Whether to pause or yield. A request to stop goes before: it ends the run for good."""
    found = asked()
    return bool(found) and Request.STOP not in found


def _note_code(run: Run, use_case: UseCase) -> str:
    """The key of this training's code and data. A run that other code had prepared says what carries it out."""
    varied = use_case.with_variant(run.config["settings"])
    code, data = fingerprint.of_run(varied), datasets.checksum(varied.datasets)
    if (run.config.get("code"), run.config.get("data_checksum")) != (code, data):
        config = {**run.config, "code": code, "data_checksum": data, "versions": fingerprint.versions()}
        write_json(run.folder / "config.json", config, make_folder=False)
    return f"{code} {data}"


def _go_on_from(kept: RunCheckpoints, out: TextIO) -> None:
    """Cut the progress back to the checkpoint that can be used, and say what could not."""
    had_begun = out.tell() > 0
    checkpoint = kept.load()
    out.truncate(min(checkpoint.progress_bytes, out.tell()) if checkpoint else 0)
    texts = list(kept.problems)
    if checkpoint is not None:
        texts.append(message("Goes on from checkpoint {number}.", number=checkpoint.number))
    elif had_begun:
        texts.append(message("No checkpoint can be used: the training starts anew."))
    for text in texts:
        _tell(out, text)


def _tell(out: TextIO, text: str) -> None:
    notice: NoticeEvent = {"event": "notice", "text": text, **to_json(text)}
    out.write(as_json(notice) + "\n")


def _limit_s(run: Run) -> float | None:
    """When the clock ends the training, as the run was let in; pauses do not count, and begin nothing anew."""
    limit_s = run.config.get("limit_s")
    return float(limit_s) if isinstance(limit_s, int | float) and limit_s > 0 else None


def _out_of_time(run: Run, event: EpochEvent) -> str:
    return message(
        "The time limit of {limit} is reached in epoch {epoch} of {most}: {weights} so far are measured.",
        limit=duration(event["time_limit_s"]),
        epoch=count(event["epoch"]),
        most=count(event["num_epochs"]),
        weights=weights_kept(run.settings),
    )


def _reason_of(run: Run, report: Report) -> str:
    """Why a training ended, in a sentence."""
    if not report.get("stopped"):
        return message("Finished.")
    limit_s = report.get("time_limit_s")
    if limit_s is None:
        return stopped_on_request(run.settings)
    return message(
        "Stopped at the time limit of {limit}; {weights} were kept.",
        limit=duration(limit_s),
        weights=weights_kept(run.settings),
    )
