"""Optimisers on the parameters (K, P) of K networks; every network may have rates of its own. Formulas as torch.optim.

Written for stacked networks because torch.optim has one learning rate for a whole tensor; checked against it, step by
step, by the tests.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

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

    def of(self, networks: Tensor) -> Rates:
        """Those of the numbered networks alone."""
        own = ("learning_rate", "weight_decay", "l1", "momentum", "clip_norm")
        return replace(self, **{name: getattr(self, name)[networks] for name in own})


class Optimiser:
    """Changes `flat` (K, P) in place. `factor` is the schedule's: a number, or in a step that is recorded to be played
    again a tensor () of the same device, which holds another number each time."""

    def __init__(self, name: str, flat: Tensor, rates: Rates) -> None:
        self.rule: Callable[[Tensor, float | Tensor], None] = getattr(self, f"_{name}")
        self.decoupled = name == "adamw"
        self.count = torch.zeros((), device=flat.device)  # a tensor, so that a recorded step can count
        self._bind(flat, rates, torch.zeros_like(flat), torch.zeros_like(flat))

    def _bind(self, flat: Tensor, rates: Rates, first: Tensor, second: Tensor) -> None:
        self.flat, self.rates, self.first, self.second = flat, rates, first, second
        decay = rates.weight_decay * rates.decays
        if self.decoupled:
            decay = decay * rates.learning_rate
        self.decay = decay if bool((decay != 0).any()) else None
        self.l1 = rates.l1 * rates.decays if bool((rates.l1 != 0).any()) else None
        self.clips = bool((rates.clip_norm > 0).any())
        each = rates.learning_rate[:, 0].tolist()
        self.views: tuple[Tensor, list[tuple[float, list[list[Tensor]]]]] | None = None
        self.groups = (
            [(each[0], slice(None))] if len(set(each)) == 1 else [(r, slice(k, k + 1)) for k, r in enumerate(each)]
        )

    def select(self, flat: Tensor, networks: Tensor) -> None:
        """Go on with the numbered networks alone, whose parameters are now `flat`."""
        self._bind(flat, self.rates.of(networks), self.first[networks], self.second[networks])

    def step(self, gradient: Tensor, factor: float | Tensor) -> None:
        """One step with a gradient (K, P), which is used up."""
        self.count.add_(1)
        if self.clips:
            _clip(gradient, self.rates.clip_norm)
        if self.l1 is not None:
            gradient.addcmul_(self.flat.sign(), self.l1)
        if self.decay is not None:
            if self.decoupled:
                self._shrink(self.decay, factor)
            else:
                gradient.addcmul_(self.flat, self.decay)
        self.rule(gradient, factor)

    def _shrink(self, decay: Tensor, factor: float | Tensor) -> None:
        if isinstance(factor, Tensor):
            self.flat.addcmul_(self.flat, decay * factor, value=-1)
        else:
            self.flat.addcmul_(self.flat, decay, value=-factor)  # without another pass

    def _sgd(self, gradient: Tensor, factor: float | Tensor) -> None:
        self.flat.addcmul_(gradient, self.rates.learning_rate * factor, value=-1)

    _gradient_descent = _sgd

    def _momentum(self, gradient: Tensor, factor: float | Tensor) -> None:
        self.first.mul_(self.rates.momentum).add_(gradient)
        self.flat.addcmul_(self.first, self.rates.learning_rate * factor, value=-1)

    def _nesterov(self, gradient: Tensor, factor: float | Tensor) -> None:
        self.first.mul_(self.rates.momentum).add_(gradient)
        self._sgd(gradient.addcmul_(self.first, self.rates.momentum), factor)

    def _adagrad(self, gradient: Tensor, factor: float | Tensor) -> None:
        self.second.addcmul_(gradient, gradient)
        self._sgd(gradient.div_(self.second.sqrt().add_(1e-10)), factor)

    def _rmsprop(self, gradient: Tensor, factor: float | Tensor) -> None:
        self.second.mul_(_RMS_DECAY).addcmul_(gradient, gradient, value=1 - _RMS_DECAY)
        self._sgd(gradient.div_(self.second.sqrt().add_(_EPSILON)), factor)

    def _adam(self, gradient: Tensor, factor: float | Tensor) -> None:
        """One pass over all networks of the same rate, instead of eight; on a GPU eight over all, whatever their rates,
        instead of a launch for each."""
        if len(self.groups) > 1 and self.flat.device.type != "cpu":
            self._adam_of_all(gradient, factor)
            return
        if self.views is None or self.views[0] is not gradient:
            moved = (self.flat, gradient, self.first, self.second)
            self.views = gradient, [(rate, [[t[group]] for t in moved]) for rate, group in self.groups]
        for rate, (flat, of, first, second) in self.views[1]:
            torch._fused_adam_(
                flat,
                of,
                first,
                second,
                [],
                [self.count],
                lr=factor * rate,
                beta1=_BETA1,
                beta2=_BETA2,
                weight_decay=0.0,
                eps=_EPSILON,
                amsgrad=False,
                maximize=False,
            )

    _adamw = _adam

    def _adam_of_all(self, gradient: Tensor, factor: float | Tensor) -> None:
        self.first.lerp_(gradient, 1 - _BETA1)
        self.second.mul_(_BETA2).addcmul_(gradient, gradient, value=1 - _BETA2)
        first, second = (-torch.expm1(self.count * math.log(beta)) for beta in (_BETA1, _BETA2))  # 1 - beta ** count
        torch.sqrt(self.second, out=gradient).div_(second.sqrt()).add_(_EPSILON)
        self._sgd(torch.div(self.first, gradient, out=gradient), factor / first)


def _clip(gradient: Tensor, most: Tensor) -> None:
    """Scale each network's gradient to a norm of at most its `clip_norm`; 0 means no limit."""
    norm = torch.linalg.vector_norm(gradient, dim=1, keepdim=True)
    limit = torch.where(most > 0, most, torch.inf)
    gradient.mul_((limit / (norm + 1e-6)).clamp(max=1))
