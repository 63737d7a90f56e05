"""The supervisor of a store: one process, one training worker, one answer worker. Never trains, never answers."""

from __future__ import annotations

import errno
import gc
import logging
import multiprocessing
import os
import signal
import sqlite3
import time
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from types import FrameType

from filelock import FileLock, Timeout
from pebble import ProcessPool

from core.environment import IDLE_S
from core.jobs import memory, requests
from core.jobs.answerer import Answerer
from core.jobs.calibration import IdleCalibration
from core.jobs.ends import End, end_of, put_away
from core.jobs.handover import code_on_disk, write_card
from core.jobs.local import queue_of, visited_ns
from core.jobs.memory import kills
from core.jobs.requests import Request, has_worker
from core.machine import worker_threads
from core.store.files import lacks_room

log = logging.getLogger("proving_ground.supervisor")

_POLL_S = 0.02
_ASK_ANYWAY_S = 1.0
_TROUBLE_S = 1.0
_YIELD_S = 8.0  # less than the ten seconds that systems give before they kill


def supervise(store: Path) -> int:
    """Hold the store's lock and serve its queue until told to end or idle for long; 0 also if another serves."""
    store.mkdir(parents=True, exist_ok=True)
    lock = FileLock(store / "supervisor.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        log.info("another supervisor serves %s", store)
        return 0
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # for its workers, whoever started it
    os.environ.setdefault("OMP_NUM_THREADS", str(worker_threads()))
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # without it a GPU's products differ from run to run
    with lock:
        Supervisor(store).serve()
    return 0


class Supervisor:
    """The loop: take the next run, hand it to the worker, see to it when it is left, keep the answerer alive."""

    def __init__(self, store: Path) -> None:
        self.store, self.queue = store, queue_of(store)
        self.current: str | None = None
        self.future: Future[End] | None = None  # None with a current run: adopted from a supervisor that died
        self.kills_before = 0
        self.ending = False
        self.idle_s = IDLE_S.read()
        self.calibration = IdleCalibration(store)
        self.last_busy_s, self.visited_ns = time.monotonic(), 0
        self.queue_seen_ns, self.queue_asked_s = 0, 0.0
        self.trouble = self.code = ""

    def serve(self) -> None:
        """Serve until SIGTERM, until the store is gone, or until nothing was asked for a while."""
        signal.signal(signal.SIGTERM, self._end)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        self.code = write_card(self.store)
        self.pool = _warm_pool()
        answerer = Answerer(self.store)
        self.last_busy_s = time.monotonic()
        try:
            while not self.ending and (self.current or time.monotonic() - self.last_busy_s < self.idle_s):
                self._turn_or_say()
                answerer.look_after()
                time.sleep(_POLL_S)
        finally:
            answerer.end()
            self._leave_run()

    def _end(self, signum: int, frame: FrameType | None) -> None:
        self.ending = True

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
        if self.current is None:
            if self._queue_may_have_changed():
                self._adopt_or_take()
            if self.current is None:
                self.calibration.turn(self.pool)
        elif self.future is not None:
            if self.future.done():
                self._after(end_of(self.future, kills() > self.kills_before))
        elif not has_worker(self.store, self.current):  # adopted: its lock is free once its worker has ended or died
            self._after(End(died=True, reason="The supervisor and its worker ended in the middle of this run."))
        if self.current is not None or self._is_visited():
            self.last_busy_s = time.monotonic()

    def _after(self, end: End) -> None:
        assert self.current is not None
        if end.held:  # a worker of a dead supervisor was first: it is adopted
            self.future = None
            return
        put_away(self.store, self.queue, self.current, end)
        has_trained = self.future is not None
        self.current = self.future = None
        self.queue_seen_ns = 0
        self.last_busy_s = time.monotonic()
        if has_trained and self.pool.active:
            with suppress(RuntimeError):  # the worker has died in between: another is started for the next run
                self.pool.schedule(_give_back_memory)

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

    def _adopt_or_take(self) -> None:
        for job in self.queue.paused():
            if not (self.store / "runs" / job.run).is_dir():  # deleted while it was paused
                put_away(self.store, self.queue, job.run, End())
        jobs = self.queue.jobs()
        if not jobs:
            return
        if jobs[0].taken is not None:  # by a supervisor before this one
            self.current = jobs[0].run
            return
        full = lacks_room(self.store)
        if full:
            raise OSError(errno.ENOSPC, full)  # said once, and looked at again
        if code_on_disk()[0] != self.code:  # a run is carried out by the code that its record names
            log.info("the code has changed; the next visit starts a supervisor of it")
            self.ending = True
            return
        if not self.pool.active:  # pebble gives a pool up whose worker died with nothing to do
            log.warning("the training worker died while it waited; starting another")
            self._end_pool()
            self.pool = _warm_pool()
        taken = self.queue.take()
        if taken is not None:
            requests.withdraw(self.store, taken, Request.YIELD)  # of a supervisor that ended
            self.current, self.kills_before = taken, kills()
            self.calibration.busy()
            self.future = self.pool.schedule(_carry_out, args=[self.store, taken])

    def _leave_run(self) -> None:
        """Ask the worker to leave its run at a checkpoint, end it, and put the run back. An adopted run is left to the
        worker that has it."""
        if self.current is None or self.future is None:
            self._end_pool()
            return
        try:
            requests.ask(self.store, self.current, Request.YIELD)
            deadline_s = time.monotonic() + _YIELD_S
            while not self.future.done() and time.monotonic() < deadline_s:
                time.sleep(_POLL_S)
        except OSError as error:
            log.warning("run %s could not be asked to leave off: %s", self.current, error)
        end = end_of(self.future, False) if self.future.done() else End()
        self._end_pool()
        try:
            if not end.held:
                put_away(self.store, self.queue, self.current, end)
        except (OSError, sqlite3.Error) as error:  # it stays taken, and the next supervisor finds it without a worker
            log.warning("run %s could not be put back: %s", self.current, error)

    def _end_pool(self) -> None:
        self.pool.stop()  # type: ignore[no-untyped-call]
        self.pool.join()


def _warm_pool() -> ProcessPool:
    """A pool whose forkserver and one warm worker start now."""
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    context.set_forkserver_preload(["core.jobs.worker"])
    pool = ProcessPool(max_workers=1, context=context, initializer=_settle_in)
    pool.schedule(_nothing)
    return pool


def _settle_in() -> None:
    """What every worker begins with. What is imported stays for good: looking for what may go, which every run ends
    with, need not look at it."""
    import core.jobs.worker  # noqa: F401

    gc.collect()
    gc.freeze()


def _nothing() -> None:
    """Starts a worker and leaves it warm."""


def _give_back_memory() -> None:
    try:
        memory.give_back()
    except Exception:  # nobody asks how it went
        log.warning("a run's memory could not be given back", exc_info=True)


def _carry_out(store: Path, run_id: str) -> End:
    from core.jobs.worker import carry_out

    return carry_out(store, run_id)
