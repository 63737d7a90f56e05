"""The K stacked networks in training: parameters, optimiser, batches, best weights."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from core.contracts import Layer, Task
from core.contracts.events import DeadUnits, FirstLook, Generated, Measured, Shades, StepSeen
from core.contracts.workspace import Workspace
from core.errors import UserError
from core.kinds import kind_of
from core.protocols import HasBackward, Model
from core.settings.counts import EVALUATION_ROWS, MAX_TRAIN_SCORE_ROWS
from core.settings.training import steps_per_epoch
from core.training import first_look, made_pictures, schedules
from core.training.augmentation import augmentation_of
from core.training.batches import Batch, Rows, Score, TrainingData
from core.training.blocks import whole_blocks
from core.training.config_batch import common, dropout_of, rates_of, seed_of, widest
from core.training.cuda_graph import RECORDERS, CudaGraphStep
from core.training.losses import KeepsByScore, Loss, MovesTarget
from core.training.optimisers import Optimiser
from core.training.parameters import Layout
from core.training.shuffler import shuffler_of
from core.training.watch import HasActivationSlopes, Watch, dead_units, finite, is_told, spread

_EVALUATED_NUMBERS = 64_000_000  # of arrays in one part of an evaluation: 256 MB
_MEASURES = ("train_loss", "validation_loss", "train_score", "validation_score")


class Members:
    """Networks that have ended leave the stack: `active` are the numbers of those still in training. What is kept per
    network (best weights, losses, ...) is kept for all K."""

    def __init__(
        self,
        model: Model,
        loss: Loss,
        task: Task,
        data: TrainingData,
        each: Sequence[Mapping[str, Any]],
        device: torch.device,
    ) -> None:
        settings = common(each)
        self.model, self.loss, self.task, self.settings = model, loss, task, settings
        self.device, self.networks, self.rows = device, data.networks, Rows(data, device)
        self.target = data.target
        seeds = [seed_of(int(s["seed"]), n.place) for s, n in zip(each, data.networks, strict=True)]
        self.patience = np.array([int(s["patience"]) for s in each])
        self.keeps_last = np.array([s["keep"] == "last" for s in each])
        self.orders = shuffler_of(seeds, device)
        shapes = widest(data.shapes)
        fresh = model.init(
            shapes,
            loss.num_outputs(task),
            settings,
            [torch.Generator().manual_seed(seed) for seed in seeds],
        )
        self.layers = declared(model, fresh)
        for name in (layer.start for layer in self.layers if layer.start):
            for k, network in enumerate(data.networks):
                fresh[name][k] = loss.start(data.target[network.fold, network.train], task)
        self.layout = Layout.of(fresh)
        self.flat = self.layout.flatten(fresh).to(device)
        self.optimiser = Optimiser(settings["optimiser"], self.flat, rates_of(each, self.layout, self.layers, device))
        self.dropout = dropout_of(each, seeds, device)
        self.augmentation = augmentation_of(settings, shapes, [seed + 2 for seed in seeds], device)
        self.precision = {"float32": torch.float32, "bfloat16": torch.bfloat16}[settings["precision"]]
        largest = max(len(n.train) for n in data.networks)
        self.steps_per_epoch = self.rows.steps(steps_per_epoch(settings, largest))
        self.steps_done = 0
        self.best = self.flat.clone()
        self.best_loss = np.full(len(data.networks), math.inf)
        self.best_epoch = np.zeros(len(data.networks), dtype=np.int64)
        self.measured = {name: np.full(len(data.networks), math.nan) for name in _MEASURES}
        self.active = np.arange(len(data.networks))
        self.dead: DeadUnits = {}
        self.heaps: list[list[float]] = []
        self.boxes: list[list[int]] | None = None
        self.generated: Generated | None = None
        self._bind()

    def _bind(self) -> None:
        """Views, gradients and row numbers of the networks in the stack."""
        chosen = [self.networks[int(k)] for k in self.active]
        self.rows.choose(chosen)
        self.params = self.layout.views(self.flat)
        self.gradient = torch.zeros_like(self.flat)
        exact = self.precision is torch.float32
        self.product_flat = self.flat if exact else self.flat.to(self.precision)
        self.product_params = self.layout.views(self.product_flat)
        self.product_gradient = self.gradient if exact else self.gradient.to(self.precision)
        self.gradients = self.layout.views(self.product_gradient)
        self.workspace, self.watched = Workspace(), Workspace() if isinstance(self.model, HasActivationSlopes) else None
        recorder = RECORDERS.get(self.device.type)
        self.take = self._take if recorder is None else CudaGraphStep(self._take, recorder, self.device)
        self.validation = self.rows.padded([n.validation for n in chosen])
        self.train_sample = self.rows.padded([_sample(n.train, self.rows.block) for n in chosen])

    def batches(self) -> Iterator[Batch]:
        """One epoch."""
        return self.rows.epoch(self.orders.draw(self.rows.lengths), self.steps_per_epoch)

    @torch.no_grad()
    def step(self, batch: Batch, watch: Watch | None = None) -> StepSeen:
        """One optimiser step of all networks; their losses add up, so that gradients never mix. Gives what `watch` has
        seen of it."""
        done, epochs = self.steps_done, int(self.settings["num_epochs"])
        factor = schedules.factor(self.settings["schedule"], done, self.steps_per_epoch, epochs)
        self.steps_done += 1
        if watch is None:
            self.take(batch, factor)
            return {}
        self._backward(batch)
        watch.before(self.flat, self.gradient)
        self.optimiser.step(self.gradient, factor)
        return watch.after(self.flat, self.optimiser.rates.learning_rate * factor)

    def _take(self, batch: Batch, factor: float | Tensor) -> None:
        self._backward(batch)
        self.optimiser.step(self.gradient, factor)

    def _backward(self, batch: Batch) -> None:
        """Fill the gradient; matrix products in the chosen precision, loss and weights in 32 bits."""
        inputs, target, exact = batch.inputs, batch.target, self.precision is torch.float32
        if self.augmentation is not None:
            inputs = self.augmentation(inputs)
            if isinstance(self.loss, MovesTarget) and self.augmentation.moves is not None:
                target = self.loss.moved(target, self.augmentation.moves)
        if not exact:
            self.product_flat.copy_(self.flat)
            inputs = {n: t.to(self.precision) if t.is_floating_point() else t for n, t in inputs.items()}
        if self.dropout is not None:
            self.dropout.begin()
        if not isinstance(self.model, HasBackward):
            self._backward_by_autograd(inputs, target, batch.share)
            return
        self.workspace.clear()
        raw = self.model.forward(self.product_params, inputs, self.settings, self.dropout, self.workspace)
        of_raw = self.loss.gradient(raw if exact else raw.float(), target, batch.share, self.task)
        self.model.backward(
            self.product_params, self.workspace, of_raw.to(self.precision), self.settings, self.gradients
        )
        if not exact:
            self.gradient.copy_(self.product_gradient)

    def _backward_by_autograd(self, inputs: Mapping[str, Tensor], target: Tensor, share: Tensor) -> None:
        """Through the stacked networks at once: each one's outputs depend on its own row of parameters alone."""
        with torch.enable_grad():
            flat = self.product_flat.detach().requires_grad_()
            raw = self.model.forward(self.layout.views(flat), inputs, self.settings, self.dropout)
        of_raw = self.loss.gradient(raw.detach().float(), target, share, self.task)
        (found,) = torch.autograd.grad(raw, flat, of_raw.to(self.precision))
        self.gradient.copy_(found)

    def evaluate(self, epoch: int, score: Score, came_on: Callable[[], object] = lambda: None) -> None:
        """Measure losses and headline on validation and a sample of training rows; keep weights that are a network's
        best. came_on is called after every part of it."""
        active, workspace, self.heaps, self.boxes = self.active, self.watched, [], None
        self.generated = None
        if workspace is not None:
            workspace.clear()
        for part, chosen, on in (("train", self.train_sample, workspace), ("validation", self.validation, None)):
            loss, found = self._measure(chosen, score, came_on, on, is_seen=part == "validation" and is_told(epoch))
            self.measured[f"{part}_loss"][active], self.measured[f"{part}_score"][active] = loss, found
        validation_loss = self.measured["validation_loss"][active]
        if isinstance(self.loss, KeepsByScore):
            validation_loss = np.where(
                np.isfinite(validation_loss), self.measured["validation_score"][active], math.nan
            )
        better = validation_loss < self.best_loss[active]
        self.best_loss[active[better]] = validation_loss[better]
        self.best_epoch[active[better]] = epoch
        kept = np.where(self.keeps_last[active], np.isfinite(validation_loss), better)
        if kept.any():
            self.best[self._on_device(active[kept])] = self.flat[self._on_device(np.flatnonzero(kept))]
        self.dead = dead_units(self.model, workspace, self.settings, len(active))
        self.look = self._looked(epoch)

    def _looked(self, epoch: int) -> FirstLook | None:
        """What the first network's first layer looks for, and finds in its first validation row, while it trains."""
        if (
            self.active[0] != 0
            or not first_look.is_told(epoch)
            or not isinstance(self.model, first_look.ShowsFirstLayer)
        ):
            return None
        with torch.inference_mode():
            inputs, _target = self.rows.read(self.validation[0][:, :1])
        return first_look.first_look(self.model, self.params, inputs, self.settings, with_picture=epoch == 1)

    def summary(self, networks: slice = slice(None)) -> Measured:
        """What was last measured, over all networks or some: a network that has ended counts as it was when it did."""
        found = {name: values[networks] for name, values in self.measured.items()}
        scores, losses = found["validation_score"], found["train_loss"]
        return {
            "train_loss": finite(losses.mean()),
            "validation_loss": finite(found["validation_loss"].mean()),
            "train_score": finite(found["train_score"].mean()),
            "validation_score": finite(scores.mean()),
            "validation_score_low": finite(scores.min()),
            "validation_score_high": finite(scores.max()),
            "networks_running": int(np.isin(np.arange(len(self.networks))[networks], self.active).sum()),
            "networks_broken": int((~np.isfinite(losses)).sum()),
        }

    def _measure(
        self,
        chosen: tuple[Tensor, Tensor],
        score: Score,
        came_on: Callable[[], object],
        workspace: Workspace | None = None,
        *,
        is_seen: bool,
    ) -> tuple[np.ndarray, np.ndarray]:
        index, weight = chosen
        losses, predictions, apart, rows = [], [], [], self.rows
        seen: Shades | None = None
        at_once = rows_at_once(rows.tensors, len(index), leading=1)
        with torch.inference_mode():
            for start in range(0, index.shape[1], at_once):
                part = slice(start, start + at_once)
                i, w = index[:, part], weight[:, part]
                inputs, target = rows.read(i)
                watched = workspace if start == 0 else None  # a sample of training rows is one part
                raw = self.model.forward(self.params, inputs, self.settings, None, watched)
                if rows.blocks is None:
                    losses.append(self.loss.loss(raw, target, w, self.task) * w.sum(1))
                else:  # a part may cut through a block
                    apart.append((raw, target))
                predictions.append(self.loss.predict(raw))
                if is_seen and start == 0:
                    seen = made_pictures.shown(self.loss, raw)
                came_on()
            if rows.blocks is None:
                total = torch.stack(losses).sum(0) / weight.sum(1)
            else:
                raw, target = (torch.cat(parts, 1) for parts in zip(*apart, strict=True))
                total = self.loss.loss(raw, target, weight, self.task)
        predicted, present = torch.cat(predictions, 1).cpu().numpy(), weight.cpu().numpy() > 0
        ids = index.cpu().numpy() - rows.offset
        scores = []
        for n, r, p, m in zip(rows.networks, ids, predicted, present, strict=True):
            scores.append(score(n.fold, r[m], p[m]))
            came_on()
        if is_seen:
            known = self.target[rows.networks[0].fold].numpy()[ids[0][present[0]]]
            self.heaps = spread(self.task, predicted[0][present[0]], known)
            is_shown = rows.networks[0].fold == self.networks[0].fold  # another fold's boxes are of another picture
            tell = kind_of(self.task).boxes if is_shown else None
            self.boxes = tell(predicted[0][0].astype(np.float64)) if tell is not None else None
            self.generated = made_pictures.told(self.task, seen, known, predicted[0][present[0]])
        return total.cpu().numpy().astype(np.float64), np.array(scores)

    def drop_ended(self, epoch: int) -> bool:
        """Take networks that have gone without improvement for longer than the patience off the stack; False when
        none is left."""
        running = epoch - self.best_epoch[self.active] < self.patience[self.active]
        if not running.all() and running.any():
            self._select(np.flatnonzero(running))
        return bool(running.any())

    def _select(self, places: np.ndarray) -> None:
        index = self._on_device(places)
        self.active = self.active[places]
        self.flat = self.flat[index]
        self.optimiser.select(self.flat, index)
        self.orders.select(places)
        for random in (self.dropout, self.augmentation):
            if random is not None:
                random.select(places)
        self._bind()

    def _on_device(self, numbers: np.ndarray) -> Tensor:
        return torch.from_numpy(numbers).to(self.device)

    def order(self) -> list[Any]:
        """The state of what shuffles, as JSON: to be asked before an epoch begins."""
        return self.orders.state()

    def state(self) -> tuple[dict[str, Tensor], dict[str, Any]]:
        """All that the next step depends on, on the CPU, but for the order that this epoch began with."""
        tensors = {"flat": self.flat, "first": self.optimiser.first, "second": self.optimiser.second, "best": self.best}
        arrays = {"best_loss": self.best_loss, "best_epoch": self.best_epoch, **self.measured, "active": self.active}
        return (
            {n: t.detach().cpu().clone() for n, t in tensors.items()}
            | {n: torch.from_numpy(a.copy()) for n, a in arrays.items()},
            {
                "steps_done": self.steps_done,
                "dropout": self.dropout.state() if self.dropout is not None else [],
                "augmentation": self.augmentation.state() if self.augmentation is not None else [],
            },
        )

    def restore(self, tensors: Mapping[str, Tensor], facts: Mapping[str, Any], order: Sequence[Any]) -> None:
        """Take up the state of the same networks with the same settings."""
        self._select(tensors["active"].numpy())
        for own, name in ((self.flat, "flat"), (self.optimiser.first, "first"), (self.optimiser.second, "second")):
            own.copy_(tensors[name])
        self.best.copy_(tensors["best"])
        if self.dropout is not None:
            self.dropout.restore(facts["dropout"])
        if self.augmentation is not None:
            self.augmentation.restore(facts["augmentation"])
        for array, name in ((self.best_loss, "best_loss"), (self.best_epoch, "best_epoch"), *_named(self.measured)):
            array[:] = tensors[name].numpy()
        self.orders.restore(order)
        self.steps_done = int(facts["steps_done"])
        self.optimiser.count.fill_(self.steps_done)


def _named(arrays: Mapping[str, np.ndarray]) -> list[tuple[np.ndarray, str]]:
    return [(array, name) for name, array in arrays.items()]


def declared(model: Model, params: Mapping[str, Tensor]) -> tuple[Layer, ...]:
    """The model's layers, once each parameter is in exactly one of them; raises UserError."""
    layers = model.layers(params)
    named = [name for layer in layers for name in layer.parameters]
    if sorted(named) != sorted(params) or any(layer.start and layer.start not in params for layer in layers):
        wrong = sorted({*params} ^ {*named} | {name for name in named if named.count(name) > 1}) or ["a `start`"]
        raise UserError(
            "A model declares each of its parameters in one layer; {model!r} does not so for {wrong!r}. "
            "Mend its `layers`.",
            model=model.name,
            wrong=wrong[0],
        )
    return layers


def rows_at_once(tensors: Mapping[str, Tensor], networks: int, leading: int) -> int:
    """How many rows of every network are evaluated in one go: fewer where arrays are large. leading: the dimensions
    before an example's own."""
    arrays = sum(math.prod(t.shape[leading:]) for name, t in tensors.items() if name not in ("numeric", "category"))
    return max(1, min(EVALUATION_ROWS, _EVALUATED_NUMBERS // max(1, arrays * networks)))


def _sample(rows: np.ndarray, block_N: np.ndarray | None) -> np.ndarray:
    """Training rows to be measured on: some, evenly; whole blocks, because half a group is easier to put in order."""
    if len(rows) <= MAX_TRAIN_SCORE_ROWS:
        return rows
    if block_N is not None:
        return rows[whole_blocks(block_N[rows], MAX_TRAIN_SCORE_ROWS)]
    return rows[np.linspace(0, len(rows) - 1, MAX_TRAIN_SCORE_ROWS).astype(int)]
