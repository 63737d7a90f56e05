"""What the counts of an estimate cost on a device: the real loop on random rows, then a fit."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from scipy.optimize import nnls

from core.contracts import ArrayShape, Event, HeldOutRows, InputKind, InputShapes, Task
from core.estimating import picture_work, table_work
from core.estimating.estimate import terms
from core.estimating.shape import Shape
from core.evaluation.metrics import metric_named
from core.kinds import loss_of
from core.models import MODELS
from core.settings import defaults, restrict
from core.settings.training import SETTINGS
from core.training import loop
from core.training.batches import NetworkRows, TrainingData
from core.training.losses import LOSSES
from core.use_cases.helpers import binary_task, quantile_task

_EPOCHS = 4  # the first warms up; of the others the fastest counts, since other work on the machine only slows
_WORK = {"table_network": table_work.work, "image_network": picture_work.work}


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """One short training: shape and settings that differ from a small plain network; image: height, width, channels of
    what a network for images reads beside the table."""

    rows: int = 2048
    validation: int = 256
    members: int = 1
    numeric: int = 16
    categories: tuple[int, ...] = ()
    outputs: int = 1
    image: tuple[int, int, int] | None = None
    settings: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Measured:
    """A trial's counts, and its fastest epoch."""

    counts: Mapping[str, float]
    epoch_s: float


def _plain(width: int, depth: int, batch: int, **more: Any) -> dict[str, Any]:
    return {"width": width, "depth": depth, "batch_size": batch, "dropout": 0.0, **more}


def _seen(blocks: int, patterns: int, batch: int, **more: Any) -> dict[str, Any]:
    few = {"width": 32, "dense_layers": 1, "dropout": 0.0, "batch_size": batch}
    return {**few, "blocks": blocks, "patterns": patterns, **more}


TRIALS: tuple[Trial, ...] = (
    Trial(settings=_plain(32, 1, 32)),
    Trial(settings=_plain(16, 4, 32)),
    Trial(settings=_plain(32, 0, 64)),
    Trial(settings=_plain(32, 2, 64), categories=(5,) * 12, numeric=4),
    Trial(settings=_plain(64, 2, 256), rows=8192, members=8),
    Trial(settings=_plain(64, 2, 256, dropout=0.2), rows=8192, members=8),
    Trial(settings=_plain(32, 2, 128, dropout=0.2), rows=1024, members=48),
    Trial(settings=_plain(32, 2, 128), rows=1024, members=48),
    Trial(settings=_plain(256, 2, 256), rows=4096, numeric=40),
    Trial(settings=_plain(512, 3, 128), rows=512, numeric=40),
    Trial(settings=_plain(512, 3, 1024), rows=2048, numeric=40),
    Trial(settings=_plain(512, 2, 128, dropout=0.3), rows=512, members=4),
    Trial(settings=_plain(128, 2, 1024, dropout=0.3), rows=8192, members=6, categories=(100, 20, 300)),
    Trial(settings=_plain(128, 2, 1024), rows=8192, members=6, numeric=64),
    Trial(settings=_plain(64, 2, 256, normalisation="layer"), rows=4096, members=8),
    Trial(settings=_plain(64, 1, 256, numeric_embedding="piecewise"), rows=4096, members=4, numeric=24),
    Trial(settings=_plain(64, 2, 256, numeric_embedding="periodic", dropout=0.1), rows=2048, members=6, numeric=24),
    Trial(settings=_plain(64, 2, 128, numeric_embedding="periodic"), rows=512, members=25, numeric=12),
    Trial(settings=_plain(64, 2, 256, dropout=0.1), rows=512, members=25, categories=(4, 6, 10, 5, 4)),
    Trial(settings=_plain(128, 2, 256, dropout=0.1), rows=4096, members=4, outputs=7, categories=(30, 7)),
    Trial(settings=_plain(32, 1, 1024), rows=8192, members=2, outputs=7),
    Trial(settings=_plain(64, 2, 128), rows=1024, members=12, outputs=3, validation=1024),
    Trial(settings=_plain(64, 2, 512), rows=1024, validation=16384),
    Trial(settings=_plain(256, 2, 512), rows=512, validation=4096, members=4),
    Trial(settings=_plain(16, 1, 512), rows=512, validation=2048, members=32),
    Trial(settings=_plain(16, 1, 1024, optimiser="sgd"), rows=40960, members=2, categories=(50, 50)),
    Trial(settings=_seen(3, 8, 128), rows=1536, numeric=0, image=(28, 28, 1)),
    Trial(settings=_seen(3, 8, 128, shift=2, rotation=10), rows=1536, numeric=0, image=(28, 28, 1)),
    Trial(settings=_seen(3, 8, 128, light=0.2, noise=0.1), rows=1536, numeric=0, image=(28, 28, 1)),
    Trial(settings=_seen(1, 4, 128, zoom=0.1, light=0.2, dense_layers=0), rows=2048, numeric=0, image=(28, 28, 1)),
    Trial(settings=_seen(2, 24, 64), rows=512, numeric=0, image=(28, 28, 1)),
    Trial(settings=_seen(2, 8, 64, kernel="5"), rows=768, numeric=0, image=(28, 28, 1)),
    Trial(settings=_seen(1, 4, 256, dense_layers=0), rows=1024, members=2, numeric=0, image=(28, 28, 1)),
    Trial(settings=_seen(3, 8, 64, normalisation="layer"), rows=768, numeric=0, image=(32, 32, 3)),
    Trial(settings=_seen(2, 16, 64), rows=256, validation=2048, numeric=0, image=(28, 28, 1)),
    Trial(settings=_seen(1, 8, 128, dense_layers=0), rows=512, validation=4096, numeric=0, image=(16, 16, 1)),
    Trial(settings=_seen(3, 16, 32), rows=96, members=2, numeric=0, image=(64, 64, 3)),
)


def trial_runs(
    device: torch.device, *, give_up: Callable[[], bool] = lambda: False, trials: Sequence[Trial] = TRIALS
) -> list[Measured] | None:
    """Carry out the trials; None as soon as `give_up` says so, which is asked after every batch."""
    found = []
    for trial in trials:
        measured = _carry_out(trial, device, give_up)
        if measured is None:
            return None
        found.append(measured)
    return found


def fit(measured: Sequence[Measured]) -> tuple[dict[str, float], float]:
    """Seconds for each count, none below 0, by least squares of relative errors; and the spread of log errors that is
    left. Lawson and Hanson (1974), as scipy has it."""
    names = [n for n in measured[0].counts if any(m.counts[n] for m in measured)]
    seconds = np.array([m.epoch_s for m in measured])
    relative = np.array([[m.counts[n] for n in names] for m in measured]) / seconds[:, None]
    scale = relative.max(0)
    found, _ = nnls(relative / scale, np.ones(len(measured)))
    costs = found / scale
    error = np.log(np.clip(relative @ costs, 1e-3, None))
    return dict(zip(names, costs.tolist(), strict=True)), float(max(0.05, error.std()))


def _carry_out(trial: Trial, device: torch.device, give_up: Callable[[], bool]) -> Measured | None:
    name = "image_network" if trial.image else "table_network"
    model, task = MODELS.get(name), _task(trial)
    loss = LOSSES.get(loss_of(task))
    settings = defaults(restrict([*SETTINGS, *model.settings], {})) | dict(trial.settings)
    settings |= {"num_epochs": _EPOCHS, "patience": _EPOCHS, "members": trial.members, "schedule": "constant"}
    data = _rows(trial)
    target = data.target[0].numpy().astype(np.float64)
    metric = metric_named(task.headline)
    ends: list[float] = []
    clock = _clock(device)

    def score(fold: int, rows: np.ndarray, prediction: np.ndarray) -> float:
        return float(metric.compute(HeldOutRows(target=target[rows]), prediction.astype(np.float64), task)[0])

    def ended(event: Event) -> None:
        if event["event"] == "epoch":  # on a busy machine parts of one are told too
            ends.append(clock())

    trained = loop.train(
        model,
        loss,
        task,
        data,
        [settings] * trial.members,
        score=score,
        progress=ended,
        stop_requested=give_up,
        device=device,
    )
    if trained.stopped:
        return None
    of_network = _WORK[name](data.shapes[0], trial.outputs, settings)
    return Measured(terms(of_network, _shape(trial), settings), float(np.diff(ends).min()))


def _clock(device: torch.device) -> Callable[[], float]:
    """The processor's time where one thread does all the work: what else runs on the machine does not enter."""
    alone = device.type == "cpu" and torch.get_num_threads() == 1
    return time.process_time if alone else time.perf_counter


def _task(trial: Trial) -> Task:
    if trial.outputs == 1:
        return binary_task("target", column="target", metrics=("roc_auc",))
    levels = [(i + 1) / (trial.outputs + 1) for i in range(trial.outputs)]
    metric = "pinball_loss"
    return quantile_task("target", columns=("target",), metrics=(metric,), headline=metric, levels=levels)


def _rows(trial: Trial) -> TrainingData:
    rng = np.random.default_rng(0)
    rows = trial.rows + trial.validation
    numeric = rng.standard_normal((1, rows, trial.numeric)).astype(np.float32)
    codes = [rng.integers(0, c, (1, rows, 1)) for c in trial.categories]
    category = np.concatenate(codes, axis=2) if codes else np.zeros((1, rows, 0), np.int64)
    told = numeric[..., :1] if trial.numeric else 0.0
    target = (told + rng.standard_normal((1, rows, 1)) > 0).astype(np.float32)
    train, validation = np.arange(trial.rows), np.arange(trial.rows, rows)
    tensors = {"numeric": torch.from_numpy(numeric), "category": torch.from_numpy(category)}
    arrays: tuple[ArrayShape, ...] = ()
    if trial.image:
        tensors["image"] = torch.from_numpy(rng.standard_normal((1, rows, *trial.image), dtype=np.float32))
        arrays = (ArrayShape(name="image", kind=InputKind.IMAGE, shape=trial.image),)
    return TrainingData(
        shapes=[InputShapes(num_numeric=trial.numeric, cardinalities=trial.categories, arrays=arrays)],
        tensors=tensors,
        target=torch.from_numpy(target),
        networks=[NetworkRows(fold=0, train=train, validation=validation, place=k) for k in range(trial.members)],
        weight=torch.ones(1, rows),
    )


def _shape(trial: Trial) -> Shape:
    return Shape(
        rows=trial.rows + trial.validation,
        folds=1,
        train=trial.rows,
        validation=trial.validation,
        test=trial.validation,
        num_numeric=trial.numeric,
        cardinalities=trial.categories,
        columns=trial.numeric + len(trial.categories),
        targets=1,
        outputs=trial.outputs,
    )
