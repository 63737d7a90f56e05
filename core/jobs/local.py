"""The client of the local supervisor: submit, follow, stop, ask. Starts the supervisor when it is needed."""

from __future__ import annotations

import http.client
import json
import math
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from core import datasets, fingerprint
from core.contracts import State, UseCase
from core.errors import UserError
from core.jobs import Status, rules
from core.jobs.queue import Queue
from core.machine import worker_threads
from core.store import runs
from core.store.files import keep_small, read_json
from core.store.runs import Run

_CODE = Path(__file__).parents[2]
_VISITED = "visited"
_BACK_OFF_S = 10.0
_spawned: list[tuple[Path, subprocess.Popen[bytes]]] = []
_failed: dict[Path, float] = {}  # when a store's supervisor that this process had started failed


class LocalJobs:
    """Conforms to core.jobs.Jobs, on one store of this machine."""

    def __init__(self, store: Path) -> None:
        self.store = store
        self.queue = Queue(store)
        self._woken = 0.0

    def submit(self, use_case: UseCase, settings: Mapping[str, Any], *, visitor: str, preset: str | None = None) -> Run:
        """Put a run with complete, checked settings at the end of the queue; raises UserError where rules refuse it."""
        rules.check_submit(self.store, use_case, settings, visitor, self.queue.jobs())
        run = runs.create(
            self.store,
            use_case,
            settings,
            data_checksum=datasets.checksum(use_case.on(settings).datasets),
            code=fingerprint.of_training(use_case.on(settings)),
            versions=fingerprint.versions(),
            visitor=visitor,
            preset=preset,
        )
        self.queue.add(run.id, visitor)
        self.wake()
        return run

    def status(self, run: Run) -> Status:
        """The run's state now. A run that nobody has sealed and that no queue knows was interrupted."""
        for _ in range(2):  # a run may be sealed between the two looks
            fresh = runs.read(run.folder)
            if fresh.problem:
                return Status(state=State.FAILED, reason=fresh.problem)
            if fresh.sealed_state:
                return Status(state=fresh.sealed_state, reason=str(fresh.end.get("reason", "")))
            for before, job in enumerate(self.queue.jobs()):
                if job.run == run.id:
                    return Status(state=State.WAITING if job.taken is None else State.RUNNING, before=before)
        return Status(state=State.INTERRUPTED, reason="The run was left before it ended. Train again.")

    def stop(self, run: Run, *, visitor: str = rules.OWNER) -> None:
        """Cancel a run that waits; ask one that runs to stop and keep its best weights."""
        rules.check_change(run, visitor)
        if self.queue.withdraw(
            run.id, lambda: runs.seal(run, State.CANCELLED, "Cancelled while it waited in the queue.")
        ):
            return
        if any(job.run == run.id for job in self.queue.jobs()):  # one that has ended needs no request
            flag = stop_flag(self.store, run.id)
            flag.parent.mkdir(parents=True, exist_ok=True)
            flag.touch()

    def delete(self, run: Run, *, visitor: str = rules.OWNER) -> None:
        """Remove a run that has ended, whole."""
        rules.check_delete(run, visitor, self.status(run).state)
        runs.delete(run)

    def wake(self) -> None:
        """Make sure that a supervisor runs. Cheap, and safe to call often from many processes."""
        now = time.monotonic()
        if self._woken and now - self._woken < 1.0:
            return
        self._woken = now
        self._look_after_spawned(now)
        (self.store / _VISITED).touch()
        keep_small(self.store / "supervisor.log")
        lock = FileLock(self.store / "supervisor.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
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

    def _look_after_spawned(self, now: float) -> None:
        """Reap supervisors that have ended; one that failed is not tried again at once, and its reason is said."""
        for store, process in [s for s in _spawned if s[1].poll() is not None]:
            _spawned.remove((store, process))
            if process.returncode > 0:
                _failed[store] = now
        if now - _failed.get(self.store, -math.inf) < _BACK_OFF_S:
            raise UserError(
                f"The supervisor, which carries out trainings, could not start or go on: {self._last_words()}. "
                f"Mend that; it is tried again every {_BACK_OFF_S:g} s."
            )

    def _last_words(self) -> str:
        try:
            lines = (self.store / "supervisor.log").read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            lines = []
        return lines[-1] if lines else "its log is empty"

    def ask(self, question: Mapping[str, Any], *, timeout_s: float = 20.0) -> dict[str, Any]:
        """The answer worker's reply; raises UserError when it refuses or cannot be reached in time."""
        deadline = time.monotonic() + timeout_s
        while True:
            self.wake()
            try:
                return self._ask_once(question, timeout_s=max(1.0, deadline - time.monotonic()))
            except UserError:  # a refusal is an answer
                raise
            except (OSError, ValueError, KeyError, http.client.HTTPException) as error:
                if time.monotonic() > deadline:
                    raise UserError(
                        f"The answer worker must reply within {timeout_s:g} s; it did not ({error}). "
                        "Try again in a moment."
                    ) from error
                time.sleep(0.1)

    def _ask_once(self, question: Mapping[str, Any], *, timeout_s: float) -> dict[str, Any]:
        address = read_json(self.store / "answers.json")
        request = urllib.request.Request(
            f"http://127.0.0.1:{int(address['port'])}/",
            data=json.dumps(question).encode(),
            headers={"X-Key": address["key"], "Content-Type": "application/json"},
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=timeout_s) as reply:
            answer: dict[str, Any] = json.loads(reply.read())
        if "error" in answer:
            raise UserError(answer["error"])
        return answer


def seconds_since_visit(store: Path) -> float:
    """How long ago a page or a command last woke the supervisor; for ever, if never."""
    try:
        return abs(time.time() - (store / _VISITED).stat().st_mtime)
    except OSError:
        return float("inf")


def stop_flag(store: Path, run_id: str) -> Path:
    """The file whose presence asks a running job to stop."""
    return store / "requests" / f"{run_id}.stop"


def run_lock(store: Path, run_id: str) -> FileLock:
    """The lock that a worker holds while it writes a run; the system frees it when the worker dies."""
    (store / "locks").mkdir(parents=True, exist_ok=True)
    return FileLock(store / "locks" / f"{run_id}.lock")
