"""The supervisor of a store: one process, one training worker, one answer worker. Never trains, never answers."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import Future
from pathlib import Path
from types import FrameType

from filelock import FileLock, Timeout
from pebble import ProcessPool

from core import __version__
from core.contracts import State
from core.errors import RunError
from core.jobs.calibration import IdleCalibration
from core.jobs.local import run_lock, seconds_since_visit, stop_flag
from core.jobs.queue import Queue
from core.machine import worker_threads
from core.store import runs
from core.store.files import write_json

log = logging.getLogger("proving_ground.supervisor")

IDLE_S = "PROVING_GROUND_IDLE_S"
_POLL_S = 0.02
_ASK_ANYWAY_S = 1.0
_DIED = "The training worker died in the middle of this run (killed, or out of memory). Train again."


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
    with lock:
        Supervisor(store).serve()
    return 0


class Supervisor:
    """The loop: take the next run, hand it to the worker, mark it when the worker dies, keep the answerer alive."""

    def __init__(self, store: Path) -> None:
        self.store, self.queue = store, Queue(store)
        self.current: str | None = None
        self.future: Future[str] | None = None
        self.ending = False
        self.idle_s = float(os.environ.get(IDLE_S, "1800"))
        self.last_busy = time.monotonic()
        self.queue_seen_ns, self.queue_asked = 0, 0.0
        self.calibration = IdleCalibration(store)

    def serve(self) -> None:
        """Serve until SIGTERM, or until nothing was asked for a while."""
        signal.signal(signal.SIGTERM, self._end)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        write_json(self.store / "supervisor.json", {"pid": os.getpid(), "version": __version__, "began": time.time()})
        self.pool = _warm_pool()
        answerer = self._start_answerer()
        self.last_busy = time.monotonic()
        try:
            while not self.ending and (self.current or time.monotonic() - self.last_busy < self.idle_s):
                self._turn()
                if answerer.poll() is not None:
                    log.warning("the answer worker ended with %s; starting another", answerer.returncode)
                    time.sleep(0.5)
                    answerer = self._start_answerer()
                time.sleep(_POLL_S)
        finally:
            answerer.terminate()
            self._end_pool()
            if self.future is not None:  # an adopted run is left to the worker that has it
                self._seal_if_left(
                    self.current, "The supervisor was told to end in the middle of this run. Train again."
                )

    def _end(self, signum: int, frame: FrameType | None) -> None:
        self.ending = True

    def _start_answerer(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-m", "core.jobs.answers", str(self.store), str(os.getpid())])

    def _end_pool(self) -> None:
        self.pool.stop()  # type: ignore[no-untyped-call]
        self.pool.join()

    def _turn(self) -> None:
        if self.current is None:
            if self._queue_may_have_changed():
                self._adopt_or_take()
            if self.current is None:
                self.calibration.turn(self.pool)
        elif self.future is None:
            self._watch_adopted()
        elif self.future.done():
            error = self.future.exception()
            if error is not None:
                log.warning("run %s: %r", self.current, error)
            self._seal_if_left(self.current, _DIED)
            self.current = self.future = None
            self.queue_seen_ns = 0
            self.last_busy = time.monotonic()
        if self.current is not None or seconds_since_visit(self.store) < 5:
            self.last_busy = time.monotonic()

    def _queue_may_have_changed(self) -> bool:
        """A look at the file's time costs a hundredth of a query; a query a second covers a coarse clock."""
        changed_ns, now = self.queue.path.stat().st_mtime_ns, time.monotonic()
        if changed_ns == self.queue_seen_ns and now - self.queue_asked < _ASK_ANYWAY_S:
            return False
        self.queue_seen_ns, self.queue_asked = changed_ns, now
        return True

    def _adopt_or_take(self) -> None:
        left = next((job.run for job in self.queue.jobs() if job.taken is not None), None)
        if left is not None:  # taken by a supervisor before this one
            self.current = left
            return
        if not self.pool.active:  # pebble gives a pool up whose worker died with nothing to do
            log.warning("the training worker died while it waited; starting another")
            self._end_pool()
            self.pool = _warm_pool()
        taken = self.queue.take()
        if taken is not None:
            self.current = taken
            self.calibration.busy()
            self.future = self.pool.schedule(_carry_out, args=[self.store, taken])

    def _watch_adopted(self) -> None:
        """A worker that outlived its supervisor finishes its run; one that died leaves its lock free."""
        if self.current and self._is_free(self.current):
            self._seal_if_left(
                self.current, "The supervisor and its worker ended in the middle of this run. Train again."
            )
            self.current = None
            self.queue_seen_ns = 0

    def _is_free(self, run_id: str) -> bool:
        lock = run_lock(self.store, run_id)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return False
        lock.release()
        return True

    def _seal_if_left(self, run_id: str | None, reason: str) -> None:
        if run_id is None:
            return
        try:
            runs.seal(runs.load_run(self.store, run_id), State.INTERRUPTED, reason)
        except (RunError, OSError) as error:
            log.warning("run %s could not be sealed: %s", run_id, error)
        self.queue.done(run_id)
        for left in (self.store / "locks" / f"{run_id}.lock", stop_flag(self.store, run_id)):
            left.unlink(missing_ok=True)


def _warm_pool() -> ProcessPool:
    """A pool whose forkserver and one warm worker start now."""
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    context.set_forkserver_preload(["core.jobs.worker"])
    pool = ProcessPool(max_workers=1, context=context)
    pool.schedule(_nothing)
    return pool


def _nothing() -> None:
    """Starts a worker and leaves it warm."""
    import core.jobs.worker  # noqa: F401


def _carry_out(store: Path, run_id: str) -> str:
    from core.jobs.worker import carry_out

    return carry_out(store, run_id)
