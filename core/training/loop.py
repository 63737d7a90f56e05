"""The training loop. Knows tensors and a progress callback; never a use case, a file or a page."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor

from core.contracts import Model, Progress, StopRequested, TableInputs, Task
from core.training.losses import Loss

Score = Callable[[int, np.ndarray, np.ndarray], float]
_MAX_TRAIN_SCORE_ROWS = 4096
_EVALUATION_ROWS = 8192


@dataclass(frozen=True, kw_only=True, slots=True)
class NetworkRows:
    """The rows of one network: its fold's place in the inputs, and its training and validation row ids."""

    fold: int
    train: np.ndarray
    validation: np.ndarray


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingData:
    """numeric (folds, N, F), category (folds, N, C), target (folds, N, T), the rows of the K networks, and how much
    each row counts (N,), above 0."""

    inputs: Sequence[TableInputs]
    numeric: Tensor
    category: Tensor
    target: Tensor
    networks: Sequence[NetworkRows]
    weight: np.ndarray


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
    settings: Mapping[str, Any],
    *,
    score: Score,
    progress: Progress,
    stop_requested: StopRequested,
    device: torch.device,
) -> Trained:
    """Train the K networks of `data` together; each stops on its own validation loss and keeps its best weights.

    score(fold, rows (n,), prediction (n, O)) is the headline metric. A stop request ends training after the current
    batch; the best weights so far are kept. The same settings on the same CPU give the same bits.
    """
    members = _Members(model, loss, task, data, settings, device)
    began = time.perf_counter()
    samples, epoch, stopped, history = 0, 0, False, []
    for epoch in range(1, int(settings["num_epochs"]) + 1):
        for batch in members.batches():
            members.step(batch)
            samples += members.count(batch)
            if stop_requested():
                stopped = True
                break
        event = members.evaluate(epoch, score)
        elapsed_s = time.perf_counter() - began
        event |= _pace(epoch, int(settings["num_epochs"]), elapsed_s, samples)
        history.append(event)
        progress(event)
        if stopped or members.all_ended(epoch):
            break
    return Trained(
        params={name: value.cpu() for name, value in members.best.items()},
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
        settings: Mapping[str, Any],
        device: torch.device,
    ) -> None:
        self.model, self.loss, self.task, self.settings = model, loss, task, settings
        self.device, self.networks = device, data.networks
        num_folds, num_rows, _ = data.numeric.shape
        self.numeric = data.numeric.to(device).reshape(num_folds * num_rows, -1)
        self.category = data.category.to(device).reshape(num_folds * num_rows, data.category.shape[2])
        self.target = data.target.to(device).reshape(num_folds * num_rows, -1)
        self.weight = data.weight.astype(np.float32)
        self.offset = [network.fold * num_rows for network in data.networks]
        seeds = _seeds(int(settings["seed"]), len(data.networks))
        self.order_generators = [np.random.default_rng(seed) for seed in seeds]
        generators = [torch.Generator().manual_seed(int(seed)) for seed in seeds]
        self.noise = [torch.Generator(device).manual_seed(int(seed) + 1) for seed in seeds]
        inputs = _widest(data.inputs)
        fresh = model.init(inputs, loss.num_outputs(task), settings, generators)
        for k, network in enumerate(data.networks):
            fresh["output.bias"][k] = loss.start(data.target[network.fold, network.train], task)
        self.params = {name: value.to(device).requires_grad_() for name, value in fresh.items()}
        self.optimiser = _optimiser(self.params, settings)
        size = int(settings["batch_size"])
        self.steps_per_epoch = max(math.ceil(len(n.train) / size) for n in data.networks)
        self.steps_done = 0
        self.best = {name: value.detach().clone() for name, value in self.params.items()}
        self.best_loss = np.full(len(data.networks), math.inf)
        self.best_epoch = np.zeros(len(data.networks), dtype=int)
        self.validation = self._padded([n.validation for n in data.networks])
        self.train_sample = self._padded([_evenly(n.train, _MAX_TRAIN_SCORE_ROWS) for n in data.networks])

    def _padded(self, rows: Sequence[np.ndarray]) -> tuple[Tensor, Tensor]:
        """Row ids (K, n) into the flat tables, padded with each network's first row, and weights, 0 where padded."""
        width = max(len(r) for r in rows)
        index = np.stack([np.pad(r, (0, width - len(r)), constant_values=r[0]) for r in rows])
        weight = np.stack([self.weight[i] * (np.arange(width) < len(r)) for i, r in zip(index, rows, strict=True)])
        index += np.array(self.offset)[:, None]
        return torch.from_numpy(index).to(self.device), torch.from_numpy(weight).to(self.device)

    def batches(self) -> list[tuple[Tensor, Tensor]]:
        """One epoch: every network's rows in its own order, cut into the same number of steps."""
        steps = self.steps_per_epoch
        orders = [g.permutation(n.train) for g, n in zip(self.order_generators, self.networks, strict=True)]
        cuts = [[len(o) * s // steps for s in range(steps + 1)] for o in orders]
        return [
            self._padded([o[c[s] : max(c[s + 1], c[s] + 1)] for o, c in zip(orders, cuts, strict=True)])
            for s in range(steps)
        ]

    def count(self, batch: tuple[Tensor, Tensor]) -> int:
        """Rows that the K networks learned from in this batch."""
        return int((batch[1] > 0).sum().item())

    def step(self, batch: tuple[Tensor, Tensor]) -> None:
        """One optimiser step of all networks; their losses add up, so that gradients never mix."""
        index, weight = batch
        factor = _rate_factor(self.settings, self.steps_done, self.steps_per_epoch)
        for group in self.optimiser.param_groups:
            group["lr"] = float(self.settings["learning_rate"]) * factor
        self.steps_done += 1
        raw = self.model.forward(self.params, self.numeric[index], self.category[index], self.settings, self._dropout())
        self.optimiser.zero_grad(set_to_none=True)
        self.loss.loss(raw, self.target[index], weight, self.task).sum().backward()  # type: ignore[no-untyped-call]
        self.optimiser.step()

    def _dropout(self) -> Callable[[Tensor], Tensor] | None:
        rate = float(self.settings["dropout"])
        if rate == 0:
            return None

        def drop(hidden_KBH: Tensor) -> Tensor:
            keep = torch.empty_like(hidden_KBH)
            for mask, generator in zip(keep, self.noise, strict=True):
                mask.bernoulli_(1 - rate, generator=generator)
            return hidden_KBH * keep.div_(1 - rate)

        return drop

    def evaluate(self, epoch: int, score: Score) -> dict[str, Any]:
        """Losses and headline on validation and a sample of training rows; keeps weights that are a network's best."""
        train_loss, train_score = self._measure(self.train_sample, score)
        validation_loss, validation_score = self._measure(self.validation, score)
        running = epoch - self.best_epoch <= int(self.settings["patience"])
        better = (validation_loss < self.best_loss) & running
        self.best_loss[better] = validation_loss[better]
        self.best_epoch[better] = epoch
        kept = running & np.isfinite(validation_loss) if self.settings["keep"] == "last" else better
        if kept.any():
            chosen = torch.from_numpy(kept).to(self.device)
            for name, value in self.params.items():
                self.best[name][chosen] = value.detach()[chosen]
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
        losses, predictions = [], []
        with torch.inference_mode():
            for start in range(0, index.shape[1], _EVALUATION_ROWS):
                part = slice(start, start + _EVALUATION_ROWS)
                i, w = index[:, part], weight[:, part]
                raw = self.model.forward(self.params, self.numeric[i], self.category[i], self.settings)
                losses.append(self.loss.loss(raw, self.target[i], w, self.task) * w.sum(1))
                predictions.append(self.loss.predict(raw))
            total = torch.stack(losses).sum(0) / weight.sum(1)
        predicted, present = torch.cat(predictions, 1).cpu().numpy(), weight.cpu().numpy() > 0
        rows = index.cpu().numpy() - np.array(self.offset)[:, None]
        scores = [score(n.fold, r[m], p[m]) for n, r, p, m in zip(self.networks, rows, predicted, present, strict=True)]
        return total.cpu().numpy().astype(np.float64), np.array(scores)

    def all_ended(self, epoch: int) -> bool:
        """Whether every network has gone without improvement for longer than the patience."""
        return bool((epoch - self.best_epoch >= int(self.settings["patience"])).all())


def _optimiser(params: Mapping[str, Tensor], settings: Mapping[str, Any]) -> torch.optim.Optimizer:
    """Weight decay pulls at weights only: a bias towards zero would be a claim about the base rate."""
    kinds: dict[str, type[torch.optim.Adam]] = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}
    biases = [value for name, value in params.items() if name.endswith(".bias")]
    weights = [value for name, value in params.items() if not name.endswith(".bias")]
    groups = [
        {"params": weights, "weight_decay": float(settings["weight_decay"])},
        {"params": biases, "weight_decay": 0.0},
    ]
    return kinds[settings["optimiser"]](groups, lr=float(settings["learning_rate"]), fused=True)


def _rate_factor(settings: Mapping[str, Any], step: int, steps_per_epoch: int) -> float:
    """The schedule: 1 throughout, or one epoch of linear warm-up and a cosine to 0 at the last epoch's end."""
    if settings["schedule"] == "constant":
        return 1.0
    last = steps_per_epoch * int(settings["num_epochs"])
    warm_up = min(1.0, (step + 1) / steps_per_epoch)
    return warm_up * 0.5 * (1 + math.cos(math.pi * step / last))


def _seeds(seed: int, count: int) -> list[int]:
    return [int(s.generate_state(1)[0]) for s in np.random.SeedSequence(seed).spawn(count)]


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
