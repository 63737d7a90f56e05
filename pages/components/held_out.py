"""The report and the held-out predictions of a run, read once per run and kept for the next script run."""

from __future__ import annotations

from core.contracts import StoredReport, UseCase
from core.store.held_out import HeldOut, read_results
from core.store.runs import Run
from pages.components.kept import Kept

__all__ = ["HeldOut", "results_of"]


_read = Kept(8)


def results_of(run: Run, use_case: UseCase) -> tuple[StoredReport, HeldOut]:
    """What a run has found, where it answers what the use case, in the run's variant, asks now; raises RunError."""
    return _read.get((run.version, use_case.name), lambda: read_results(run, use_case))
