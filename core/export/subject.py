"""A finished run with all that a file about it is made of, read once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from core import pipeline
from core.checks import examples_check
from core.contracts import Examples, Plan, StoredReport, UseCase
from core.errors import RunError
from core.store import runs
from core.store.caches import examples_loader
from core.store.ensembles import load_ensemble
from core.store.predictions import NETWORK, Predictions
from core.store.runs import Run
from core.training.ensemble import Ensemble
from core.use_cases import use_case as use_case_named


@dataclass(frozen=True)
class Subject:
    """use_case: as the run's variant has it."""

    run: Run
    use_case: UseCase
    store: Path

    @classmethod
    def load(cls, store: Path, name: str) -> Subject:
        """By the name of a run or a recorded run; raises RunError where there is none with results, UnknownNameError
        for a use case that is gone."""
        run = runs.load_run(store, name)
        if run.problem:
            raise RunError(run.problem)
        state = run.final_state
        if state is None or not state.has_report:
            raise RunError("Only a run with results can be taken home; {run} has none. Train again.", run=run.id)
        return cls(run, use_case_named(run.use_case).with_variant(run.settings), store)

    @cached_property
    def report(self) -> StoredReport:
        return self.run.report(self.use_case)

    @cached_property
    def ensemble(self) -> Ensemble:
        """Raises RunError for a run whose weights are not there."""
        if not self.run.has_weights:
            raise RunError(
                "The weights of {run} were not kept, so there is no network to take away. Train again.", run=self.run.id
            )
        return load_ensemble(self.run, self.use_case)

    @cached_property
    def examples(self) -> Examples:
        return examples_loader(self.store, pipeline.load_examples)(self.use_case)

    @cached_property
    def plan(self) -> Plan:
        return examples_check.plan_of(self.use_case, self.examples)

    @cached_property
    def held_out(self) -> Predictions:
        return self.run.held_out()

    def kept(self, rows: np.ndarray) -> np.ndarray:
        """What the run's own file keeps of some tested rows: the mean of the networks that had not learned from each,
        (n, O)."""
        tested = self.held_out.rows_of("test")["row"].to_numpy()
        of = {int(row): place for place, row in enumerate(tested)}
        mean: np.ndarray = self.held_out.test[NETWORK].mean(0)
        return mean[[of[int(row)] for row in rows]]

    def some_tested_rows(self, most: int) -> np.ndarray:
        """Some of the tested rows, evenly."""
        rows = self.held_out.rows_of("test")["row"].to_numpy()
        return np.asarray(rows[np.unique(np.linspace(0, len(rows) - 1, min(most, len(rows))).astype(int))])
