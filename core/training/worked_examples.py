"""The worked examples of the articles that this product follows, recomputed by the parts that train: what was printed,
and what is true. Knows no use case and no page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from core.contracts import Task
from core.formatting.messages import message
from core.models._activations import ACTIVATIONS
from core.training.losses import LOSSES
from core.training.optimisers import Optimiser, Rates

Values = tuple[float, ...]
HOUSES = ((1.0, 2.0, 3.0, 4.0, 5.0), (2.0, 4.0, 6.0, 8.0, 10.0))  # y = 2 x
_MANY = 10**7  # steps after which Adam's correction of its beginning is 1


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkedExample:
    """One example. printed: what the articles print, all of their values where they print several; true: what the core
    gives."""

    name: str
    printed: Values
    true: Values


def worked_examples() -> tuple[WorkedExample, ...]:
    """All of them, computed now, in 64 bits."""
    made: tuple[tuple[str, Values, Callable[[], Values]], ...] = (
        (message("sigmoid(2)"), (0.9415, 0.9709), lambda: _bent("sigmoid", 2)),
        (message("tanh(2)"), (0.7616, 0.9640), lambda: _bent("tanh", 2)),
        (message("softmax(3, 1, 2)"), (0.990, 0.090, 0.010), lambda: _softmax(3, 1, 2)),
        (message("softmax(2, 1, 3)"), (0.268, 0.071, 0.660), lambda: _softmax(2, 1, 3)),
        (message("leaky ReLU(-2), slope 0.01"), (-0.02,), lambda: _bent("leaky_relu", -2)),
        (message("MSE of (2, 3) and (2.5, 2.8)"), (0.164,), lambda: _loss("squared_error", (2, 3), (2.5, 2.8))),
        (message("MAE of (2, 3) and (2.5, 2.8)"), (0.35,), _mean_absolute_error),
        (message("cross-entropy of (0.7, 0.3) and (0.8, 0.2)"), (0.189,), lambda: _cross_entropy((0.7,), (0.8,))),
        (
            message("binary cross-entropy of 0, 1, 0, 1 and 0.3, 0.7, 0.2, 0.8"),
            (1.0954,),
            lambda: _cross_entropy((0, 1, 0, 1), (0.3, 0.7, 0.2, 0.8)),
        ),
        (message("hinge, label +1, score 0.4"), (0.6,), lambda: _bent("relu", 1 - 0.4)),
        (
            message("gradient step from 2, rate 0.1, gradient 0.5"),
            (1.5,),
            lambda: _stepped("sgd", (2,), 0.1, ((0.5,),))[0],
        ),
        (message("Adam's moments from 0.1 and 0.01, gradient 0.5"), (0.2, 0.010014), lambda: _adam()[1:]),
        (message("Adam's step from 2 with them, rate 0.001, uncorrected"), (1.9989,), lambda: _adam()[:1]),
        (message("momentum 0.9, rate 0.1, gradients 0.5 and 0.3: v, w"), (0.135, -0.0145), _momentum),
        (message("L2 loss (a - 0.6)^2 + 0.01 (a^2 + b^2) at (1, 2)"), (0.21,), lambda: _ridge(1, 2)[0]),
        (message("its gradient at (1, 2)"), (-0.8, -1.2), lambda: _ridge(1, 2)[1]),
        (message("one step of rate 0.1 from (1, 2)"), (1.08, 2.12), lambda: _ridge(1, 2)[2]),
        (message("the loss after that step"), (0.1495,), lambda: _ridge(*_ridge(1, 2)[2])[0]),
        (message("house prices, rate 0.1: loss at epochs 1 to 4"), (3.0,), lambda: house_losses(0.1, 4)),
        (message("house prices, rate 0.1: loss at epoch 100"), (0.0016,), lambda: house_losses(0.1, 100)[-1:]),
        (message("house prices, rate 0.05: loss at epoch 100"), (0.0016,), lambda: house_losses(0.05, 100)[-1:]),
        (message("house prices: the largest stable rate"), (0.1,), lambda: (largest_stable_rate(),)),
    )
    return tuple(WorkedExample(name=str(name), printed=printed, true=true()) for name, printed, true in made)


def house_losses(rate: float, epochs: int) -> Values:
    """Mean squared error of y = w x + b on x = 1 to 5, y = 2 x, before each of so many steps of gradient descent
    from w = b = 0."""
    x, y = (torch.tensor(values, dtype=torch.float64)[None, :, None] for values in HOUSES)
    loss, task, share = LOSSES.get("squared_error"), _task("squared_error"), torch.full_like(x, 1 / x.shape[1])
    flat = torch.zeros(1, 2, dtype=torch.float64)
    optimiser = Optimiser("gradient_descent", flat, _rates(rate))
    losses = []
    for _epoch in range(epochs):
        raw = x * flat[0, 0] + flat[0, 1]
        losses.append(float(loss.loss(raw, y, share[..., 0], task)))
        of_raw = loss.gradient(raw, y, share, task)
        optimiser.step(torch.stack([(of_raw * x).sum(), of_raw.sum()])[None], 1.0)
    return tuple(losses)


def largest_stable_rate() -> float:
    """2 over the largest eigenvalue of the loss's matrix of second slopes, which is the same everywhere."""
    x = torch.tensor(HOUSES[0], dtype=torch.float64)
    inputs = torch.stack([x, torch.ones_like(x)], 1)
    return float(2 / torch.linalg.eigvalsh(2 * inputs.T @ inputs / len(x)).max())


def _task(loss: str) -> Task:
    return Task(kind="quantile", outputs=("value",), metrics=("pinball",), headline="pinball", loss=loss, levels=(0.5,))


def _row(values: Values) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)[None, :, None]


def _bent(name: str, value: float) -> Values:
    return (float(ACTIVATIONS[name].forward(torch.tensor(value, dtype=torch.float64))),)


def _softmax(*scores: float) -> Values:
    predicted = LOSSES.get("cross_entropy").predict(torch.tensor([[scores]], dtype=torch.float64))
    return tuple(predicted[0, 0].tolist())


def _loss(name: str, raw: Values, target: Values) -> Values:
    """The mean loss over rows of one value."""
    weight = torch.ones(1, len(raw), dtype=torch.float64)
    return (float(LOSSES.get(name).loss(_row(raw), _row(target), weight, _task(name))),)


def _mean_absolute_error() -> Values:
    """Twice the pinball loss of the median."""
    return (2 * _loss("pinball", (2, 3), (2.5, 2.8))[0],)


def _cross_entropy(target: Values, chance: Values) -> Values:
    return _loss("binary_cross_entropy", tuple(torch.logit(_row(chance)).flatten().tolist()), target)


def _rates(rate: float, *, momentum: float = 0.0, decay: float = 0.0) -> Rates:
    def one(value: float) -> Tensor:
        return torch.tensor([[value]], dtype=torch.float64)

    return Rates(
        learning_rate=one(rate),
        weight_decay=one(decay),
        l1=one(0.0),
        momentum=one(momentum),
        clip_norm=one(0.0),
        decays=torch.ones(1, dtype=torch.float64),
    )


def _stepped(
    name: str, start: Values, rate: float, gradients: tuple[Values, ...], *, momentum: float = 0.0, decay: float = 0.0
) -> tuple[Values, Optimiser]:
    """Where an optimiser has come to, and itself."""
    flat = torch.tensor([start], dtype=torch.float64)
    optimiser = Optimiser(name, flat, _rates(rate, momentum=momentum, decay=decay))
    for gradient in gradients:
        optimiser.step(torch.tensor([gradient], dtype=torch.float64), 1.0)
    return tuple(flat[0].tolist()), optimiser


def _adam() -> Values:
    """The weight after one step, and both moments. The articles leave out the correction of the beginning, which is 1
    after many steps; their epsilon of 1e-5 instead of the core's 1e-8 changes nothing before the seventh digit."""
    flat = torch.tensor([[2.0]], dtype=torch.float64)
    optimiser = Optimiser("adam", flat, _rates(0.001))
    optimiser.first.fill_(0.1)
    optimiser.second.fill_(0.01)
    optimiser.count.fill_(_MANY)
    optimiser.step(torch.tensor([[0.5]], dtype=torch.float64), 1.0)
    return float(flat), float(optimiser.first), float(optimiser.second)


def _momentum() -> Values:
    """v = 0.9 v + 0.1 g: the core's v is ten times that, and its rate a tenth."""
    (weight,), optimiser = _stepped("momentum", (0,), 0.01, ((0.5,), (0.3,)), momentum=0.9)
    return float(optimiser.first) / 10, weight


def _ridge(a: float, b: float) -> tuple[Values, Values, Values]:
    """The loss at a place, its gradient, and the place after a step of rate 0.1: weight decay 0.02 is the pull of
    0.01 (a^2 + b^2)."""
    loss = _loss("squared_error", (a,), (0.6,))[0] + 0.01 * (a * a + b * b)
    place, _optimiser = _stepped("sgd", (a, b), 0.1, ((2 * (a - 0.6), 0.0),), decay=0.02)
    return (loss,), ((a - place[0]) / 0.1, (b - place[1]) / 0.1), place
