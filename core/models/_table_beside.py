"""The table's columns beside what a network has found in an array, K members stacked: numbers as they are, categories
as learned vectors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.contracts import InputShapes, Layer
from core.models import _category_embedding
from core.models._category_embedding import embedding_width

if TYPE_CHECKING:
    import torch
    from torch import Tensor


def size(inputs: InputShapes) -> int:
    """How many numbers of a row stand beside."""
    return inputs.num_numeric + sum(embedding_width(c) for c in inputs.cardinalities)


def init(inputs: InputShapes, generator: torch.Generator) -> dict[str, Tensor]:
    """Parameters of one member; none without categories."""
    import torch

    return {
        f"embedding.{c}": torch.randn(cardinality, embedding_width(cardinality), generator=generator) * 0.1
        for c, cardinality in enumerate(inputs.cardinalities)
    }


def layers(params: Mapping[str, Tensor]) -> tuple[Layer, ...]:
    """The embedded categories, where there are any."""
    names = tuple(name for name in params if name.startswith("embedding."))
    return (Layer(name="embedding", weights=names),) if names else ()


def array_of(inputs: Mapping[str, Tensor]) -> Tensor:
    """The one array among the inputs."""
    return next(tensor for name, tensor in inputs.items() if name not in ("numeric", "category"))


def join(params: Mapping[str, Tensor], found_KBF: Tensor, inputs: Mapping[str, Tensor]) -> Tensor:
    """What was found, and the row's columns after it."""
    import torch

    embedded, _ = _category_embedding.embed(params, inputs["category"], None)
    beside = [part for part in (inputs["numeric"], embedded) if part is not None and part.shape[2]]
    return torch.cat([found_KBF, *beside], dim=2) if beside else found_KBF


def written(params: Mapping[str, Tensor], inputs: InputShapes) -> list[str]:
    """Lines of Python that put the row's columns after `found`: they make `hidden`."""
    embedded = _category_embedding.written(params)
    parts = ["found", *(["numeric"] if inputs.num_numeric else []), *(["embedded"] if embedded else [])]
    return [*embedded, f"hidden = torch.cat([{', '.join(parts)}], dim=2)" if len(parts) > 1 else "hidden = found"]
