"""A store with its processes. Starts nothing by itself, and leaves no process behind."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.contracts import State
from core.jobs import Status, local
from core.jobs.local import LocalJobs
from core.logs.handler import path_of
from core.settings import resolve
from core.settings.use_case import settings_of
from core.store import checkpoints, run_folders
from core.store.runs import Run
from core.use_cases import use_case as use_case_named

CODE = Path(__file__).parents[2]
ENDLESS = {"num_epochs": 1_000_000, "patience": 1_000_000}


class House:
    """One store: submit runs, wait for something, find its processes, end them all."""

    endless = ENDLESS

    def __init__(self, store: Path) -> None:
        self.store, self.jobs = store, LocalJobs(store)

    def submit(self, use_case: str = "testing/tiny_quantile", *, jobs: LocalJobs | None = None, **given) -> Run:
        declared = use_case_named(use_case)
        return (jobs or self.jobs).submit(declared, resolve(settings_of(declared), given), visitor="test")

    def prepare(self, use_case: str = "testing/tiny_survival", **given) -> Run:
        """A run that waits, without waking a supervisor."""
        declared = use_case_named(use_case)
        settings = resolve(settings_of(declared), given)
        run = run_folders.create(self.store, declared, settings, data_checksum="", code="", versions={}, visitor="test")
        self.jobs.queue.add(run.id, "test")
        return run

    def start_supervisor(self, **environment: str) -> subprocess.Popen[bytes]:
        """A supervisor that no client woke, as a child of the test."""
        with (self.store / "supervisor.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "core.jobs", str(self.store)],
                cwd=CODE,
                env={**os.environ, **environment},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def until(self, condition: Callable[[], object], what: str, *, timeout_s: float = 120, wake: bool = True) -> None:
        """Wait for a condition, as a page does: it wakes the supervisor while it looks."""
        deadline = time.monotonic() + timeout_s
        while not condition():
            if time.monotonic() > deadline:
                log = self.store / "supervisor.log"
                told = "".join(p.read_text()[-3000:] for p in (log, path_of(self.store)) if p.exists())
                raise AssertionError(f"not within {timeout_s:g} s: {what}. Processes: {self.processes()}. Log: {told}")
            if wake:
                self.jobs.wake()
            time.sleep(0.04)

    def wait(self, run: Run, *, wake: bool = True) -> Status:
        """The final status of a run."""
        self.until(lambda: self.jobs.status(run).state.is_final, f"the end of {run.id}", wake=wake)
        return self.jobs.status(run)

    def wait_for(self, run: Run, state: State, *, timeout_s: float = 120) -> Status:
        """The status once the run stands so."""
        self.until(lambda: self.jobs.status(run).state is state, f"{run.id} is {state}", timeout_s=timeout_s)
        return self.jobs.status(run)

    def wait_for_checkpoint(self, run: Run, number: int = 1) -> None:
        """Until the run has written this many."""
        self.until(
            lambda: any(int(p.name[:8]) >= number for p in checkpoints.folder(run.folder).glob("[0-9]*")),
            f"checkpoint {number} of {run.id}",
        )

    def wait_for_epochs(self, run: Run, epochs: int = 2) -> None:
        def trained() -> bool:
            status = self.jobs.status(run)
            assert not status.state.is_final, status
            return self.epochs(run) >= epochs

        self.until(trained, f"{epochs} epochs of {run.id}")

    def epochs(self, run: Run) -> int:
        return sum(event["event"] == "epoch" for event in run.progress())

    def processes(self) -> dict[int, str]:
        """Every living process that was started for this store: its id and command line."""
        mark = f"PROVING_GROUND_STORE={self.store}".encode()
        found = {}
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit() and int(folder.name) != os.getpid():
                with contextlib.suppress(OSError):
                    if mark in (folder / "environ").read_bytes().split(b"\0"):
                        words = (folder / "cmdline").read_bytes().replace(b"\0", b" ")
                        found[int(folder.name)] = words.decode(errors="replace")
        return found

    def supervisors(self) -> list[int]:
        return [pid for pid, words in self.processes().items() if "-m core.jobs /" in words]

    def supervisor(self) -> int:
        """The process that holds the store; started where there is none."""
        self.until(self._supervisor, "a supervisor")
        return self._supervisor() or 0

    def _supervisor(self) -> int | None:
        path = self.store / "supervisor.json"
        pid = json.loads(path.read_text())["pid"] if path.exists() else None
        return pid if pid in self.supervisors() else None

    def answerer(self) -> int:
        """The answer worker, once it answers."""
        assert self.jobs.ask({"ask": "ping"}, timeout_s=120) == {"pong": True}
        return int(json.loads((self.store / "answers.json").read_text())["pid"])

    def trainers(self) -> dict[int, str]:
        """Which process holds which run's lock."""
        found = {}
        for pid, words in self.processes().items():
            if "-m core.jobs" in words:
                continue
            with contextlib.suppress(OSError):
                for link in (Path("/proc") / str(pid) / "fd").iterdir():
                    with contextlib.suppress(OSError):
                        target = Path(os.readlink(link))
                        if target.parent == self.store / "locks":
                            found[pid] = target.stem
        return found

    def trainer(self, run: Run) -> int:
        self.until(lambda: run.id in self.trainers().values(), f"a worker of {run.id}")
        return next(pid for pid, held in self.trainers().items() if held == run.id)

    def kill(self, pid: int) -> None:
        os.kill(pid, signal.SIGKILL)
        self.until(lambda: pid not in self.processes(), f"the end of process {pid}", wake=False)

    def end(self) -> None:
        """End the supervisor as the system does, and whatever is left by force."""
        for sent in (signal.SIGTERM, signal.SIGKILL):
            targets = self.supervisors() if sent is signal.SIGTERM else list(self.processes())
            for pid in targets:
                with contextlib.suppress(OSError):
                    os.kill(pid, sent)
            deadline = time.monotonic() + 5
            while self.processes() and time.monotonic() < deadline:
                time.sleep(0.02)
        for _store, process in local._spawned:
            process.poll()


@pytest.fixture(scope="session")
def baselines(tmp_path_factory) -> Path:
    """Baselines that a store of this session has fitted, for the next one: gradient boosting takes five seconds."""
    return tmp_path_factory.mktemp("kept") / "baselines"


@contextlib.contextmanager
def opened(store: Path, baselines: Path) -> Iterator[House]:
    if baselines.exists():
        shutil.copytree(baselines, store / "baselines")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROVING_GROUND_STORE", str(store))
        patch.setenv("PROVING_GROUND_CHECKPOINT_S", "0.1")
        house = House(store)
        try:
            yield house
        finally:
            house.end()
            if (store / "baselines").exists():
                shutil.copytree(store / "baselines", baselines, dirs_exist_ok=True)


@pytest.fixture(scope="module")
def house(tmp_path_factory, baselines) -> Iterator[House]:
    """One store for the tests of a module; its supervisor starts with the first run."""
    with opened(tmp_path_factory.mktemp("house") / "store", baselines) as house:
        yield house


@pytest.fixture
def lone_house(tmp_path, baselines) -> Iterator[House]:
    """A store for one test alone."""
    with opened(tmp_path / "store", baselines) as house:
        yield house
