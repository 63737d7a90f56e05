"""What a run is measured with, as far as it needs no network: kept simple methods, draws of the test rows, and what the
simple methods reach and earn in them. Made beside the training, so that after the last epoch it is there."""

from __future__ import annotations

import contextvars
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import numpy as np

from core.contracts import Examples, Plan, UseCase
from core.evaluation import compare, intervals, plan_rows
from core.evaluation.compare import Known
from core.evaluation.fitting import BaselineResult
from core.evaluation.intervals import Resamples, TestSet
from core.pipeline import simple_methods
from core.value.summary import Forecasts, HeldOut, Priced, price
from core.value.threshold import assumed_values

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawn:
    """Under the draws of one seed: what simple methods reach, and, where the use case has a value model, earn."""

    draws: Resamples
    known: Known
    held_out: HeldOut | None
    priced: Priced | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Beforehand:
    """Test and validation rows of a plan, and what was counted of them, by seed. members: networks that predict a test
    row."""

    use_case: UseCase
    examples: Examples
    plan: Plan
    members: int
    test: TestSet
    test_rows: np.ndarray
    validation_rows: np.ndarray
    _by_seed: dict[int, Drawn] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, use_case: UseCase, examples: Examples, plan: Plan, settings: Mapping[str, Any]) -> Beforehand:
        """Nothing is drawn yet."""
        test, test_rows = plan_rows.test_set(use_case.task, plan, examples)
        folds = max(len(own) for own in plan_rows.test_groups(plan).values())
        return cls(
            use_case=use_case,
            examples=examples,
            plan=plan,
            members=int(settings["members"]) * folds,
            test=test,
            test_rows=test_rows,
            validation_rows=plan_rows.validation_rows(plan),
        )

    def look_up(self, kept: simple_methods.Kept, seeds: Sequence[int]) -> None:
        """Look for the simple methods, and where none is left to fit, draw and count under the first of the seeds."""
        if kept.holds_all(self.use_case):
            self.drawn(seeds[0], simple_methods.results(self.use_case, kept, lambda _: None)[0])

    def drawn(self, seed: int, baselines: Sequence[BaselineResult]) -> Drawn:
        """What was counted under a seed, or else is counted now."""
        if seed not in self._by_seed:
            draws = intervals.draw(self.test, self.members, seed=seed)
            known = compare.known_before(self.use_case.task, self.test, baselines, draws)
            held_out, priced = self._priced(baselines, draws)
            self._by_seed[seed] = Drawn(draws=draws, known=known, held_out=held_out, priced=priced)
        return self._by_seed[seed]

    def _priced(
        self, baselines: Sequence[BaselineResult], draws: Resamples
    ) -> tuple[HeldOut, Priced] | tuple[None, None]:
        value, info = self.use_case.value, self.examples.info
        if not value:
            return None, None
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


class Beside(Generic[T]):
    """Work on a thread of its own, and what it has taken of the processor."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._found: list[T] = []
        self._error: list[BaseException] = []
        self._took_s: float | None = None
        self._ending = threading.Lock()  # held while its clock is read: an ended thread's may not be
        context = contextvars.copy_context()  # folders from outside that a run brings along
        self._thread = threading.Thread(target=lambda: context.run(self._work, work), name="beside the training")
        self._thread.start()

    def _work(self, work: Callable[[], T]) -> None:
        try:
            self._found.append(work())
        except BaseException as error:  # told to whoever asks for what was found
            self._error.append(error)
        finally:
            with self._ending:
                self._took_s = time.thread_time()

    def __enter__(self) -> Beside[T]:
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

    def found(self) -> T:
        """Wait for its end; raises what it raised."""
        self._thread.join()
        if self._error:
            raise self._error[0]
        return self._found[0]
