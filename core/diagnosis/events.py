"""A training's progress events as series of numbers, for whoever judges them. Sees no settings and judges nothing."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from core.contracts import EpochEvent
from core.contracts.events import ColumnsAlone, DeclaredLayer, TrainingFacts
from core.contracts.layer import usual_title
from core.formatting.messages import from_json

Series = Literal["train_loss", "validation_loss", "validation_score", "learning_rate"]
OfLayer = Literal["parameters", "gradient_norm", "update_ratio"]


@dataclass(frozen=True, slots=True)
class TrainingHistory:
    """The events, in order: what the training phase said, what each column tells alone, the epochs, and the network's
    layers as their model declares them; runs of earlier versions tell none."""

    facts: TrainingFacts
    columns: ColumnsAlone
    epochs: Sequence[EpochEvent]
    declared: Mapping[str, DeclaredLayer] = field(default_factory=dict)

    def words(self, layer: str) -> str:
        """A layer's name in words."""
        return layer_words(layer, self.declared)

    def series(self, name: Series) -> list[float]:
        """A number of every epoch; NaN where it was not finite."""
        return [number(e.get(name)) for e in self.epochs]

    def layers(self, name: OfLayer) -> dict[str, list[float]]:
        """Per layer a number of every epoch in which the last batch was seen; NaN where it was not finite."""
        watched = [e["layers"] for e in self.epochs if e.get("layers")]
        names = watched[0] if watched else ()
        return {layer: [number(w[layer][name] if layer in w else None) for w in watched] for layer in names}

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
        return [
            n
            for n in self.layers("gradient_norm")
            if (self.declared[n]["has_units"] if n in self.declared else _is_hidden(n))
        ]

    @property
    def longest_step(self) -> float:
        """The update-to-weight ratio of the middle layer, in the epoch with the longest steps."""
        ratios = list(self.layers("update_ratio").values())
        each = [statistics.median(instead_of_nan(r, math.inf) for r in epoch) for epoch in zip(*ratios, strict=True)]
        return max(each, default=math.nan)


def layer_words(name: str, declared: Mapping[str, DeclaredLayer]) -> str:
    """A layer's name in the words of its model, or in the usual ones; a message where that is known."""
    usual, own = usual_title(name), declared.get(name)
    if own is None or own["title"] == usual:
        return usual
    return from_json(own["title"], own.get("message"))


def _is_hidden(name: str) -> bool:
    return name.startswith("hidden.")


def number(value: float | None) -> float:
    return math.nan if value is None else float(value)


def instead_of_nan(value: float, instead: float) -> float:
    return instead if math.isnan(value) else value
