"""A training's progress events as series of numbers, for whoever judges them. Sees no settings and judges nothing."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Seen:
    """The events, in order: what the training phase said, and its epochs."""

    facts: Mapping[str, Any]
    epochs: Sequence[Mapping[str, Any]]

    def series(self, name: str) -> list[float]:
        """A number of every epoch; NaN where it was not finite."""
        return [math.nan if e.get(name) is None else float(e[name]) for e in self.epochs]

    def layers(self, name: str) -> dict[str, list[float]]:
        """Per layer a number of every epoch in which the last batch was seen; NaN where it was not finite."""
        watched = [e["layers"] for e in self.epochs if e.get("layers")]
        names = watched[0] if watched else ()
        return {layer: [number(w.get(layer, {}).get(name)) for w in watched] for layer in names}

    @property
    def constant(self) -> float:
        return number(self.facts.get("constant_loss"))

    @property
    def gain(self) -> float:
        """How far the lowest validation loss is below that of the best constant prediction."""
        return self.constant - min((v for v in self.series("validation_loss") if math.isfinite(v)), default=math.nan)

    @property
    def hidden(self) -> list[str]:
        """The hidden layers, from the first to the last."""
        return [name for name in self.layers("gradient_norm") if name.startswith("hidden.")]

    @property
    def longest_step(self) -> float:
        """The update-to-weight ratio of the middle layer, in the epoch with the longest steps."""
        ratios = list(self.layers("update_ratio").values())
        each = [statistics.median(instead_of_nan(r, math.inf) for r in epoch) for epoch in zip(*ratios, strict=True)]
        return max(each, default=math.nan)


def number(value: Any) -> float:
    return math.nan if value is None else float(value)


def instead_of_nan(value: float, instead: float) -> float:
    return instead if math.isnan(value) else value
