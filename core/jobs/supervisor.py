"""The supervisor of a store: one process, one training worker, one answer worker."""

from __future__ import annotations

import errno
import logging
import math
import multiprocessing
import os
import signal
import sqlite3
import sys
import time
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import FrameType

from filelock import Timeout

from core.answering.process import Answerer
from core.environment import IDLE_S
from core.environment.machine import worker_threads
from core.estimating.calibration import IdleCalibration
from core.formatting.messages import message
from core.jobs.exits import DISK_WAS_FULL, WorkerExit, exit_of, finalize
from core.jobs.local import visited_ns
from core.jobs.pool import carry_out, give_back_memory, warm_pool
from core.logs import Event, of
from core.queue.handover import Brought, code_on_disk, state_of, write_card
from core.queue.memory import kills
from core.queue.pulse import Pulse, Watch, path_of_supervisor
from core.queue.queue import queue_of
from core.queue.requests import Request, has_worker, holds_lock
from core.registry import bringing, extra_folders, folders_in
from core.store import checkpoints, runs
from core.store.files import lacks_room, lock_at

log = logging.getLogger("proving_ground.supervisor")

_POLL_S = 0.02
_ASK_ANYWAY_S = 1.0
_TROUBLE_S = 1.0
_COMPARE_S = 5.0
_UNKNOWN_S = 10.0
_YIELD_S = 8.0  # less than the ten seconds that systems give before they kill


def supervise(store: Path) -> int:
    """Hold the store's lock and serve its queue until told to end or idle for long; 0 also if another serves."""
    store.mkdir(parents=True, exist_ok=True)
    lock = lock_at(store / "supervisor.lock")
    try:
        held = lock.acquire(timeout=0)
    except Timeout:
        log.info("another supervisor serves the store")
        return 0
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # for its workers, whoever started it
    os.environ.setdefault("OMP_NUM_THREADS", str(worker_threads()))
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # without it a GPU's products differ from run to run
    with held:
        supervisor = Supervisor(store)
        supervisor.serve()
    if supervisor.may_have_left_some():  # after the lock: whoever saw it held has put a run into the queue by now
        log.info("a run came in the last moment; starting anew")
        os.execv(sys.executable, [sys.executable, "-m", "core.jobs", str(store)])
    return 0


class Supervisor:
    """The loop: take the next run, hand it to the worker, see to it when it is left, keep the answerer alive."""

    def __init__(self, store: Path) -> None:
        self.store, self.queue = store, queue_of(store)
        self.current: str | None = None
        self.future: Future[WorkerExit] | None = None  # None with a current run: adopted from a supervisor that died
        self.watch: Watch | None = None
        self.hung = ""  # why its worker was ended
        self.brought = Brought()
        self.unknown: dict[str, list[str]] = {}  # runs that no worker knew, and the code from outside as it then was
        self.unknown_seen_s = -math.inf
        self.kills_before = 0
        self.ending = self.told = False
        self.idle_s = IDLE_S.read()
        self.calibration = IdleCalibration(store)
        self.last_busy_s, self.visited_ns = time.monotonic(), 0
        self.queue_seen_ns, self.queue_asked_s = 0, 0.0
        self.trouble = self.code = ""
        self.compared_s, self.has_compared = -math.inf, False

    def serve(self) -> None:
        """Serve until SIGTERM, until the store is gone, or until nothing was asked for a while."""
        signal.signal(signal.SIGTERM, self._end)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        self.code = write_card(self.store)
        log.info("serves the store", extra=of(Event.SUPERVISOR_STARTED))
        self.pool = warm_pool(self.store)
        answerer, sign = Answerer(self.store), Pulse(path_of_supervisor(self.store))
        self.last_busy_s = time.monotonic()
        try:
            while not self.ending and (self.current or time.monotonic() - self.last_busy_s < self.idle_s):
                sign.beat_now_and_then()
                self._turn_or_say()
                answerer.look_after()
                time.sleep(_POLL_S)
        except Exception:  # supervisor.log gets it too; whoever reads the log must not see it leave as if all were well
            log.exception("it ends, by an error that no check foresaw")
            raise
        finally:
            answerer.end()
            self._leave_run()
            log.info("was told to end" if self.told else "leaves the store", extra=of(Event.SUPERVISOR_ENDED))

    def _end(self, signum: int, frame: FrameType | None) -> None:
        self.ending = self.told = True

    def may_have_left_some(self) -> bool:
        """Whether a run waits that nobody would look at: who found the lock held has started no supervisor."""
        if self.told or not self.store.is_dir() or lacks_room(self.store):  # for want of room nobody could take it
            return False
        try:
            return any(job.taken is None for job in self.queue.jobs())
        except (OSError, sqlite3.Error):
            return False  # whoever comes next will see

    def _turn_or_say(self) -> None:
        """A disk that is full or a queue that is locked holds the queue up, and nothing more: it is tried again."""
        try:
            self._turn()
            self.trouble = ""
        except (OSError, sqlite3.Error) as error:
            kind = f"{type(error).__name__} {getattr(error, 'errno', '')}"  # the words may hold a changing number
            if kind != self.trouble:
                log.warning("cannot go on now: %r", error)
            self.trouble = kind
            self.ending = self.ending or not self.store.is_dir()
            time.sleep(_TROUBLE_S)

    def _turn(self) -> None:
        now_s = time.monotonic()
        if now_s - self.compared_s > _COMPARE_S:
            self._compare(now_s)
        if self.current is None:
            if self._queue_may_have_changed():
                self._adopt_or_take()
            if self.current is None:
                self.calibration.turn(self.pool)
        elif self.future is not None and self.future.done():
            self._after(exit_of(self.future, kills() > self.kills_before))
        elif self.future is None and not has_worker(self.store, self.current):  # its lock is free once it has ended
            self._after(
                WorkerExit(died=True, reason=message("The supervisor and its worker ended in the middle of this run."))
            )
        else:
            self._end_where_hung()
        if self.current is not None or self._is_visited():
            self.last_busy_s = time.monotonic()

    def _compare(self, now_s: float) -> None:
        """At once the first time, which is the first that succeeds."""
        try:
            self.queue.compare(at_once=not self.has_compared)
            self.has_compared = True
        finally:
            self.compared_s = now_s

    def _end_where_hung(self) -> None:
        """Kill a worker that no longer does its work; how it died is then seen as every death is."""
        assert self.current is not None
        if self.watch is None:
            self.watch = self._watch(self.current, adopted=self.future is None)
        complaint = self.watch.complaint()
        if not complaint:
            return
        log.warning("%s It is ended.", complaint, extra={"run": self.current})
        self.hung, sign = complaint, self.watch.sign()
        if self.future is not None:
            for worker in multiprocessing.active_children():
                worker.kill()
        elif sign is not None and holds_lock(self.store, self.current, sign.pid):
            os.kill(sign.pid, signal.SIGKILL)
        self.watch = None

    def _watch(self, run_id: str, *, adopted: bool) -> Watch:
        return Watch(self.store, run_id, adopted=adopted, deaths=self.queue.note(run_id).deaths)

    def _after(self, end: WorkerExit) -> None:
        assert self.current is not None
        self.watch = None
        if end.held:  # a worker of a dead supervisor was first: it is adopted
            self.future = None
            return
        if end.died and self.hung:
            end = replace(end, reason=self.hung)
        self.hung = ""
        if end.died and end.reason != DISK_WAS_FULL:
            log.warning("%s", end.reason, extra=of(Event.WORKER_DIED, self.current))
        finalize(self.store, self.queue, self.current, end)
        if end.unknown:
            self.unknown[self.current] = self._state_of(self.current, {})
        has_trained = self.future is not None
        self.current = self.future = None
        self.queue_seen_ns = 0
        self.last_busy_s = time.monotonic()
        if has_trained and self.pool.active:
            with suppress(RuntimeError):  # the worker has died in between: another is started for the next run
                self.pool.schedule(give_back_memory)

    def _is_visited(self) -> bool:
        """Whether somebody came since the last look; the mark is compared, never the clock."""
        seen, self.visited_ns = self.visited_ns, visited_ns(self.store)
        return self.visited_ns != seen

    def _queue_may_have_changed(self) -> bool:
        """A look at the file's time costs a hundredth of a query; a query a second covers a coarse clock."""
        now_s = time.monotonic()
        try:
            changed_ns = self.queue.path.stat().st_mtime_ns
        except FileNotFoundError:
            changed_ns = 0  # somebody removed it; the query makes it anew
        if changed_ns == self.queue_seen_ns and now_s - self.queue_asked_s < _ASK_ANYWAY_S:
            return False
        self.queue_seen_ns, self.queue_asked_s = changed_ns, now_s
        return True

    def _see_to_paused(self) -> None:
        paused, now_s = self.queue.paused(), time.monotonic()
        asked = self.queue.asked() if paused else {}
        self.unknown = {job.run: self.unknown[job.run] for job in paused if job.run in self.unknown}
        looks = now_s - self.unknown_seen_s > _UNKNOWN_S
        if looks:
            self.unknown_seen_s = now_s
        states: dict[Path, str] = {}
        for job in paused:
            if not (self.store / "runs" / job.run).is_dir():  # deleted while it was paused
                finalize(self.store, self.queue, job.run, WorkerExit())
            elif Request.PAUSE in asked.get(job.run, ()):
                continue  # until somebody resumes it
            elif job.run in self.unknown and not looks:
                continue  # the folders may hold much
            elif self.unknown.get(job.run) != self._state_of(job.run, states):  # tried again once there is other code
                self.queue.resume(job.run)

    def _brings(self, run_id: str) -> tuple[Path, ...]:
        """The folders from outside that a run is carried out with."""
        with bringing(folders_in(runs.read(self.store / "runs" / run_id).config)):
            return extra_folders()

    def _state_of(self, run_id: str, states: dict[Path, str]) -> list[str]:
        """Of each folder that a run brings along; `states` keeps what was seen in this look."""
        folders = self._brings(run_id)
        for folder in folders:
            if folder not in states:
                states[folder] = state_of([folder])
        return [states[folder] for folder in folders]

    def _renew_pool(self) -> None:
        self._end_pool()
        self.pool = warm_pool(self.store)

    def _adopt_or_take(self) -> None:
        self._see_to_paused()
        jobs = self.queue.jobs()
        if not jobs:
            return
        if jobs[0].taken is not None:  # by a supervisor before this one
            self.current = jobs[0].run
            log.info("a worker of an earlier supervisor has it", extra=of(Event.ADOPTED, self.current))
            return
        full = lacks_room(self.store)
        if full:
            raise OSError(errno.ENOSPC, full)  # said once, and looked at again
        if code_on_disk()[0] != self.code:  # a run is carried out by the code that its record names
            log.info("the code has changed; the next visit starts a supervisor of it")
            self.ending = True
            return
        if not self.pool.active:  # pebble gives a pool up whose worker died with nothing to do
            log.warning("the training worker died while it waited; starting another", extra=of(Event.WORKER_DIED))
            self._renew_pool()
        taken = self.queue.take()
        if taken is not None:
            self.current, self.kills_before = taken, kills()
            self.calibration.busy()
            if self.brought.is_older(self._brings(taken)):
                log.info("code that it brings along has changed; starting another worker", extra={"run": taken})
                self._renew_pool()
            goes_on = checkpoints.exist(self.store / "runs" / taken)
            log.info("goes on from its checkpoint" if goes_on else "begins", extra=of(Event.STARTED, taken))
            self.watch = self._watch(taken, adopted=False)  # before its worker can have given a sign
            self.future = self.pool.schedule(carry_out, args=[self.store, taken])

    def _leave_run(self) -> None:
        """Ask the worker to leave its run at a checkpoint, end it, and put the run back. An adopted run is left to the
        worker that has it."""
        if self.current is None or self.future is None:
            self._end_pool()
            return
        try:
            self.queue.ask(self.current, Request.YIELD)
            deadline_s = time.monotonic() + _YIELD_S
            while not self.future.done() and time.monotonic() < deadline_s:
                time.sleep(_POLL_S)
        except (OSError, sqlite3.Error) as error:
            log.warning("could not be asked to leave off: %s", error, extra={"run": self.current})
        end = exit_of(self.future, False) if self.future.done() else WorkerExit()
        self._end_pool()
        try:
            if not end.held:
                finalize(self.store, self.queue, self.current, end)
        except (OSError, sqlite3.Error) as error:  # it stays taken, and the next supervisor finds it without a worker
            log.warning("could not be put back: %s", error, extra={"run": self.current})

    def _end_pool(self) -> None:
        self.pool.stop()  # type: ignore[no-untyped-call]
        self.pool.join()
