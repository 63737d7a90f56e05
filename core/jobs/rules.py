"""Who may do what on this server: its owner, a visitor of a shared one, the audience of a stage. Changes nothing."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core import datasets, environment
from core.contracts import State, UseCase
from core.errors import RunError, UserError
from core.jobs import OpenJob
from core.store import runs
from core.store.runs import Run

SHARED, READ_ONLY = environment.SHARED.name, environment.READ_ONLY.name
MOST_WORK, MOST_OWN, MOST_QUEUED = (
    v.name for v in (environment.MOST_WORK, environment.MOST_OWN, environment.MOST_QUEUED)
)
OWNER = "owner"
_FROM_THE_WEB = "web-"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """The server's rules. most_work: rows x epochs x width x networks of one run, some four times the heaviest preset;
    most_own, most_queued: runs in the queue of one visitor and of all, the one in training included."""

    shared: bool = False
    read_only: bool = False
    most_work: float = 5e9
    most_own: int = 3
    most_queued: int = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class Size:
    """What a run of a use case reads: training rows of one fold, and the number of folds."""

    rows: int
    folds: int


def current() -> Rules:
    """The rules as the environment has them now; raises UserError for a value that cannot be meant."""
    return Rules(
        shared=environment.SHARED.read(),
        read_only=environment.READ_ONLY.read(),
        most_work=environment.MOST_WORK.read(),
        most_own=int(environment.MOST_OWN.read()),
        most_queued=int(environment.MOST_QUEUED.read()),
    )


def visitor_of(secret: str) -> str:
    """The name under which runs and queue know a visitor: a hash, so that no run gives away its visitor's secret."""
    return _FROM_THE_WEB + hashlib.sha256(f"proving ground visitor {secret}".encode()).hexdigest()[:24]


def is_owner(visitor: str) -> bool:
    """Whether somebody acts as the owner of the store: the command line does, and whatever is no page."""
    return not visitor.startswith(_FROM_THE_WEB)


def check_submit(
    store: Path, use_case: UseCase, settings: Mapping[str, Any], visitor: str, queued: Sequence[OpenJob]
) -> None:
    """Raise UserError, with what to do, where this visitor may not start this run now."""
    rules = current()
    _check_stage(rules)
    if not rules.shared or is_owner(visitor):
        return
    _check_work(rules, size_of(store, use_case.on(settings)), settings)
    _check_queue(rules, visitor, queued)


def check_change(run: Run, visitor: str) -> None:
    """Raise UserError where this visitor may not stop, cancel, pause, resume or delete this run."""
    rules = current()
    _check_stage(rules)
    if rules.shared and not is_owner(visitor) and run.config.get("visitor") != visitor:
        raise UserError(
            f"On this shared server a run is stopped or deleted by the visitor who started it; {run.id} is another "
            "visitor's. Train your own, or ask the owner of the server."
        )


def check_delete(run: Run, visitor: str, state: State) -> None:
    """Raise UserError where this visitor may not delete this run, or where nobody may now."""
    check_change(run, visitor)
    if run.recorded:
        raise UserError(
            f"Recorded runs are shipped with the product and stay; {run.id} is one. Delete one of your own."
        )
    if not state.is_final:
        raise UserError(f"A run is deleted after its end; {run.id} is {state.value}. Stop it first.")


def may_change(run: Run, visitor: str) -> bool:
    """Whether a page offers to stop this run."""
    try:
        check_change(run, visitor)
    except UserError:
        return False
    return True


def work(size: Size, settings: Mapping[str, Any]) -> float:
    """Rows x epochs x width x networks, at most: early stopping may end sooner."""
    return float(size.rows) * settings.get("num_epochs", 1) * settings.get("width", 1) * _networks(size, settings)


def size_of(store: Path, use_case: UseCase) -> Size:
    """That of the newest run of this variant with a report, a recorded one too; else of the largest data file."""
    for run in runs.of_variant(runs.list_runs(store, use_case.name), use_case):
        if run.sealed_state and run.sealed_state.has_report:
            try:
                rows = run.report()["rows"]
                return Size(rows=int(rows["train"]), folds=int(rows["folds"]))
            except (RunError, KeyError, TypeError, ValueError):
                continue  # the next one will say it
    files = [file.rows for name in use_case.datasets for file in datasets.DATASETS.get(name).files]
    return Size(rows=max(files, default=1), folds=1)


def _check_stage(rules: Rules) -> None:
    if rules.read_only:
        raise UserError(
            "This server is a stage: everything can be looked at and asked, and nothing is started, stopped or "
            f"deleted. To train, start it without {READ_ONLY}."
        )


def _check_work(rules: Rules, size: Size, settings: Mapping[str, Any]) -> None:
    asked = work(size, settings)
    if asked <= rules.most_work:
        return
    epochs, width, networks = settings.get("num_epochs", 1), settings.get("width", 1), _networks(size, settings)
    fitting = math.floor(rules.most_work * epochs / asked)
    step = f"lower the epochs to {fitting:,}" if fitting >= 1 else "lower width and members, then the epochs"
    raise UserError(
        f"On this shared server a run has at most {_billions(rules.most_work)} of rows x epochs x width x networks; "
        f"this one has {_billions(asked)}: {size.rows:,} x {epochs:,} x {width:,} x {networks:,}. To fit, {step}."
    )


def _check_queue(rules: Rules, visitor: str, queued: Sequence[OpenJob]) -> None:
    """A paused run counts for its visitor alone: others do not wait for it."""
    active = [job for job in queued if job.state is not State.PAUSED]
    own = [f"{place:,}" for place, job in enumerate(active, start=1) if job.visitor == visitor]
    paused = sum(job.visitor == visitor and job.state is State.PAUSED for job in queued)
    if len(own) + paused >= rules.most_own:
        stand = [f"at place {' and '.join(own)} of {len(active):,}"] if own else []
        stand += [f"paused ({paused:,})"] if paused else []
        raise UserError(
            f"On this shared server a visitor has at most {rules.most_own:,} runs in the queue; yours are "
            f"{', '.join(stand)}. Wait until one has ended, or cancel one."
        )
    if len(active) >= rules.most_queued:
        raise UserError(
            f"The queue of this shared server takes at most {rules.most_queued:,} runs; {len(active):,} are in it. "
            "Try again in some minutes."
        )


def _networks(size: Size, settings: Mapping[str, Any]) -> int:
    return size.folds * int(settings.get("members", 1))


def _billions(number: float) -> str:
    return f"{number / 1e9:.3g} billion"
