"""How the learning rate changes over a training: a factor per step. Plain Python."""

from __future__ import annotations

import math

_DROPS = (0.5, 0.75)  # of the training, where `step` falls to a tenth
_RISE = 0.3  # of the training, while `one_cycle` rises
_START = 0.04  # where `one_cycle` begins
_WARM_UP = 0.1  # of the training, while `warm_up` rises
_END = 0.01  # where `exponential` ends


def factor(schedule: str, step: int, steps_per_epoch: int, num_epochs: int) -> float:
    """What the learning rate is multiplied by in step 0, 1, ...; ends with the last epoch."""
    last = steps_per_epoch * num_epochs
    done = step / last
    if schedule == "cosine":  # one epoch of linear warm-up, then down to 0
        return min(1.0, (step + 1) / steps_per_epoch) * _half_cosine(done)
    if schedule == "step":
        return 0.1 ** sum(done >= drop for drop in _DROPS)
    if schedule == "exponential":
        return _END**done
    if schedule == "one_cycle":  # Smith and Topin, 2018
        rising = done / _RISE
        return _START + (1 - _START) * rising if rising < 1 else _half_cosine((done - _RISE) / (1 - _RISE))
    if schedule == "warm_up":
        return min(1.0, (step + 1) / max(1, _WARM_UP * last))
    return 1.0


def _half_cosine(done: float) -> float:
    return 0.5 * (1 + math.cos(math.pi * done))
