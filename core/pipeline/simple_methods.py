"""What simple methods and single columns make of the same rows: looked up, or else fitted and kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, cast

import numpy as np

from core.contracts import Examples, Plan, Progress, UseCase
from core.contracts.events import ColumnsAlone
from core.contracts.report import NotFitted
from core.diagnosis.alone import told_alone
from core.errors import UserError
from core.evaluation.baselines import BASELINES
from core.evaluation.fitting import BaselineResult, fitted_or_why
from core.formatting.messages import message, to_json
from core.formatting.precision import rounded_predictions
from core.keys import fingerprint, portable
from core.keys.declared import CannotBeKeyed
from core.protocols import Baseline, BaselineCache, ShippedBaselines

BITS = 12
Found = tuple[dict[str, Any], dict[str, np.ndarray]]


@dataclass(frozen=True)
class Kept:
    """What was kept of these rows: by this store, under keys that tell any two rows apart, and of what is shipped."""

    examples: Examples
    plan: Plan
    own: BaselineCache | None
    shipped: ShippedBaselines | None
    _looked_up: dict[str, tuple[str | None, Found | None]] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def arrays_key(self) -> str | None:
        """None where nothing is kept, or it cannot be seen what it would depend on."""
        return _key(fingerprint.of_arrays, self.examples, self.plan) if self.own else None

    @cached_property
    def rows_key(self) -> str | None:
        """The same for what is shipped."""
        return _key(portable.of_rows, self.examples, self.plan) if self.shipped else None

    def of_alone(self, use_case: UseCase) -> tuple[str | None, Found | None]:
        """What each column tells alone, where it is kept, and the key to keep it under."""
        if "" not in self._looked_up:
            task, columns = use_case.task, use_case.columns
            key = self.arrays_key and _key(fingerprint.of_alone, task, columns, self.arrays_key)
            self._looked_up[""] = key, self._find(key, lambda rows_key: portable.of_alone(task, columns, rows_key))
        return self._looked_up[""]

    def of_baseline(self, use_case: UseCase, baseline: Baseline) -> tuple[str | None, Found | None]:
        """The same of a simple method."""
        if baseline.name not in self._looked_up:
            task, columns = use_case.task, use_case.columns
            key = self.arrays_key and _key(fingerprint.of_baseline, baseline, task, columns, self.arrays_key)
            found = self._find(key, lambda rows_key: portable.of_baseline(baseline, task, columns, rows_key))
            self._looked_up[baseline.name] = key, found
        return self._looked_up[baseline.name]

    def holds_all(self, use_case: UseCase) -> bool:
        """Whether there is nothing left to fit; what is found is not looked up again."""
        self.of_alone(use_case)
        found = [self.of_baseline(use_case, baseline)[1] for baseline in fitting(use_case)]
        return None not in found

    def _find(self, key: str | None, shipped_key: Callable[[str], str]) -> Found | None:
        """What is kept under a key, or shipped under another that is made of the rows' key."""
        found = self.own.get(key) if self.own and key else None
        if found or self.shipped is None or self.rows_key is None:
            return found
        return self.shipped.get(shipped_key(self.rows_key))

    def put(self, key: str | None, meta: dict[str, Any], arrays: dict[str, np.ndarray]) -> None:
        """Keep for the next run."""
        if self.own and key:
            self.own.put(key, meta, arrays)


def fitting(use_case: UseCase) -> list[Baseline]:
    """The use case's baselines; raises UserError for one that does not know the task's kind."""
    found = [BASELINES.get(name) for name in use_case.baselines]
    for baseline in found:
        if use_case.task.kind not in baseline.kinds:
            raise UserError(
                "A baseline must fit the task's kind; {baseline!r} does not know {value!r}.",
                baseline=baseline.name,
                value=str(use_case.task.kind),
            )
    return found


def alone(use_case: UseCase, kept: Kept) -> ColumnsAlone:
    """What each column tells alone, for the run doctor: after the training, so that it delays no first progress, and
    kept with the simple methods' predictions, because it depends on the same."""
    key, found = kept.of_alone(use_case)
    if found:
        return cast(ColumnsAlone, found[0])
    fresh = told_alone(use_case, kept.examples, kept.plan)
    if fresh:
        kept.put(key, dict(fresh), {})
    return fresh


def results(use_case: UseCase, kept: Kept, progress: Progress) -> tuple[list[BaselineResult], list[NotFitted]]:
    """The simple methods' results, rounded, and those that could not be fitted, each with the reason."""
    task, columns = use_case.task, use_case.columns
    results: list[BaselineResult] = []
    not_fitted: list[NotFitted] = []
    for baseline in fitting(use_case):
        progress({"event": "baseline", "name": baseline.name, "title": baseline.title})
        key, found = kept.of_baseline(use_case, baseline)
        if found:
            meta, arrays = found
            results += [
                BaselineResult(**m, test=arrays[f"{i}.test"], validation=arrays[f"{i}.validation"])
                for i, m in enumerate(meta["results"])
            ]
            continue
        fresh = fitted_or_why(baseline, task, columns, kept.examples, kept.plan)
        if isinstance(fresh, str):
            not_fitted.append({"name": baseline.name, "title": baseline.title, "reason": fresh, **to_json(fresh)})
            text = message("{title} could not be fitted. {reason}", title=message(baseline.title), reason=fresh)
            progress({"event": "notice", "text": text, **to_json(text)})
            continue
        kept.put(key, {"results": [_meta(r) for r in fresh]}, _arrays(fresh))
        results += fresh
    return [replace(r, test=as_kept(r.test), validation=as_kept(r.validation)) for r in results], not_fitted


def as_kept(predictions: np.ndarray) -> np.ndarray:
    """A simple method's predictions (N, O) as they are measured, kept and shipped: some four digits of them."""
    return rounded_predictions(predictions, BITS).astype(np.float64)


def _key(make: Callable[..., str], *of: Any) -> str | None:
    """A key to keep something under; None where it cannot be seen what it depends on."""
    try:
        return make(*of)
    except CannotBeKeyed:
        return None


def _meta(result: BaselineResult) -> dict[str, Any]:
    return {key: getattr(result, key) for key in ("name", "title", "tuned", "settings", "fit_s")}


def _arrays(results: Sequence[BaselineResult]) -> dict[str, np.ndarray]:
    return {f"{i}.{part}": getattr(r, part) for i, r in enumerate(results) for part in ("test", "validation")}
