"""From examples and a plan to what the networks read: preprocessing of each fold, tensors, rows. Trains nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from core.contracts import Examples, Fold, InputKind, Plan, UseCase
from core.evaluation.metrics import metric_named
from core.evaluation.plan_rows import held_out_rows
from core.kinds import kind_of, loss_of
from core.pipeline.frozen import made_once
from core.protocols import BaselineCache
from core.training import preprocessing
from core.training.batches import NetworkRows, Score, TrainingData
from core.training.ensemble import stack
from core.training.losses import LOSSES
from core.training.preprocessing import Preprocessing


@dataclass(frozen=True, kw_only=True, slots=True)
class Prepared:
    """Examples with their plan, and one fitted preprocessing per fold."""

    examples: Examples
    plan: Plan
    preprocessing: list[Preprocessing]
    data: TrainingData


def prepare(
    use_case: UseCase,
    examples: Examples,
    plan: Plan,
    settings: Mapping[str, Any],
    kept: BaselineCache | None = None,
) -> Prepared:
    """Fit one preprocessing a fold on its training rows, and bring all rows through it. kept: where it is looked for,
    and put, what the frozen part of a model makes of the rows."""
    loss = LOSSES.get(loss_of(use_case.task))
    kind = kind_of(use_case.task)
    target = kind.learned(use_case.task, examples)
    arrays = {a.name: preprocessing.as_read(a.shaped, examples.arrays[a.name]) for a in use_case.arrays}
    fitted = [
        preprocessing.fit(
            use_case.columns,
            examples.features.iloc[f.train],
            target[f.train],
            method=settings["numeric_transform"],
            scale_target=loss.scale_target,
            scale_each=kind.scales_each,
            relative_to=use_case.task.relative_to,
            target_encoding=settings["target_encoding"] == "on",
            image=use_case.image,
            text=use_case.text,
            arrays=use_case.arrays,
            train_arrays={name: values[f.train] for name, values in arrays.items()},
        )
        for f in plan.folds
    ]
    tables = [p.transform(examples.features) for p in fitted]
    for p, table, f in zip(fitted, tables, plan.folds, strict=True):
        if p.rates:
            rates = p.training_rates(table["category"][f.train], target[f.train])
            table["numeric"][f.train, -len(p.rates) :] = rates
    members = int(settings["members"])
    scaled = [p.scale(target) for p in fitted]
    data = TrainingData(
        shapes=[p.shapes for p in fitted],
        tensors=stack(tables, max(p.shapes.num_numeric for p in fitted))
        | _shared(use_case, arrays)
        | made_once(use_case, arrays, fitted, settings, kept),
        scales={name: _scales(fitted, name) for name in fitted[0].scales},
        target=torch.from_numpy(np.stack(scaled).astype(np.float32)),
        networks=[
            NetworkRows(fold=i, train=f.train, validation=f.validation, place=i * members + m)
            for i, f in enumerate(plan.folds)
            for m in range(members)
        ],
        weight=torch.from_numpy(np.stack([row_weights(use_case, settings, examples, f) for f in plan.folds])),
        block=None if kind.blocks is None else kind.blocks(use_case.task, held_out_rows(use_case.task, examples)),
    )
    return Prepared(examples=examples, plan=plan, preprocessing=fitted, data=data)


def _shared(use_case: UseCase, arrays: Mapping[str, np.ndarray]) -> dict[str, torch.Tensor]:
    """The arrays, (1, N, ...) each: in memory once for all folds and networks, whose scales are applied to batches."""
    return {a.name: torch.from_numpy(_readable(a.shaped.kind, arrays[a.name]))[None] for a in use_case.arrays}


def _readable(kind: InputKind, values: np.ndarray) -> np.ndarray:
    """As torch reads it: of this machine's byte order, in memory that may be written, as it wants of every tensor; it
    looks no token up by large unsigned numbers."""
    is_unsigned = values.dtype.kind == "u" and values.dtype.itemsize > 1
    as_it_is = values.dtype.newbyteorder("=")
    wanted = np.int32 if kind is InputKind.TOKENS and is_unsigned else as_it_is
    return np.require(values, wanted, ["C_CONTIGUOUS", "WRITEABLE"])


def _scales(fitted: Sequence[Preprocessing], name: str) -> tuple[torch.Tensor, torch.Tensor]:
    centre, scale = np.stack([p.scales[name] for p in fitted], axis=1).astype(np.float32)
    array = next(a for a in fitted[0].beside if a.name == name)
    ones = [1] * (len(array.shape) - 1)
    centre_and_scale = (torch.from_numpy(part).view(len(fitted), *ones, -1) for part in (centre, scale))
    return next(centre_and_scale), next(centre_and_scale)


def row_weights(use_case: UseCase, settings: Mapping[str, Any], examples: Examples, fold: Fold) -> np.ndarray:
    """How much each row counts in one fold's training, (N,)."""
    weight = kind_of(use_case.task).weights(use_case.task, examples)
    if settings["class_weight"] == "balanced":
        weight = weight * _balance(examples.target.to_numpy(dtype=np.float64)[:, 0].astype(int), fold.train)
    return weight.astype(np.float32)


def _balance(class_N: np.ndarray, train: np.ndarray) -> np.ndarray:
    """What makes every class count as much in training, (N,): rows over classes times rows of the class."""
    count = np.bincount(class_N[train], minlength=max(2, class_N.max() + 1))
    return (len(train) / ((count > 0).sum() * np.maximum(count, 1)))[class_N]


def headline_of(use_case: UseCase, prepared: Prepared) -> Score:
    """The headline metric of scaled predictions of some rows of a fold."""
    task, metric = use_case.task, metric_named(use_case.task.headline)
    held_out = held_out_rows(task, prepared.examples)
    size = prepared.preprocessing[0].size(prepared.examples.features)

    def of_rows(fold: int, rows: np.ndarray, prediction: np.ndarray) -> float:
        predicted = prepared.preprocessing[fold].unscale(prediction, None if size is None else size[rows])
        return float(metric.compute(held_out.at(rows), predicted, task)[0])

    return of_rows
