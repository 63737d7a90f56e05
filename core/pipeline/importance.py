"""How much each feature matters to a trained ensemble, by shuffling it over held-out rows. Trains nothing."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from torch import Tensor

from core.contracts import Examples, Plan, UseCase
from core.contracts.report import ColumnImportance
from core.evaluation import plan_rows
from core.evaluation.metrics import metric_named
from core.kinds import kind_of
from core.pipeline.read import Reader
from core.training import column_shuffle
from core.training.blocks import whole_blocks
from core.training.ensemble import Ensemble

_ROWS = 1000


def importance(
    use_case: UseCase, ensemble: Ensemble, examples: Examples, plan: Plan, tensors: Mapping[str, Tensor] | None = None
) -> list[ColumnImportance]:
    """How much the ensemble's headline falls when one feature is shuffled over a thousand held-out rows (Breiman,
    2001). A row is predicted by the networks of the folds that test it alone: others may have learned from it.
    tensors: what the training has made of all rows."""
    rng = np.random.default_rng(0)
    _, rows = plan_rows.test_set(use_case.task, plan, examples)
    blocks = kind_of(use_case.task).blocks
    if blocks is None:
        sample = rng.permutation(rows)[:_ROWS]
    else:
        block = blocks(use_case.task, plan_rows.held_out_rows(use_case.task, examples).at(rows))
        sample = rows[whole_blocks(block, _ROWS, rng)]
    columns = ["", *(column.name for column in use_case.columns)]  # the first: nothing shuffled
    sources = [np.arange(len(sample)), *(rng.permutation(len(sample)) for _ in use_case.columns)]
    predicted = np.empty((len(columns), len(sample), len(use_case.task.outputs)))
    reader = Reader.of(ensemble, examples, tensors)
    for name, folds in plan_rows.test_groups(plan).items():
        networks = plan.networks(ensemble.fold_of, lambda fold, name=name: fold.test_name == name)  # type: ignore[misc]
        own = np.flatnonzero(np.isin(sample, folds[0].test))
        if not len(own):  # a small test set, or few large groups
            continue
        inputs = reader.inputs(sample, networks)
        predicted[:, own] = column_shuffle.predict(ensemble, inputs, own, columns, sources)
    held_out = plan_rows.held_out_rows(use_case.task, examples).at(sample)
    metric = metric_named(use_case.task.headline)
    sign = 1 if metric.higher_is_better else -1
    whole, *without = (float(metric.compute(held_out, p, use_case.task)[0]) for p in predicted)
    drops = [(name, sign * (whole - score)) for name, score in zip(columns[1:], without, strict=True)]
    drops.sort(key=lambda found: -found[1])  # as declared where the metric is undefined on these rows
    return [{"column": column, "drop": drop} for column, drop in drops]
