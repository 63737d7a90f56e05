"""When a network had better say "I don't know": measured on held-out rows, and on the same rows messed up."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from core.answering.familiar import Familiar
from core.answering.mess import can_refuse, messes_of
from core.answering.senses import Sense, sensed
from core.contracts import Examples, Fold, Plan, UseCase
from core.contracts.answers import Doubt
from core.contracts.refusal import SHARES
from core.errors import UserError
from core.evaluation.intervals import TestSet, draw, interval
from core.evaluation.metrics import metric_named
from core.evaluation.plan_rows import held_out_rows, test_groups
from core.evaluation.resampled import Bootstrap

if TYPE_CHECKING:
    from core.training.ensemble import Ensemble

_MOST_ROWS, _MOST_LOOKED_AT, _MOST_HEARD = 1000, 200, 60  # of a table; of pictures; of sounds, the slowest to read
_MOST_NUMBERS = 60_000_000  # that networks read, of all rows and messes together: some seconds of one thread
_LEAST_ROWS = 24
_SEED = 0


@dataclass(frozen=True, slots=True)
class _Doubter:
    """Networks that are tested on the same rows, and what validation rows are usually like: in how far the networks
    differ, the distance to what they learned, and how odd the oddest field is, sorted, three arrays (V,)."""

    use_case: UseCase
    ensemble: Ensemble
    networks: list[int]
    familiar: Familiar
    usual: tuple[np.ndarray, ...] = ()

    def measured(self, features: pd.DataFrame, arrays: Mapping[str, np.ndarray]) -> tuple[np.ndarray, list[np.ndarray]]:
        """Of rows: what the networks say (N, O), and the three (N,)."""
        each = self.ensemble.predict(features, self.networks, arrays)
        strange = self.familiar.strangeness(features, arrays)
        return each.mean(0), [np.nan_to_num(part, nan=np.inf) for part in (_differ(self.use_case, each), *strange)]

    def score(self, measured: list[np.ndarray]) -> np.ndarray:
        """How doubtful rows are, (N,): the share of validation rows that are less so, by the worst of the three."""
        parts = [np.searchsorted(u, m, side="left") / len(u) for u, m in zip(self.usual, measured, strict=True)]
        found: np.ndarray = np.max(parts, axis=0)
        return found


def _differ(use_case: UseCase, each: np.ndarray) -> np.ndarray:
    """How far networks (K, N, O) are apart, (N,); for quantiles beside the width of their range."""
    apart: np.ndarray = each.std(0).mean(-1)
    if use_case.task.levels:
        apart = apart / (np.abs(each.mean(0)[:, -1] - each.mean(0)[:, 0]) + 1e-9)
    return apart


def doubt(use_case: UseCase, examples: Examples, plan: Plan, ensemble: Ensemble) -> Doubt:
    """On some test rows: how many good ones and how many of each mess are refused at each level, which validation rows
    choose, and the headline metric of those that are answered, with 95% intervals. Raises UserError where rows are
    answered together, or nothing of what is read can be messed up."""
    if not can_refuse(use_case):
        raise UserError("Here no single answer can be refused.")
    if (array := sensed(use_case)) is not None:
        Sense(array).check(examples.arrays[array.name])
    rng, tests = np.random.default_rng(_SEED), test_groups(plan)
    count = _rows(use_case, ensemble) // len(tests)
    found = []
    for name, folds in tests.items():
        if networks := plan.networks(ensemble.fold_of, partial(_tests, name)):
            doubter, usual = _doubter(use_case, examples, plan, ensemble, networks, count, rng)
            rows = rng.permutation(folds[0].test)[: max(_LEAST_ROWS, count)]
            found.append(_tested(doubter, examples, rows, usual))
    usual, scores = (np.concatenate([getattr(one, name) for one in found]) for name in ("usual", "scores"))
    levels = [float(np.quantile(usual, 1 - share)) if share else math.inf for share in SHARES]
    ids, ends = np.concatenate([one.rows for one in found]), np.cumsum([len(one.rows) for one in found])
    parts = [np.arange(end - len(one.rows), end) for one, end in zip(found, ends, strict=True)]
    pooled = [np.arange(len(ids))] if plan.aggregation == "pooled" else parts
    answered = [scores <= level for level in levels]
    said = np.concatenate([one.said for one in found])
    bad = {mess: np.concatenate([one.messed[mess] for one in found]) for mess in found[0].messed}
    return {
        "rows": ids.tolist(),
        "levels": [level if math.isfinite(level) else None for level in levels],
        "scores": scores.tolist(),
        "refused": [float(1 - chosen.mean()) for chosen in answered],
        "caught": {mess: [float((score > level).mean()) for level in levels] for mess, score in bad.items()},
        "metric": [_score(use_case, examples, ids, pooled, said, chosen) for chosen in answered],
    }


def _tests(name: str, fold: Fold) -> bool:
    return fold.test_name == name


@dataclass(frozen=True, kw_only=True, slots=True)
class _Tested:
    """Test rows (N,), what is said of them (N, O), how doubtful they are (N,), also messed up, by the mess's name, and
    how doubtful validation rows are (V,)."""

    rows: np.ndarray
    said: np.ndarray
    scores: np.ndarray
    messed: Mapping[str, np.ndarray]
    usual: np.ndarray


def _tested(doubter: _Doubter, examples: Examples, rows: np.ndarray, usual: np.ndarray) -> _Tested:
    features, arrays = examples.features.iloc[rows], examples.arrays_of(rows)
    said, measured = doubter.measured(features, arrays)
    messed = {
        mess.name: doubter.score(doubter.measured(*mess.apply(features, arrays))[1])
        for mess in messes_of(doubter.use_case)
    }
    return _Tested(rows=rows, said=said, scores=doubter.score(measured), messed=messed, usual=usual)


def _doubter(
    use_case: UseCase,
    examples: Examples,
    plan: Plan,
    ensemble: Ensemble,
    networks: list[int],
    count: int,
    rng: np.random.Generator,
) -> tuple[_Doubter, np.ndarray]:
    """What these networks' first fold learned from, its validation rows as the measure, and their own scores (V,)."""
    first = min(ensemble.fold_of[k] for k in networks)
    fold, groups = plan.folds[first], _kept_apart(use_case, examples)
    familiar = _familiar(use_case, examples, fold.train)
    rows = rng.permutation(fold.validation)[: max(_LEAST_ROWS, count)]
    if groups is not None and np.isin(groups[rows], groups[fold.train]).all():
        # Tests are of hospitals or voices that nobody has learned, and validation is of known ones: how far networks
        # differ on a new one cannot be measured there, and how strange a new one is, only beside the other ones.
        measured = [np.full(len(rows), np.inf), np.zeros(len(rows)), np.zeros(len(rows))]
        for group in np.unique(groups[rows]):
            own = np.flatnonzero(groups[rows] == group)
            others = _familiar(use_case, examples, fold.train[groups[fold.train] != group])
            features, arrays = examples.features.iloc[rows[own]], examples.arrays_of(rows[own])
            measured[1][own], measured[2][own] = others.strangeness(features, arrays)
    else:
        alone = [k for k in networks if ensemble.fold_of[k] == first]
        features, arrays = examples.features.iloc[rows], examples.arrays_of(rows)
        _mean, measured = _Doubter(use_case, ensemble, alone, familiar).measured(features, arrays)
        if len(alone) == 1:  # one network agrees with itself, and says nothing of several that test
            measured[0][:] = np.inf
    found = _Doubter(use_case, ensemble, networks, familiar, tuple(np.sort(part) for part in measured))
    return found, found.score(measured)


def _kept_apart(use_case: UseCase, examples: Examples) -> np.ndarray | None:
    """The group of each row (N,) that this variant keeps apart, because another one, which does not, flatters."""
    apart = next((v.apart for v in use_case.variants if v.apart and v.name != use_case.variant), None)
    return None if apart is None else pd.factorize(examples.info[apart])[0]


def _familiar(use_case: UseCase, examples: Examples, rows: np.ndarray) -> Familiar:
    return Familiar.of(use_case, examples.features.iloc[rows], examples.arrays_of(rows))


def _rows(use_case: UseCase, ensemble: Ensemble) -> int:
    """How many test rows are asked about, and as many of validation."""
    read = sum(math.prod(array.shaped.shape) + math.prod(array.shape) for array in use_case.arrays)
    array = sensed(use_case)
    most = _MOST_ROWS if array is None else _MOST_HEARD if array.mel else _MOST_LOOKED_AT
    return int(
        np.clip(
            _MOST_NUMBERS // max(1, read * len(ensemble.fold_of) * (len(messes_of(use_case)) + 2)), _LEAST_ROWS, most
        )
    )


def _score(
    use_case: UseCase,
    examples: Examples,
    ids: np.ndarray,
    parts: list[np.ndarray],
    said: np.ndarray,
    chosen: np.ndarray,
) -> tuple[float | None, float | None, float | None]:
    """The headline metric of the chosen rows and its 95% interval; None where it has no value."""
    task, metric = use_case.task, metric_named(use_case.task.headline)
    new = np.cumsum(chosen) - 1
    own = [new[part[chosen[part]]] for part in parts if chosen[part].any()]
    if not own:
        return None, None, None
    unit = pd.factorize(pd.Series(np.asarray(examples.unit)[ids[chosen]]))[0]
    test = TestSet(rows=held_out_rows(task, examples).at(ids[chosen]), unit=unit, parts=tuple(own))
    prediction = said[chosen]
    low, high = interval(
        Bootstrap(task=task, test=test, draws=draw(test, 1, seed=_SEED)).of_each([metric], [prediction])[0][0]
    )
    mean = float(test.score(metric, task, prediction)[0])
    return _defined(mean), _defined(low), _defined(high)


def _defined(value: float) -> float | None:
    return value if math.isfinite(value) else None
