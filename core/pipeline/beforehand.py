"""What a run is measured with, as far as it needs no network: kept simple methods, draws of the test rows, and what the
simple methods reach and earn in them. Made beside the training, so that after the last epoch it is there."""

from __future__ import annotations

import contextvars
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core.contracts import Examples, Plan, UseCase
from core.evaluation import intervals, plan_rows
from core.evaluation.compare import Known
from core.evaluation.fitting import BaselineResult
from core.evaluation.intervals import Resamples, TestSet
from core.kinds import loss_of
from core.pipeline import simple_methods
from core.training.losses import LOSSES, SpeaksAsOne
from core.value.summary import Forecasts, HeldOut, Priced, price
from core.value.threshold import assumed_values


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawn:
    """The draws of one seed, and what simple methods reach in them."""

    draws: Resamples
    known: Known


@dataclass(frozen=True, kw_only=True, slots=True)
class Beforehand:
    """Test and validation rows of a plan, and what was counted of them, by seed. members: networks that predict a test
    row, each for itself."""

    use_case: UseCase
    examples: Examples
    plan: Plan
    members: int
    test: TestSet
    test_rows: np.ndarray
    validation_rows: np.ndarray
    _by_seed: dict[int, Drawn] = field(default_factory=dict, repr=False)
    _priced: dict[int, tuple[HeldOut, Priced] | None] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, use_case: UseCase, examples: Examples, plan: Plan, settings: Mapping[str, Any]) -> Beforehand:
        """Nothing is drawn yet."""
        test, test_rows = plan_rows.test_set(use_case.task, plan, examples)
        folds = max(len(own) for own in plan_rows.test_groups(plan).values())
        as_one = isinstance(LOSSES.get(loss_of(use_case.task)), SpeaksAsOne)
        return cls(
            use_case=use_case,
            examples=examples,
            plan=plan,
            members=folds if as_one else int(settings["members"]) * folds,
            test=test,
            test_rows=test_rows,
            validation_rows=plan_rows.validation_rows(plan),
        )

    def look_up(self, kept: simple_methods.Kept, seeds: Sequence[int]) -> None:
        """Look for the simple methods, and where none is left to fit, draw and count under the first of the seeds."""
        if kept.holds_all(self.use_case):
            baselines = simple_methods.results(self.use_case, kept, lambda _: None)[0]
            self.drawn(seeds[0], baselines).known.count(self.use_case.task)
            self.priced(seeds[0], baselines)

    def drawn(self, seed: int, baselines: Sequence[BaselineResult]) -> Drawn:
        """The draws of a seed, made now where they were not made before."""
        if seed not in self._by_seed:
            draws = intervals.draw(self.test, self.members, seed=seed)
            known = Known.of(self.use_case.task, self.test, baselines, draws)
            self._by_seed[seed] = Drawn(draws=draws, known=known)
        return self._by_seed[seed]

    def priced(self, seed: int, baselines: Sequence[BaselineResult]) -> tuple[HeldOut, Priced] | None:
        """What the simple methods earn under a seed, counted now where it was not yet; None without a value model."""
        if seed not in self._priced:
            self._priced[seed] = self._price(baselines, self.drawn(seed, baselines).draws)
        return self._priced[seed]

    def _price(self, baselines: Sequence[BaselineResult], draws: Resamples) -> tuple[HeldOut, Priced] | None:
        value, info = self.use_case.value, self.examples.info
        if not value:
            return None
        held_out = HeldOut(
            validation_target=plan_rows.held_out_rows(self.use_case.task, self.examples).target[self.validation_rows],
            validation_info=info.iloc[self.validation_rows],
            test_target=self.test.rows.target,
            test_info=info.iloc[self.test_rows],
            weight=draws.units,
            unit=draws.unit,
            shares=draws.members,
        )
        others = [Forecasts(name=b.name, title=b.title, validation=b.validation, test=b.test[None]) for b in baselines]
        return held_out, price(value, held_out, others, assumed_values(value.assumptions))


class Beside:
    """Work on a thread of its own, and what it has taken of the processor."""

    def __init__(self, work: Callable[[], object]) -> None:
        self._error: BaseException | None = None
        self._took_s: float | None = None
        self._ending = threading.Lock()  # held while its clock is read: an ended thread's may not be
        context = contextvars.copy_context()  # folders from outside that a run brings along
        self._thread = threading.Thread(target=lambda: context.run(self._work, work), name="beside the training")
        self._thread.start()

    def _work(self, work: Callable[[], object]) -> None:
        try:
            work()
        except BaseException as error:  # told to whoever waits for it
            self._error = error
        finally:
            with self._ending:
                self._took_s = time.thread_time()

    def __enter__(self) -> Beside:
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join()

    def took_s(self) -> float:
        """Seconds of the processor so far; until it has ended only where the system tells them of another thread."""
        of_thread = getattr(time, "pthread_getcpuclockid", None)
        with self._ending:
            if self._took_s is not None or not of_thread or self._thread.ident is None:
                return self._took_s or 0.0
            return float(time.clock_gettime(of_thread(self._thread.ident)))

    def wait(self) -> None:
        """Until it has ended; raises what it raised."""
        self._thread.join()
        if self._error:
            raise self._error
