"""What can be seen of networks while they train: gradients, steps, dead units, how predictions lie. Changes nothing.

The last batch of an epoch is looked at, so that watching costs next to nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np
import torch
from torch import Tensor

from core.contracts import Layer, Metric, Task
from core.contracts.events import DeadUnits, DeclaredLayer, NetworkEvent, StepSeen, TrainingFacts
from core.contracts.workspace import Workspace
from core.formatting.messages import to_json
from core.kinds import kind_of
from core.training.batches import Score, TrainingData
from core.training.losses import Loss
from core.training.parameters import Layout

_FIRST_AFTER_S = 0.02  # somebody has just pressed a button
_BATCHES_EVERY_S = 0.3
_EVENTS_PER_DOUBLING = 150  # of a long training: its progress file stays small enough to be read twice a second
_MOST_ASKED = 8  # networks whose units are looked at: a look at each of a hundred would cost more than it tells
_MOST_SPREAD, _MOST_SPREADS = 2000, 40  # rows, and epochs of which each is told
_DEAD_SLOPE = 1e-3  # a leaky ReLU's slope is never below 0.01; a sigmoid's is .25 at its steepest


@runtime_checkable
class HasActivationSlopes(Protocol):
    """A model whose hidden units can be asked how they bend. Others are watched without."""

    def slopes(self, workspace: Workspace, settings: Mapping[str, Any], networks: slice) -> Mapping[str, Tensor]:
        """Per hidden layer the slope of each unit of some networks at each row, (k, B, H), of a forward pass without
        dropout."""
        ...


class Watch:
    """Looks at one step of K networks with parameters (K, P): `before` the optimiser uses the gradient up, `after` it
    has moved the weights. What it says of many networks is their median."""

    def __init__(self, layout: Layout, layers: Sequence[Layer]) -> None:
        self.spans = _spans(layout, layers)
        self.sizes = {name: sum(b - a for a, b in own) for name, own in self.spans.items()}
        self.layers = [layer for layer in layers if layer.name in self.spans]

    def network(self) -> NetworkEvent:
        """The event that tells, once, which layers are watched."""
        layers: dict[str, DeclaredLayer] = {
            layer.name: {"title": layer.words, "has_units": layer.has_units, **to_json(layer.words)}
            for layer in self.layers
        }
        return {"event": "network", "layers": layers}

    def before(self, flat_KP: Tensor, gradient_KP: Tensor) -> None:
        """Measure the gradient, and remember the weights."""
        self.gradient, self.weights, self.old = self._norms(gradient_KP), self._norms(flat_KP), flat_KP.clone()

    def after(self, flat_KP: Tensor, learning_rate_K1: Tensor) -> StepSeen:
        """The reading; None where a number is not finite."""
        moved = self._norms(self.old.sub_(flat_KP))
        ratio = {name: moved[name] / self.weights[name].clamp_min(1e-12) for name in self.spans}
        del self.old
        return {
            "learning_rate": _middle(learning_rate_K1),
            "layers": {
                name: {
                    "parameters": self.sizes[name],
                    "gradient_norm": _middle(self.gradient[name]),
                    "update_ratio": _middle(ratio[name]),
                }
                for name in self.spans
            },
        }

    def _norms(self, values_KP: Tensor) -> dict[str, Tensor]:
        """Euclidean norm per layer, (K,)."""
        return {
            name: torch.stack([torch.linalg.vector_norm(values_KP[:, a:b], dim=1) for a, b in spans])
            .square()
            .sum(0)
            .sqrt()
            for name, spans in self.spans.items()
        }


NOTHING_SEEN: StepSeen = {"learning_rate": None, "layers": {}}  # of an epoch that was stopped


def dead_units(
    model: object, workspace: Workspace | None, settings: Mapping[str, Any], num_networks: int = 1
) -> DeadUnits:
    """Per hidden layer how many units there are, and the share that no row in the workspace can teach: a ReLU that is
    never active, a sigmoid that is always saturated. Empty for a model that cannot be asked."""
    if not workspace or not isinstance(model, HasActivationSlopes):
        return {"hidden_units": {}, "dead_units": {}}
    some = slice(None, None, math.ceil(num_networks / _MOST_ASKED))
    slopes = model.slopes(workspace, settings, some)
    dead = {name: slope.abs_().amax(1) < _DEAD_SLOPE for name, slope in slopes.items()}
    return {
        "hidden_units": {name: d.shape[1] for name, d in dead.items()},
        "dead_units": {name: _middle(d.float().mean(1)) for name, d in dead.items()},
    }


def is_told(epoch: int) -> bool:
    """Whether the spread of this epoch is told: of the first ones each, of later ones ever fewer."""
    return epoch % max(1, epoch // _MOST_SPREADS) == 0


def spread(task: Task, predicted: np.ndarray, target: np.ndarray) -> list[list[float]]:
    """How the predictions (n, O) of one network on validation rows lie beside the targets (n, T), of some rows, evenly;
    empty for a kind that tells nothing of it."""
    kind = kind_of(task)
    if kind.spread is None or not len(predicted):
        return []
    step = max(1, len(predicted) // _MOST_SPREAD)
    heaps = kind.spread.heaps(predicted[::step].astype(np.float64), target[::step].astype(np.float64))
    return [[round(float(share), 4) for share in heap] for heap in heaps]


def batch_interval_s(elapsed_s: float) -> float:
    """How long to be silent between two reports from within an epoch."""
    return max(_FIRST_AFTER_S, min(_BATCHES_EVERY_S, elapsed_s / 2), elapsed_s / _EVENTS_PER_DOUBLING)


def memory_bytes(device: torch.device) -> int | None:
    """Of tensors on a CUDA device; None elsewhere. What the process holds is told by core.estimating.usage."""
    return torch.cuda.memory_allocated(device) if device.type == "cuda" else None


def facts(loss: Loss, task: Task, metric: Metric, data: TrainingData, score: Score) -> TrainingFacts:
    """What a reader of the events needs to judge them: the headline's scale, and what the best constant prediction of
    the training rows scores and loses on validation, in the mean over folds."""
    lost, scored, done = [], [], set()
    for network in data.networks:
        if network.fold in done:
            continue
        done.add(network.fold)
        rows, target = network.validation, data.target[network.fold]
        start = loss.start(target[network.train], task)
        raw = start.expand(1, len(rows), -1)
        lost.append(loss.loss(raw, target[rows][None], data.weight[network.fold, rows][None], task).item())
        scored.append(score(network.fold, rows, loss.predict(raw)[0].numpy()))
    return {
        "headline": metric.name,
        "higher_is_better": metric.higher_is_better,
        "perfect": metric.perfect,
        "constant_loss": finite(np.mean(lost)),
        "constant_score": finite(np.mean(scored)),
        "validation_rows": min(len(n.validation) for n in data.networks),
    }


def finite(value: float | np.floating[Any]) -> float | None:
    """A float for JSON: None when training has diverged."""
    return float(value) if math.isfinite(value) else None


def _middle(values: Tensor) -> float | None:
    """The median; None when half of the networks or more have none."""
    return finite(float(np.median(np.nan_to_num(values.cpu().numpy().astype(np.float64), nan=math.inf))))


def _spans(layout: Layout, layers: Sequence[Layer]) -> dict[str, list[tuple[int, int]]]:
    """Where each layer's parameters lie in a row of P numbers; those side by side are one span."""
    spans: dict[str, list[tuple[int, int]]] = {}
    for layer in layers:
        own = spans.setdefault(layer.name, [])
        for first, last, _shape in sorted(layout.places[name] for name in layer.parameters):
            if own and own[-1][1] == first:
                own[-1] = (own[-1][0], last)
            elif last > first:
                own.append((first, last))
    return {name: own for name, own in spans.items() if own}
