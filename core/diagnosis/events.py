"""A training's progress events as series of numbers, for whoever judges them. Sees no settings and judges nothing."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.contracts.layer import usual_title


@dataclass(frozen=True, slots=True)
class TrainingHistory:
    """The events, in order: what the training phase said, its epochs, and the network's layers as their model declares
    them; runs of earlier versions tell none."""

    facts: Mapping[str, Any]
    epochs: Sequence[Mapping[str, Any]]
    declared: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def words(self, layer: str) -> str:
        """A layer's name in words."""
        return layer_words(layer, self.declared)

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
        return [n for n in self.layers("gradient_norm") if self.declared.get(n, {}).get("has_units", _is_hidden(n))]

    @property
    def longest_step(self) -> float:
        """The update-to-weight ratio of the middle layer, in the epoch with the longest steps."""
        ratios = list(self.layers("update_ratio").values())
        each = [statistics.median(instead_of_nan(r, math.inf) for r in epoch) for epoch in zip(*ratios, strict=True)]
        return max(each, default=math.nan)


def declared_layers(events: Sequence[Mapping[str, Any]]) -> Mapping[str, Mapping[str, Any]]:
    """The layers that a training's events tell of, by name; empty for runs of earlier versions."""
    return next((e["layers"] for e in reversed(events) if e.get("event") == "network"), {})


def layer_words(name: str, declared: Mapping[str, Mapping[str, Any]]) -> str:
    """A layer's name in the words of its model, or in the usual ones."""
    return str(declared[name]["title"]) if name in declared else usual_title(name)


def _is_hidden(name: str) -> bool:
    return name.startswith("hidden.")


def number(value: Any) -> float:
    return math.nan if value is None else float(value)


def instead_of_nan(value: float, instead: float) -> float:
    return instead if math.isnan(value) else value
