"""The training loop. Knows tensors and a progress callback; never a use case, a file or a page."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor

from core.contracts import Progress, StopRequested, TableInputs, Task
from core.errors import UserError
from core.protocols import Model
from core.training import schedules
from core.training.batches import Batch, Rows, TrainingData
from core.training.dropout import Dropout
from core.training.losses import Loss
from core.training.optimisers import Optimiser, Rates
from core.training.parameters import Layout

Score = Callable[[int, np.ndarray, np.ndarray], float]
_MAX_TRAIN_SCORE_ROWS = 1024
_EVALUATION_ROWS = 8192
OWN = ("learning_rate", "weight_decay", "l1", "momentum", "clip_norm", "dropout", "patience", "keep", "seed")


@dataclass(slots=True)
class Trained:
    """The best parameters of each network, (K, ...), and how training went."""

    params: dict[str, Tensor]
    best_epoch: list[int]
    epochs_run: int
    samples: int
    train_s: float
    stopped: bool
    history: list[dict[str, Any]] = field(default_factory=list)


def train(
    model: Model,
    loss: Loss,
    task: Task,
    data: TrainingData,
    settings: Sequence[Mapping[str, Any]],
    *,
    score: Score,
    progress: Progress,
    stop_requested: StopRequested,
    device: torch.device,
) -> Trained:
    """Train the K networks of `data` together, each by its own settings; each stops on its own validation loss and
    keeps its best weights. Settings outside `OWN` must be the same for all.

    score(fold, rows (n,), prediction (n, O)) is the headline metric. A stop request ends training after the current
    batch; the best weights so far are kept. The same settings on the same CPU give the same bits.
    """
    members = _Members(model, loss, task, data, settings, device)
    began = time.perf_counter()
    samples, epoch, stopped, history = 0, 0, False, []
    num_epochs = int(settings[0]["num_epochs"])
    for epoch in range(1, num_epochs + 1):
        for batch in members.batches():
            members.step(batch)
            samples += batch.rows
            if stop_requested():
                stopped = True
                break
        event = members.evaluate(epoch, score)
        elapsed_s = time.perf_counter() - began
        event |= _pace(epoch, num_epochs, elapsed_s, samples)
        history.append(event)
        progress(event)
        if stopped or members.all_ended(epoch):
            break
    return Trained(
        params={name: value.cpu() for name, value in members.layout.views(members.best).items()},
        best_epoch=members.best_epoch.tolist(),
        epochs_run=epoch,
        samples=samples,
        train_s=time.perf_counter() - began,
        stopped=stopped,
        history=history,
    )


def predict(
    model: Model,
    loss: Loss,
    params: Mapping[str, Tensor],
    settings: Mapping[str, Any],
    numeric_KNF: Tensor,
    category_KNC: Tensor,
) -> np.ndarray:
    """Predictions (K, N, O) of stacked parameters, in the units of the scaled target."""
    parts = []
    with torch.inference_mode():
        for start in range(0, numeric_KNF.shape[1], _EVALUATION_ROWS):
            rows = slice(start, start + _EVALUATION_ROWS)
            raw = model.forward(params, numeric_KNF[:, rows], category_KNC[:, rows], settings)
            parts.append(loss.predict(raw))
    return torch.cat(parts, dim=1).cpu().numpy()


def _pace(epoch: int, num_epochs: int, elapsed_s: float, samples: int) -> dict[str, Any]:
    return {
        "event": "epoch",
        "epoch": epoch,
        "num_epochs": num_epochs,
        "elapsed_s": round(elapsed_s, 4),
        "left_s_at_most": round(elapsed_s / epoch * (num_epochs - epoch), 3),
        "samples_per_s": round(samples / max(elapsed_s, 1e-9), 1),
    }


class _Members:
    """The stacked networks in training: parameters, optimiser, batches, best weights."""

    def __init__(
        self,
        model: Model,
        loss: Loss,
        task: Task,
        data: TrainingData,
        each: Sequence[Mapping[str, Any]],
        device: torch.device,
    ) -> None:
        settings = _common(each)
        self.model, self.loss, self.task, self.settings = model, loss, task, settings
        self.device, self.networks, self.rows = device, data.networks, Rows(data, device)
        seeds = [_seed(int(s["seed"]), n.place) for s, n in zip(each, data.networks, strict=True)]
        self.patience = np.array([int(s["patience"]) for s in each])
        self.keeps_last = np.array([s["keep"] == "last" for s in each])
        self.order_generators = [np.random.default_rng(seed) for seed in seeds]
        generators = [torch.Generator().manual_seed(seed) for seed in seeds]
        fresh = model.init(_widest(data.inputs), loss.num_outputs(task), settings, generators)
        for k, network in enumerate(data.networks):
            fresh["output.bias"][k] = loss.start(data.target[network.fold, network.train], task)
        self.layout = Layout.of(fresh)
        self.flat = self.layout.flatten(fresh).to(device)
        self.params = self.layout.views(self.flat)
        self.gradient = torch.zeros_like(self.flat)
        self.gradients = self.layout.views(self.gradient)
        self.precision = {"float32": torch.float32, "bfloat16": torch.bfloat16}[settings["precision"]]
        self.optimiser = Optimiser(settings["optimiser"], self.flat, _rates(each, self.layout, device))
        self.dropout = _dropout(each, seeds, device)
        largest = max(len(n.train) for n in data.networks)
        size = largest if settings["optimiser"] == "gradient_descent" else int(settings["batch_size"])
        self.steps_per_epoch = math.ceil(largest / size)
        self.steps_done = 0
        self.best = self.flat.clone()
        self.best_loss = np.full(len(data.networks), math.inf)
        self.best_epoch = np.zeros(len(data.networks), dtype=int)
        self.validation = self.rows.padded([n.validation for n in data.networks])
        self.train_sample = self.rows.padded([_evenly(n.train, _MAX_TRAIN_SCORE_ROWS) for n in data.networks])

    def batches(self) -> Iterator[Batch]:
        """One epoch."""
        return self.rows.epoch(self.order_generators, self.steps_per_epoch)

    def step(self, batch: Batch) -> None:
        """One optimiser step of all networks; their losses add up, so that gradients never mix."""
        done, epochs = self.steps_done, int(self.settings["num_epochs"])
        factor = schedules.factor(self.settings["schedule"], done, self.steps_per_epoch, epochs)
        self.steps_done += 1
        self._backward(batch)
        self.optimiser.step(self.gradient, factor)

    @torch.no_grad()
    def _backward(self, batch: Batch) -> None:
        """Fill the gradient; matrix products in the chosen precision, loss and weights in 32 bits."""
        params, numeric = self.params, batch.numeric
        if self.precision is not torch.float32:
            params, numeric = self.layout.views(self.flat.to(self.precision)), numeric.to(self.precision)
        tape: list[Any] = []
        raw = self.model.forward(params, numeric, batch.category, self.settings, self.dropout, tape).float()
        of_raw = self.loss.gradient(raw, batch.target, batch.weight, self.task).to(self.precision)
        self.model.backward(params, tape, of_raw, self.settings, self.gradients)

    def evaluate(self, epoch: int, score: Score) -> dict[str, Any]:
        """Losses and headline on validation and a sample of training rows; keeps weights that are a network's best."""
        train_loss, train_score = self._measure(self.train_sample, score)
        validation_loss, validation_score = self._measure(self.validation, score)
        running = epoch - self.best_epoch <= self.patience
        better = (validation_loss < self.best_loss) & running
        self.best_loss[better] = validation_loss[better]
        self.best_epoch[better] = epoch
        kept = np.where(self.keeps_last, running & np.isfinite(validation_loss), better)
        if kept.any():
            chosen = torch.from_numpy(kept).to(self.device)
            self.best[chosen] = self.flat[chosen]
        return {
            "train_loss": _mean(train_loss),
            "validation_loss": _mean(validation_loss),
            "train_score": _mean(train_score),
            "validation_score": _mean(validation_score),
            "validation_score_low": _finite(validation_score.min()),
            "validation_score_high": _finite(validation_score.max()),
            "networks_running": int(running.sum()),
        }

    def _measure(self, chosen: tuple[Tensor, Tensor], score: Score) -> tuple[np.ndarray, np.ndarray]:
        index, weight = chosen
        losses, predictions, rows = [], [], self.rows
        with torch.inference_mode():
            for start in range(0, index.shape[1], _EVALUATION_ROWS):
                part = slice(start, start + _EVALUATION_ROWS)
                i, w = index[:, part], weight[:, part]
                raw = self.model.forward(self.params, rows.numeric[i], rows.category[i], self.settings)
                losses.append(self.loss.loss(raw, rows.target[i], w, self.task) * w.sum(1))
                predictions.append(self.loss.predict(raw))
            total = torch.stack(losses).sum(0) / weight.sum(1)
        predicted, present = torch.cat(predictions, 1).cpu().numpy(), weight.cpu().numpy() > 0
        ids = index.cpu().numpy() - rows.offset
        scores = [score(n.fold, r[m], p[m]) for n, r, p, m in zip(self.networks, ids, predicted, present, strict=True)]
        return total.cpu().numpy().astype(np.float64), np.array(scores)

    def all_ended(self, epoch: int) -> bool:
        """Whether every network has gone without improvement for longer than the patience."""
        return bool((epoch - self.best_epoch >= self.patience).all())


def _common(each: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The first network's settings, once those that a stack of networks must share are the same for all."""
    for settings in each:
        different = [n for n in each[0] if n not in OWN and settings[n] != each[0][n]]
        if different:
            raise UserError(
                f"Networks trained in one go share everything but {', '.join(OWN)}; {different[0]} differs. Train them "
                "apart."
            )
    return each[0]


def _rates(each: Sequence[Mapping[str, Any]], layout: Layout, device: torch.device) -> Rates:
    """Weight decay and L1 pull at weights only: a bias towards zero would be a claim about the base rate."""

    def column(name: str) -> Tensor:
        return torch.tensor([float(s[name]) for s in each], device=device)[:, None]

    decays = layout.mask(name for name in layout.places if not name.endswith(".bias"))
    names = ("learning_rate", "weight_decay", "l1", "momentum", "clip_norm")
    return Rates(decays=decays.to(device), **{name: column(name) for name in names})


def _dropout(each: Sequence[Mapping[str, Any]], seeds: Sequence[int], device: torch.device) -> Dropout | None:
    rates = [float(s["dropout"]) for s in each]
    if not any(rates):
        return None
    return Dropout(rates, [torch.Generator(device).manual_seed(seed + 1) for seed in seeds], device)


def _seed(seed: int, place: int) -> int:
    """The seed of one network of a run, whatever networks are beside it."""
    return int(np.random.SeedSequence(seed, spawn_key=(place,)).generate_state(1)[0])


def _widest(inputs: Sequence[TableInputs]) -> TableInputs:
    return TableInputs(
        num_numeric=max(i.num_numeric for i in inputs),
        cardinalities=tuple(max(sizes) for sizes in zip(*(i.cardinalities for i in inputs), strict=True)),
    )


def _evenly(rows: np.ndarray, most: int) -> np.ndarray:
    return rows if len(rows) <= most else rows[np.linspace(0, len(rows) - 1, most).astype(int)]


def _mean(values: np.ndarray) -> float | None:
    return _finite(values.mean())


def _finite(value: float) -> float | None:
    """A float for JSON: None when training has diverged."""
    return float(value) if math.isfinite(value) else None
