"""The smallest backend: a run is trained where it is submitted, before `submit` returns. For tests of what a backend
must do; starts no process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from core import datasets
from core.contracts import State, UseCase
from core.jobs import OpenJob, Status, rules
from core.jobs.backends import Backend
from core.jobs.sweeps import new_id
from core.keys import fingerprint
from core.store import run_folders, runs
from core.store.runs import Run


class InProcessJobs:
    """Conforms to core.jobs.Jobs. Nothing waits, so there is nothing to pause, and stop comes too late."""

    def __init__(self, store: Path) -> None:
        self.store = store

    def submit(self, use_case: UseCase, settings: Mapping[str, Any], *, visitor: str, preset: str | None = None) -> Run:
        return self._train(use_case, settings, visitor, preset, None)

    def _train(
        self, use_case: UseCase, settings: Mapping[str, Any], visitor: str, preset: str | None, sweep: str | None
    ) -> Run:
        from core.jobs.worker import carry_out

        rules.check_submit(self.store, use_case, settings, visitor, [])
        varied = use_case.with_variant(settings)
        run = run_folders.create(
            self.store,
            use_case,
            settings,
            data_checksum=datasets.checksum(varied.datasets),
            code=fingerprint.of_run(varied),
            versions=fingerprint.versions(),
            visitor=visitor,
            preset=preset,
            sweep=sweep,
        )
        carry_out(self.store, run.id)
        return runs.read(run.folder)

    def submit_sweep(
        self, use_case: UseCase, settings: Sequence[Mapping[str, Any]], *, visitor: str, preset: str | None = None
    ) -> list[Run]:
        sweep = new_id()
        return [self._train(use_case, each, visitor, preset, sweep) for each in settings]

    def status(self, run: Run) -> Status:
        fresh = runs.read(run.folder)
        return Status(state=fresh.final_state or State.INTERRUPTED, reason=fresh.problem or fresh.reason)

    def open_jobs(self) -> list[OpenJob]:
        return []

    def pause(self, run: Run, *, visitor: str) -> None:
        rules.check_change(run, visitor)

    def resume(self, run: Run, *, visitor: str) -> None:
        rules.check_change(run, visitor)

    def stop(self, run: Run, *, visitor: str) -> None:
        rules.check_change(run, visitor)

    def delete(self, run: Run, *, visitor: str) -> None:
        rules.check_delete(run, visitor, self.status(run).state)
        run_folders.delete(run)

    def ask(self, question: Mapping[str, Any], *, timeout_s: float = 20.0) -> dict[str, Any]:
        from core.answering.worker import Answerer

        return Answerer(self.store).answer(question)

    def answered_by(self) -> str:
        return "this process"

    def wake(self) -> None:
        return


BACKEND = Backend(name="in_process", open=InProcessJobs)
