"""What a step of the network for images or spectrograms does, counted: convolutions, dense layers, parameters."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from core.contracts import InputShapes
from core.estimating.table_work import Work
from core.models import _table_beside
from core.models._category_embedding import embedding_width

_MOVES, _LIGHTS = ("shift", "rotation", "zoom", "speed", "pitch", "delay"), ("light", "noise", "tone", "hiss", "masked")


def work(inputs: InputShapes, num_outputs: int, settings: Mapping[str, Any]) -> Work:
    """Count what `ImageNetwork` does with one image, the table beside it, and these settings."""
    height, width, channels = inputs.arrays[0].shape
    pixels = height * width * channels
    kernel, is_normalised = int(settings["kernel"]), settings["normalisation"] == "layer"
    parameters = convolved = mapped = normalised = 0
    for block in range(int(settings["blocks"])):
        patterns = int(settings["patterns"]) << block
        weights = kernel * kernel * channels * patterns
        parameters += weights + patterns * (3 if is_normalised else 1)
        convolved += height * width * weights
        mapped += height * width * patterns
        height, width, channels = height // 2, width // 2, patterns
        normalised += height * width * patterns if is_normalised else 0
    found, hidden = height * width * channels, int(settings["width"])
    depth, dropped = int(settings["dense_layers"]), float(settings["dropout"]) > 0
    sizes = [found + _table_beside.size(inputs), *[hidden] * depth, num_outputs]
    dense = sum(a * b for a, b in pairwise(sizes))
    embedding = sum(c * embedding_width(c) for c in inputs.cardinalities)
    return Work(
        parameters=parameters + dense + sum(sizes[1:]) + embedding + (2 * hidden * depth if is_normalised else 0),
        products=dense,
        values=sum(sizes),
        masked=(sizes[0] + hidden * depth) if dropped else 0,
        normalised=normalised + (hidden * depth if is_normalised else 0),
        embedded=0,
        layers=int(settings["blocks"]) + depth,
        tables=len(inputs.cardinalities),
        convolved=convolved,
        mapped=mapped,
        **shown(pixels, settings),
    )


def shown(pixels: int, settings: Mapping[str, Any]) -> dict[str, int]:
    """Of a picture that is read: its numbers, those that are moved at random, and those whose light changes."""
    is_moved = settings.get("flip") not in (None, "off") or _is_on(settings, _MOVES)
    return {
        "pixels": pixels,
        "moved": pixels if is_moved else 0,
        "lit": pixels if _is_on(settings, _LIGHTS) else 0,
    }


def _is_on(settings: Mapping[str, Any], names: tuple[str, ...]) -> bool:
    """Whether any of these changes is made; a network for sounds has other ones than one for images."""
    return any(float(settings.get(name, 0)) > 0 for name in names)
