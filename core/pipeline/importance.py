"""How much each feature matters to a trained ensemble, by shuffling it over held-out rows. Trains nothing."""

from __future__ import annotations

import numpy as np

from core.contracts import Examples, Plan, UseCase
from core.contracts.report import ColumnImportance
from core.evaluation import compare
from core.evaluation.metrics import metric_named
from core.kinds import kind_of
from core.training.blocks import whole_blocks
from core.training.ensemble import Ensemble, Inputs

_ROWS = 1000


def importance(use_case: UseCase, ensemble: Ensemble, examples: Examples, plan: Plan) -> list[ColumnImportance]:
    """How much the ensemble's headline falls when one feature is shuffled over held-out rows (Breiman, 2001). A row is
    predicted by the networks of the folds that test it alone: others may have learned from it."""
    rng = np.random.default_rng(0)
    _, rows = compare.test_set(use_case.task, plan, examples)
    blocks = kind_of(use_case.task).blocks
    if blocks is None:
        sample = rng.permutation(rows)[:_ROWS]
    else:
        block = blocks(use_case.task, compare.held_out_rows(use_case.task, examples).at(rows))
        sample = rows[whole_blocks(block, _ROWS, rng)]
    features = examples.features.iloc[sample].reset_index(drop=True)
    arrays = examples.arrays_of(sample)
    held_out = compare.held_out_rows(use_case.task, examples).at(sample)
    metric = metric_named(use_case.task.headline)
    by_test_set: list[tuple[np.ndarray, Inputs]] = []
    for name, folds in compare.test_groups(plan).items():
        networks = plan.networks(ensemble.fold_of, lambda fold, name=name: fold.test_name == name)  # type: ignore[misc]
        own = np.flatnonzero(np.isin(sample, folds[0].test))
        by_test_set.append((own, ensemble.inputs(features, networks, arrays)))

    def score(column: str = "", source: np.ndarray | None = None) -> float:
        predicted = np.empty((len(sample), len(use_case.task.outputs)))
        for own, inputs in by_test_set:
            read = inputs if source is None else ensemble.shuffled(inputs, column, source)
            predicted[own] = ensemble.predict_inputs(read.of(own)).mean(0)
        return float(metric.compute(held_out, predicted, use_case.task)[0])

    sign = 1 if metric.higher_is_better else -1
    whole = score()
    drops = [
        (column.name, sign * (whole - score(column.name, rng.permutation(len(features)))))
        for column in use_case.columns
    ]
    drops.sort(key=lambda found: -found[1])  # as declared where the metric is undefined on these rows
    return [{"column": column, "drop": drop} for column, drop in drops]
