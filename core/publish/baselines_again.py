"""Shipped simple methods under today's keys, once they predict the same when they are fitted again. Trains nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.contracts import Examples, Plan, UseCase
from core.errors import UserError
from core.evaluation import fitting, plan_rows
from core.evaluation.baselines import BASELINES
from core.keys import portable
from core.store import packed
from core.store.caches import SHIPPED, RecordedBaselines, of_variant
from core.store.files import read_json, write_json

if TYPE_CHECKING:
    from pathlib import Path

    from core.protocols import Baseline

_ONE_STEP = 2.0**-11  # of numbers of 12 bits: another processor may round the other way
_ROWS = 500  # of the first test set, evenly
_OF_SPREAD = 0.01  # a solver that stops at its tolerance leaves so much open in the mean, by the number of threads


def name_again(use_case: UseCase, examples: Examples, plan: Plan, recorded: Path) -> list[str]:
    """Fit the simple methods of a variant that are not found by their keys again, at the settings that ship and for
    some rows of the plan's first test set; name what ships of them by today's keys, where they say the same. The names
    of those. Raises UserError for one that says something else: it is to be recorded again."""
    index = packed.shared_folder(recorded) / SHIPPED
    known = read_json(index)
    entry, shipped = known.get(of_variant(use_case)), RecordedBaselines(recorded)
    if entry is None:
        return []
    rows_key = portable.of_rows(examples, plan)
    results: dict[str, Any] = {}
    again: list[str] = []
    for name in use_case.baselines:
        baseline = BASELINES.get(name)
        key = portable.of_baseline(baseline, use_case.task, use_case.columns, rows_key)
        own = {name, f"{name}_tuned"}
        old = next((k for k, told in entry["results"].items() if told and {m["name"] for m in told} <= own), "")
        if not old:
            raise UserError(
                "{method} does not ship with {use_case} yet. Record it: python -m core record {use_case}.",
                method=name,
                use_case=use_case.name,
            )
        if old != key:
            kept = shipped.get(old)
            if kept is None or not _says_the_same(baseline, kept, use_case, examples, plan):
                raise UserError(
                    "{method} predicts something else than what ships of {use_case}. Record it again: "
                    "python -m core record {use_case}.",
                    method=name,
                    use_case=use_case.name,
                )
            again.append(name)
        results[key] = entry["results"][old]
    if again:
        write_json(index, {**known, of_variant(use_case): {**entry, "results": results}})
    return again


def _says_the_same(
    baseline: Baseline,
    kept: tuple[dict[str, Any], dict[str, np.ndarray]],
    use_case: UseCase,
    examples: Examples,
    plan: Plan,
) -> bool:
    """Whether what ships is what the method gives today."""
    meta, arrays = kept
    folds = next(iter(plan_rows.test_groups(plan).values()))
    train = np.unique(np.concatenate([np.concatenate([f.train, f.validation]) for f in folds]))
    some = np.unique(np.linspace(0, len(folds[0].test) - 1, _ROWS).astype(int))
    test = folds[0].test[some]
    for i, told in enumerate(meta["results"]):
        if told["settings"] not in [dict(candidate) for candidate in baseline.candidates]:
            return False
        (found,) = baseline.fit_predict(
            use_case.task, use_case.columns, examples, train, [test], told["settings"], fitting.SEED
        )
        ships = arrays[f"{i}.test"][some]
        if found.shape != ships.shape or not _alike(found, ships):
            return False
    return True


def _alike(found: np.ndarray, ships: np.ndarray) -> bool:
    """Whether two predictions (n, O) of the same rows differ by no more than processors do."""
    most = _OF_SPREAD * ships.std(0) + _ONE_STEP * np.abs(ships).mean(0)
    return bool((np.abs(found - ships).mean(0) <= most).all())
