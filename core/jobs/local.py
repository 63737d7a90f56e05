"""The client of the local supervisor: submit, follow, pause, stop, ask. Starts the supervisor when it is needed."""

from __future__ import annotations

import logging
import math
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from filelock import Timeout

from core import datasets
from core.answering.client import NOT_THERE, ask_once
from core.contracts import State, UseCase
from core.environment.machine import worker_threads
from core.errors import UserError
from core.formatting.messages import message
from core.jobs import OpenJob, Status, rules
from core.jobs.standing import status_of
from core.jobs.sweeps import new_id
from core.keys import fingerprint
from core.keys.file_stamps import stamp_of
from core.logs import Event, of
from core.queue import requests
from core.queue.handover import HungSupervisor, ask_older_to_leave
from core.queue.queue import queue_of
from core.queue.rows import Job
from core.registry import to_bring
from core.store import checkpoints, run_folders
from core.store.files import is_full_disk, keep_small, lacks_room, lock_at
from core.store.runs import Run

log = logging.getLogger("proving_ground.jobs")

_CODE = Path(__file__).parents[2]
_VISITED = "visited"
_BACK_OFF_S = 10.0
_COMPARE_EVERY_S = 15.0
_spawned: list[tuple[Path, subprocess.Popen[bytes]]] = []
_failed: dict[Path, float] = {}  # when a store's supervisor that this process had started failed


class LocalJobs:
    """Conforms to core.jobs.Jobs, on one store of this machine."""

    def __init__(self, store: Path) -> None:
        self.store = store
        self.queue = queue_of(store)
        self._woken = self._compared = -math.inf
        self._hung = HungSupervisor(store)

    def submit(self, use_case: UseCase, settings: Mapping[str, Any], *, visitor: str, preset: str | None = None) -> Run:
        """Put a run with complete, checked settings at the end of the queue; raises UserError where rules refuse it."""
        (run,) = self._submit(use_case, [settings], visitor=visitor, preset=preset)
        return run

    def submit_sweep(
        self, use_case: UseCase, settings: Sequence[Mapping[str, Any]], *, visitor: str, preset: str | None = None
    ) -> list[Run]:
        """Put runs at the end of the queue, in one transaction: all of them or, where rules refuse one, none."""
        if not settings:
            raise UserError("A sweep has at least one run; this one has none. Name the values to try.")
        return self._submit(use_case, settings, visitor=visitor, preset=preset, sweep=new_id())

    def _submit(
        self, use_case: UseCase, settings: Sequence[Mapping[str, Any]], *, visitor: str, **facts: Any
    ) -> list[Run]:
        made: list[Run] = []

        def admit(jobs: list[Job]) -> None:
            if not made:  # the queue asks again when it was damaged
                rules.check_place(self.store, visitor, [_open(job) for job in jobs], coming=len(settings))

        def make() -> list[str]:
            for each in settings[len(made) :]:
                made.append(run_folders.create(self.store, use_case, each, **_facts(use_case, each, visitor), **facts))
            return [run.id for run in made]

        with _as_user_error(self.store):
            for each in settings:
                rules.check_submit(self.store, use_case, each, visitor, self.open_jobs(), coming=len(settings))
            try:
                self.queue.enter(make, visitor, admit)
            except BaseException:  # data of a later one are missing, a full disk, Ctrl-C: none of them came in
                for run in made:
                    run_folders.delete(run)
                raise
        for run in made:
            log.info("by %s", visitor, extra=of(Event.SUBMITTED, run.id))
        self.wake()
        return made

    def status(self, run: Run) -> Status:
        """The run's state now."""
        return status_of(self.store, self.queue, run)

    def open_jobs(self) -> list[OpenJob]:
        """The run that is being carried out, those that wait in their order, then those that are paused."""
        with _as_user_error(self.store):
            jobs = [*self.queue.jobs(), *self.queue.paused()]
        return [_open(job) for job in jobs]

    def pause(self, run: Run, *, visitor: str) -> None:
        """Put a waiting run aside; ask one that runs to leave off at its next batch."""
        rules.check_change(run, visitor)

        def admit(jobs: list[Job]) -> None:
            rules.check_pause(visitor, [_open(job) for job in jobs])

        with _as_user_error(self.store):
            waited = self.queue.ask_to_pause(run.id, admit)
        if waited:
            log.info("by %s, while it waited", visitor, extra=of(Event.PAUSED, run.id))
        else:
            _log_asked(run, "pause", visitor)

    def resume(self, run: Run, *, visitor: str) -> None:
        """Put a paused run at the end of the queue. One that was only asked to pause goes on."""
        rules.check_change(run, visitor)

        def admit(jobs: list[Job]) -> None:
            if any(job.run == run.id and job.paused for job in jobs):
                rules.check_queue(visitor, [_open(job) for job in jobs if job.run != run.id])

        with _as_user_error(self.store):
            self.queue.resume(run.id, admit=admit)
        log.info("by %s", visitor, extra=of(Event.RESUMED, run.id))
        self.wake()

    def stop(self, run: Run, *, visitor: str) -> None:
        """End a run. One that has trained ends with what it has learned, when its turn comes; another is cancelled. No
        cap is asked: a paused run only comes back to end."""
        rules.check_change(run, visitor)
        cancelled = partial(
            run_folders.finalize, run, State.CANCELLED, message("Cancelled while it waited in the queue.")
        )
        with _as_user_error(self.store):
            is_open = any(job.run == run.id for job in self.open_jobs())
            if not is_open:  # one that has ended needs no request
                return
            has_begun = checkpoints.exist(run.folder) or requests.has_worker(
                self.store, run.id
            )  # whatever its row says
            if not has_begun and self.queue.withdraw(run.id, cancelled):
                requests.clear(self.store, run.id)
                log.info("by %s, while it waited", visitor, extra=of(Event.CANCELLED, run.id))
                return
            self.queue.ask_to_stop(run.id)
        _log_asked(run, "stop", visitor)
        self.wake()

    def delete(self, run: Run, *, visitor: str) -> None:
        """Remove a run that has ended, whole."""
        rules.check_delete(run, visitor, self.status(run).state)
        run_folders.delete(run)
        log.info("by %s", visitor, extra=of(Event.DELETED, run.id))

    def wake(self) -> None:
        """Make sure that a supervisor runs. Cheap, and safe to call often from many processes."""
        now = time.monotonic()
        if now - self._woken < 1.0:
            return
        self._woken = now
        self._look_after_spawned(now)
        with _as_user_error(self.store):
            self._see_to_supervisor(now)

    def _see_to_supervisor(self, now: float) -> None:
        (self.store / _VISITED).touch()
        keep_small(self.store / "supervisor.log")
        lock = lock_at(self.store / "supervisor.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            if not self._hung.end():
                self._compare_code(now)
            return
        lock.release()
        log = (self.store / "supervisor.log").open("ab")
        with log:
            process = subprocess.Popen(
                [sys.executable, "-m", "core.jobs", str(self.store)],
                cwd=_CODE,
                env={**os.environ, "OMP_WAIT_POLICY": "PASSIVE", "OMP_NUM_THREADS": str(worker_threads())},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        _spawned.append((self.store, process))

    def _compare_code(self, now: float) -> None:
        """A supervisor of older code serves new clients with old code: it is told to make room."""
        if now - self._compared < _COMPARE_EVERY_S:
            return
        self._compared = now
        with suppress(sqlite3.Error):  # a busy queue; another look follows
            ask_older_to_leave(self.store, self.queue)

    def _look_after_spawned(self, now: float) -> None:
        """Reap supervisors that have ended; one that failed is not tried again at once, and its reason is said."""
        for store, process in [s for s in _spawned if s[1].poll() is not None]:
            _spawned.remove((store, process))
            if process.returncode > 0:
                _failed[store] = now
        if now - _failed.get(self.store, -math.inf) < _BACK_OFF_S:
            raise UserError(
                "The supervisor, which carries out trainings, could not start or go on: {fact}. Mend "
                "that; it is tried again every {back_off_s:g} s.",
                fact=lacks_room(self.store) or self._last_words(),
                back_off_s=_BACK_OFF_S,
            )

    def _last_words(self) -> str:
        try:
            lines = (self.store / "supervisor.log").read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            lines = []
        return lines[-1] if lines else message("its log is empty")

    def ask(self, question: Mapping[str, Any], *, timeout_s: float = 20.0) -> dict[str, Any]:
        """The answer worker's reply; raises UserError when it refuses or cannot be reached in time."""
        deadline, question = time.monotonic() + timeout_s, {**question, **to_bring()}
        while True:
            self.wake()
            try:
                return ask_once(self.store, question, timeout_s=max(1.0, deadline - time.monotonic()))
            except UserError:  # a refusal is an answer
                raise
            except NOT_THERE as error:
                if time.monotonic() > deadline:
                    log.warning("no answer: %r", error)
                    raise UserError(
                        "There was no answer within {timeout_s:g} s. Try again in a moment.",
                        timeout_s=timeout_s,
                    ) from error
                time.sleep(0.1)

    def answered_by(self) -> str:
        """Changes when another answer worker, perhaps of other code, has taken the last one's place."""
        try:
            return f"{self.store} {stamp_of(self.store / 'answers.json')}"
        except OSError:
            return f"{self.store} nobody"


def _facts(use_case: UseCase, settings: Mapping[str, Any], visitor: str) -> dict[str, Any]:
    """What a run's configuration keeps of the moment in which it was submitted."""
    varied = use_case.with_variant(settings)
    return {
        "data_checksum": datasets.checksum(varied.datasets),
        "code": fingerprint.of_run(varied),
        "versions": fingerprint.versions(),
        "visitor": visitor,
        "limit_s": rules.time_limit_s(visitor),
        "brought": to_bring(),
    }


def _log_asked(run: Run, what: str, visitor: str) -> None:
    log.info("to %s, by %s", what, visitor, extra=of(Event.ASKED, run.id))


def _open(job: Job) -> OpenJob:
    state = State.WAITING if job.taken is None else State.RUNNING
    return OpenJob(run=job.run, visitor=job.visitor, state=State.PAUSED if job.paused else state)


@contextmanager
def _as_user_error(store: Path) -> Iterator[None]:
    """A disk or a queue that cannot be written, in a sentence."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        why = lacks_room(store) if is_full_disk(error) else ""
        if why:
            raise UserError(why) from error
        raise UserError(
            "The store {store} could not be written ({error}). Try again in a moment.",
            store=str(store),
            error=f"{type(error).__name__}: {error}",
        ) from error


def visited_ns(store: Path) -> int:
    """When a page or a command last woke the supervisor, as a mark that changes with every visit; 0 for never."""
    try:
        return (store / _VISITED).stat().st_mtime_ns
    except OSError:
        return 0
