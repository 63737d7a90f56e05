"""Optimisers on the parameters (K, P) of K networks; every network may have rates of its own. Formulas as torch.optim.

Written for stacked networks because torch.optim has one learning rate for a whole tensor; checked against it, step by
step, by the tests.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

_BETA1, _BETA2, _EPSILON = 0.9, 0.999, 1e-8
_RMS_DECAY = 0.99


@dataclass(frozen=True, kw_only=True, slots=True)
class Rates:
    """What every network k has of its own, each (K, 1). decays: (P,) with 1 where weight decay and L1 pull."""

    learning_rate: Tensor
    weight_decay: Tensor
    l1: Tensor
    momentum: Tensor
    clip_norm: Tensor
    decays: Tensor


class Optimiser:
    """Changes `flat` (K, P) in place. `factor` is the schedule's."""

    def __init__(self, name: str, flat: Tensor, rates: Rates) -> None:
        self.flat, self.rates, self.steps = flat, rates, 0
        self.rule: Callable[[Tensor, Tensor], None] = getattr(self, f"_{name}")
        self.first, self.second = torch.zeros_like(flat), torch.zeros_like(flat)
        self.decoupled = name == "adamw"
        self.decay = rates.weight_decay * rates.decays if bool((rates.weight_decay != 0).any()) else None
        self.l1 = rates.l1 * rates.decays if bool((rates.l1 != 0).any()) else None
        self.clips = bool((rates.clip_norm > 0).any())

    def step(self, gradient: Tensor, factor: float) -> None:
        """One step with a gradient (K, P), which is used up."""
        self.steps += 1
        if self.clips:
            _clip(gradient, self.rates.clip_norm)
        if self.l1 is not None:
            gradient.addcmul_(self.flat.sign(), self.l1)
        rate = self.rates.learning_rate * factor
        if self.decay is not None:
            if self.decoupled:
                self.flat.addcmul_(self.flat, self.decay * rate, value=-1)
            else:
                gradient.addcmul_(self.flat, self.decay)
        self.rule(gradient, rate)

    def _sgd(self, gradient: Tensor, rate: Tensor) -> None:
        self.flat.addcmul_(gradient, rate, value=-1)

    _gradient_descent = _sgd

    def _momentum(self, gradient: Tensor, rate: Tensor) -> None:
        self.first.mul_(self.rates.momentum).add_(gradient)
        self.flat.addcmul_(self.first, rate, value=-1)

    def _nesterov(self, gradient: Tensor, rate: Tensor) -> None:
        self.first.mul_(self.rates.momentum).add_(gradient)
        self.flat.addcmul_(gradient.addcmul_(self.first, self.rates.momentum), rate, value=-1)

    def _adagrad(self, gradient: Tensor, rate: Tensor) -> None:
        self.second.addcmul_(gradient, gradient)
        self.flat.sub_(gradient.mul_(rate).div_(self.second.sqrt().add_(1e-10)))

    def _rmsprop(self, gradient: Tensor, rate: Tensor) -> None:
        self.second.mul_(_RMS_DECAY).addcmul_(gradient, gradient, value=1 - _RMS_DECAY)
        self.flat.sub_(gradient.mul_(rate).div_(self.second.sqrt().add_(_EPSILON)))

    def _adam(self, gradient: Tensor, rate: Tensor) -> None:
        self.first.lerp_(gradient, 1 - _BETA1)
        self.second.mul_(_BETA2).addcmul_(gradient, gradient, value=1 - _BETA2)
        correction = (1 - _BETA2**self.steps) ** 0.5
        torch.sqrt(self.second, out=gradient).div_(correction).add_(_EPSILON)
        self.flat.sub_(torch.div(self.first, gradient, out=gradient).mul_(rate / (1 - _BETA1**self.steps)))

    _adamw = _adam


OPTIMISERS = ("gradient_descent", "sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw")


def _clip(gradient: Tensor, most: Tensor) -> None:
    """Scale each network's gradient to a norm of at most its `clip_norm`; 0 means no limit."""
    norm = torch.linalg.vector_norm(gradient, dim=1, keepdim=True)
    limit = torch.where(most > 0, most, torch.inf)
    gradient.mul_((limit / (norm + 1e-6)).clamp(max=1))
