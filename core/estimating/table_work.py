"""What a step of a network does, in counts, and those of the network for tables: products, values, parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from core.contracts import InputShapes
from core.models import _numeric_embedding
from core.models._category_embedding import embedding_width


@dataclass(frozen=True, kw_only=True, slots=True)
class Work:
    """Of one network. products: multiply-adds of a row's forward pass. values: numbers that it writes for a row.
    masked, normalised: hidden units a row that dropout draws for, and that are normalised. layers, tables: hidden
    layers and embedded categories, each a few calls however small. embedded: values that numbers become first. Of an
    image: convolved, its multiply-adds there; mapped, the numbers that convolutions write; pixels, with all channels;
    moved, those that are moved at random, and lit, those whose light or grain changes; told, how many numbers
    more a convolution writes where it is measured alone."""

    parameters: int
    products: int
    values: int
    masked: int
    normalised: int
    embedded: int
    layers: int
    tables: int
    convolved: int = 0
    mapped: int = 0
    pixels: int = 0
    moved: int = 0
    lit: int = 0
    told: int = 0


def work(inputs: InputShapes, num_outputs: int, settings: Mapping[str, Any]) -> Work:
    """Count what `TableNetwork` does with these inputs and settings."""
    width, depth = int(settings["width"]), int(settings["depth"])
    kind, each = str(settings["numeric_embedding"]), int(settings["embedding_width"])
    numbers = _numeric_embedding.size(kind, inputs.num_numeric, each)
    widths = [embedding_width(c) for c in inputs.cardinalities]
    entering = numbers + sum(widths)
    sizes = [entering, *[width] * depth, num_outputs]
    dense = sum(a * b for a, b in pairwise(sizes))
    skip = (inputs.num_numeric + sum(widths)) * num_outputs if settings["linear_skip"] == "on" else 0
    embeds = 0 if kind == "none" else inputs.num_numeric
    inner = _inner(kind)
    embedding = sum(c * w for c, w in zip(inputs.cardinalities, widths, strict=True))
    normalised = width * depth if settings["normalisation"] == "layer" else 0
    return Work(
        parameters=dense + sum(sizes[1:]) + skip + embedding + (inner + 1) * each * embeds + 2 * normalised,
        products=dense + skip + inner * each * embeds,
        values=entering + width * depth + num_outputs,
        masked=width * depth if float(settings["dropout"]) > 0 else 0,
        normalised=normalised,
        embedded=inner
        * embeds
        * (2 if kind == "periodic" else 1),  # the way back goes through waves, never through bins
        layers=depth,
        tables=len(widths),
    )


def _inner(kind: str) -> int:
    """Values that a number becomes before its own product."""
    return _numeric_embedding._BINS if kind == "piecewise" else 2 * _numeric_embedding._FREQUENCIES
