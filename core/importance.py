"""How much each feature matters to a trained ensemble, by shuffling it over held-out rows. Trains nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.contracts import Examples, Plan, UseCase
from core.evaluation import compare
from core.evaluation.metrics import metric
from core.training.ensemble import Ensemble

if TYPE_CHECKING:
    import pandas as pd

_ROWS = 1000


def importance(use_case: UseCase, ensemble: Ensemble, examples: Examples, plan: Plan) -> list[dict[str, Any]]:
    """How much the ensemble's headline falls when one feature is shuffled over held-out rows (Breiman, 2001). A row is
    predicted by the networks of the folds that test it alone: others may have learned from it."""
    rng = np.random.default_rng(0)
    _, rows = compare.test_set(plan, examples)
    sample = rng.permutation(rows)[:_ROWS]
    features = examples.features.iloc[sample].reset_index(drop=True)
    target = examples.target.to_numpy(dtype=np.float64)[sample]
    judge = metric(use_case.task.headline)
    testers = []
    for name, folds in compare.test_groups(plan).items():
        networks = [k for k, fold in enumerate(ensemble.fold_of) if plan.folds[fold].test_name == name]
        testers.append((np.flatnonzero(np.isin(sample, folds[0].test)), networks))

    def score(table: pd.DataFrame) -> float:
        predicted = np.empty((len(table), len(use_case.task.outputs)))
        for places, networks in testers:
            predicted[places] = ensemble.predict(table.iloc[places], networks).mean(0)
        return float(judge.compute(target, predicted, None, use_case.task)[0])

    sign = 1 if judge.higher_is_better else -1
    whole = score(features)
    found = []
    for column in use_case.columns:
        shuffled = features.assign(**{column.name: features[column.name].to_numpy()[rng.permutation(len(features))]})
        found.append({"column": column.name, "drop": sign * (whole - score(shuffled))})
    return sorted(found, key=lambda f: -f["drop"])
