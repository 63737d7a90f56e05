"""Who may do what on this server: its owner, a visitor of a shared one, anybody in read-only mode. Changes nothing."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core import environment
from core.contracts import State, UseCase
from core.errors import UserError
from core.formatting.messages import listed, message
from core.formatting.numbers import counted
from core.jobs import OpenJob, caps
from core.store import runs
from core.store.files import bytes_of
from core.store.runs import Run

SHARED, READ_ONLY = environment.SHARED.name, environment.READ_ONLY.name
MOST_MINUTES, MOST_OWN, MOST_QUEUED, MOST_KEPT, MOST_KEPT_MB = (
    v.name
    for v in (
        *(environment.MOST_MINUTES, environment.MOST_OWN, environment.MOST_QUEUED),
        *(environment.MOST_KEPT, environment.MOST_KEPT_MB),
    )
)
OWNER = "owner"
_SHARED_MINUTES = 15.0  # some ten times the heaviest preset
_OWNERS = re.compile(rf"{OWNER}|recording|results|cli-.*")  # the command line, by what it does or who types
_VISITORS = re.compile(r"web-[0-9a-f]{24}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """The server's rules. most_minutes: of one training, as the environment says it; most_own, most_queued: runs in the
    queue of one visitor and of all, the one in training included; as many may be paused. most_kept, most_kept_mb: a
    visitor's runs in the store, those in the queue included, and their size."""

    shared: bool = False
    read_only: bool = False
    most_minutes: float | None = None
    most_own: int = 3
    most_queued: int = 30
    most_kept: int = 50
    most_kept_mb: float = 500


def current() -> Rules:
    """The rules as the environment has them now; raises UserError for a value that cannot be meant."""
    return Rules(
        shared=environment.SHARED.read(),
        read_only=environment.READ_ONLY.read(),
        most_minutes=environment.MOST_MINUTES.given(),
        most_own=int(environment.MOST_OWN.read()),
        most_queued=int(environment.MOST_QUEUED.read()),
        most_kept=int(environment.MOST_KEPT.read()),
        most_kept_mb=environment.MOST_KEPT_MB.read(),
    )


def visitor_of(secret: str) -> str:
    """The name under which runs and queue know a visitor: a hash, so that no run gives away its visitor's secret."""
    return "web-" + hashlib.sha256(f"proving ground visitor {secret}".encode()).hexdigest()[:24]


def is_owner(visitor: str) -> bool:
    """Whether somebody acts as the owner of the store: the command line does, and says so. Any other name, an empty
    one too, has no more rights than a visitor's."""
    return _OWNERS.fullmatch(visitor) is not None


def check_submit(
    store: Path,
    use_case: UseCase,
    settings: Mapping[str, Any],
    visitor: str,
    queued: Sequence[OpenJob],
    *,
    coming: int = 1,
) -> None:
    """Raise UserError, with what to do, where this visitor may not start this run now. coming: it is one of so many
    that come in together."""
    rules = current()
    _check_read_only(rules)
    if _is_free(rules, visitor):
        return
    caps.check_training(store, use_case, settings, _limit_s(rules))
    check_place(store, visitor, queued, coming=coming)


def time_limit_s(visitor: str) -> float | None:
    """Seconds after which the clock ends a training of this visitor's; None for none. A lone user may set one; on a
    shared server the visitors have one, and the owner has none."""
    rules = current()
    if rules.shared:
        return None if is_owner(visitor) else _limit_s(rules)
    return None if rules.most_minutes is None else _limit_s(rules)


def _limit_s(rules: Rules) -> float:
    return 60 * (_SHARED_MINUTES if rules.most_minutes is None else rules.most_minutes)


def check_place(store: Path, visitor: str, queued: Sequence[OpenJob], *, coming: int = 1) -> None:
    """The part of `check_submit` that others who ask at the same time can change."""
    rules = current()
    if not _is_free(rules, visitor):
        check_queue(visitor, queued, coming=coming)
        _check_kept(rules, store, visitor, coming)


def check_pause(visitor: str, queued: Sequence[OpenJob]) -> None:
    """Raise UserError where no more runs may be put aside: each of them comes back."""
    rules = current()
    paused = sum(job.state is State.PAUSED for job in queued)
    if not _is_free(rules, visitor) and paused >= rules.most_queued:
        most = counted(rules.most_queued, "{count} run is", "{count} runs are")
        raise UserError(
            "On this shared server at most {most} paused at a time; {paused}. Let this one go on, or stop "
            "it: what it has learned is kept.",
            most=most,
            paused=_are(paused),
        )


def check_change(run: Run, visitor: str) -> None:
    """Raise UserError where this visitor may not stop, cancel, pause, resume or delete this run."""
    rules = current()
    _check_read_only(rules)
    if not _is_free(rules, visitor) and run.config.get("visitor") != visitor:
        raise UserError(
            "On this shared server a run is stopped or deleted by the visitor who started it; {run} is "
            "another visitor's. Train your own, or ask the owner of the server.",
            run=run.id,
        )


def check_delete(run: Run, visitor: str, state: State) -> None:
    """Raise UserError where this visitor may not delete this run, or where nobody may now."""
    check_change(run, visitor)
    if run.recorded:
        raise UserError(
            "Recorded runs are shipped with the product and stay; {run} is one. Delete one of your own.", run=run.id
        )
    if not state.is_final:
        raise UserError(
            "A run is deleted after its end; {run} is {state}. Stop it first.", run=run.id, state=message(state.value)
        )


def may_change(run: Run, visitor: str) -> bool:
    """Whether a page offers to stop this run."""
    try:
        check_change(run, visitor)
    except UserError:
        return False
    return True


def _check_read_only(rules: Rules) -> None:
    if rules.read_only:
        raise UserError(
            "This server is in read-only mode: everything can be looked at and asked, and nothing is started, "
            "stopped or deleted. To train, start it without {read_only}.",
            read_only=READ_ONLY,
        )


def check_queue(visitor: str, queued: Sequence[OpenJob], *, coming: int = 1) -> None:
    """Raise UserError where `queued`, without the runs that are to come in, leaves no place for them. A paused run
    counts for its visitor alone: others do not wait for it."""
    rules = current()
    if _is_free(rules, visitor):
        return
    active = [job for job in queued if job.state is not State.PAUSED]
    own = [f"{place:,}" for place, job in enumerate(active, start=1) if job.visitor == visitor]
    paused = sum(job.visitor == visitor and job.state is State.PAUSED for job in queued)
    _check_sweep(coming, len(own) + paused, rules.most_own, "The queue of this shared server takes of one visitor")
    if len(own) + paused >= rules.most_own:
        places = message("{first} and {last}", first=", ".join(own[:-1]), last=own[-1]) if own[1:] else "".join(own)
        stand = [message("at place {places} of {count:,}", places=places, count=len(active))] if own else []
        stand += [message("paused ({count:,})", count=paused)] if paused else []
        raise UserError(
            "On this shared server a visitor has at most {most_own} in the queue; yours are {places}. Wait "
            "until one has ended, or cancel one.",
            most_own=_runs(rules.most_own),
            places=listed(stand),
        )
    _check_sweep(coming, len(active), rules.most_queued, "The queue of this shared server takes in all")
    if len(active) >= rules.most_queued:
        raise UserError(
            "The queue of this shared server takes at most {most_queued}; {active} in it. Try again in a few minutes.",
            most_queued=_runs(rules.most_queued),
            active=_are(len(active)),
        )


def _check_sweep(coming: int, there: int, most: int, rule: str) -> None:
    """A sweep needs as many places as it has runs. A single run is refused in other words."""
    if coming > 1 and there + coming > most:
        raise UserError(
            "{rule} at most {most}; {there} in it, and this sweep has {coming}. Try fewer values, or wait.",
            rule=rule,
            most=_runs(most),
            there=_are(there),
            coming=_runs(coming),
        )


def _check_kept(rules: Rules, store: Path, visitor: str, coming: int) -> None:
    """What a visitor leaves on the disk is theirs to delete; nothing is deleted for them."""
    own = [r for r in runs.list_runs(store) if not r.recorded and r.config.get("visitor") == visitor]
    oldest = min(own, key=lambda run: run.id).id if own else ""
    step = message("Delete one that you no longer need, under Results; your oldest is {run}.", run=oldest)
    if len(own) + coming > rules.most_kept:
        raise UserError(
            "On this shared server a visitor keeps at most {most_kept}; you have {own:,}. {step}",
            most_kept=_runs(rules.most_kept),
            own=len(own),
            step=step,
        )
    kept_mb = sum(bytes_of(run.folder) for run in own) / 1e6
    if kept_mb >= rules.most_kept_mb:
        raise UserError(
            "On this shared server a visitor keeps at most {most_kept_mb:,.0f} MB of runs; yours take "
            "{kept_mb:,.0f} MB. {step}",
            most_kept_mb=rules.most_kept_mb,
            kept_mb=kept_mb,
            step=step,
        )


def _is_free(rules: Rules, visitor: str) -> bool:
    """Whether no cap applies to who asks; raises UserError where nobody can tell who that is."""
    if not rules.shared or is_owner(visitor):
        return True
    if not _VISITORS.fullmatch(visitor):
        raise UserError(
            "On this shared server a run is its visitor's, and this browser did not say who it is. Allow cookies for "
            "this page and reload it."
        )
    return False


def _runs(count: int) -> str:
    return counted(count, "{count} run", "{count} runs")


def _are(count: int) -> str:
    return counted(count, "{count} is", "{count} are")
