"""A feed-forward network for tables, K members stacked: weights (K, in, out). Knows no data, loss or optimiser."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.contracts import TableInputs
from core.models import _numeric_embedding
from core.models._activations import ACTIVATIONS
from core.models._table_settings import SETTINGS
from core.settings import Setting

if TYPE_CHECKING:
    import torch
    from torch import Tensor

_NORM_EPSILON = 1e-5


@dataclass(frozen=True, kw_only=True, slots=True)
class TableNetwork:
    """Numbers and embedded categories in, `num_outputs` raw scores out. Conforms to protocols.Model."""

    name: str = "table_network"
    title: str = "Feed-forward network for tables"
    settings: tuple[Setting, ...] = SETTINGS

    def init(
        self,
        inputs: TableInputs,
        num_outputs: int,
        settings: Mapping[str, Any],
        generators: Sequence[torch.Generator],
    ) -> dict[str, Tensor]:
        """Fresh parameters on the CPU, each (K, ...), member k drawn from generators[k] alone."""
        import torch

        members = [_init_one(inputs, num_outputs, settings, g) for g in generators]
        return {name: torch.stack([m[name] for m in members]) for name in members[0]}

    def forward(
        self,
        params: Mapping[str, Tensor],
        numeric_KBF: Tensor,
        category_KBC: Tensor,
        settings: Mapping[str, Any],
        dropout: Callable[[Tensor], Tensor] | None = None,
        tape: list[Any] | None = None,
    ) -> Tensor:
        """Raw scores (K, B, num_outputs). `dropout` is given in training only, and gives a hidden layer's mask; `tape`
        is filled with what `backward` needs."""
        import torch

        member = torch.arange(numeric_KBF.shape[0], device=numeric_KBF.device)[:, None]
        embedded = [params[f"embedding.{c}"][member, category_KBC[:, :, c]] for c in range(category_KBC.shape[2])]
        numbers, saved = _numeric_embedding.embed(settings["numeric_embedding"], params, numeric_KBF)
        hidden = torch.cat([numbers, *embedded], dim=2) if embedded else numbers
        inputs = hidden if numbers is numeric_KBF else torch.cat([numeric_KBF, *embedded], dim=2)
        bend = ACTIVATIONS[settings["activation"]]
        layers: list[Any] = []
        for layer in range(int(settings["depth"])):
            z = _linear(params, f"hidden.{layer}", hidden)
            normal = None
            if settings["normalisation"] == "layer":
                z, normal = _layer_norm(params, f"hidden.{layer}", z)
            bent = bend.forward(z)
            mask = dropout(bent) if dropout is not None else None
            layers.append((hidden, z, bent, mask, normal))
            hidden = bent if mask is None else bent * mask
        output = _linear(params, "output", hidden)
        if "skip.weight" in params:
            output = torch.baddbmm(output, inputs, params["skip.weight"])
        if tape is not None:
            tape += [category_KBC, numeric_KBF.shape[2], numbers.shape[2], saved, inputs, layers, hidden]
        return output

    def backward(
        self,
        params: Mapping[str, Tensor],
        tape: list[Any],
        raw_gradient_KBO: Tensor,
        settings: Mapping[str, Any],
        gradient: Mapping[str, Tensor],
    ) -> None:
        """Write the gradient of every parameter into `gradient`, from that of the raw scores; as autograd would, in
        fewer and larger steps."""
        category, num_numeric, num_numbers, saved, inputs, layers, hidden = tape
        bend = ACTIVATIONS[settings["activation"]]
        below = _linear_backward(params, "output", hidden, raw_gradient_KBO, gradient)
        for layer, (entered, z, bent, mask, normal) in reversed(list(enumerate(layers))):
            if mask is not None:
                below = below * mask
            below = bend.backward(below, z, bent)
            if normal is not None:
                below = _layer_norm_backward(params, f"hidden.{layer}", normal, below, gradient)
            needed = layer > 0 or category.shape[2] > 0 or saved is not None
            below = _linear_backward(params, f"hidden.{layer}", entered, below, gradient, onward=needed)
        if saved is not None:
            _numeric_embedding.backward(
                settings["numeric_embedding"], params, saved, below[..., :num_numbers], gradient
            )
        of_embedded = below[..., num_numbers:]
        if "skip.weight" in params:
            gradient["skip.weight"].copy_(inputs.transpose(1, 2) @ raw_gradient_KBO)
            if category.shape[2]:
                weight = params["skip.weight"][:, num_numeric:]
                of_embedded = of_embedded + raw_gradient_KBO @ weight.transpose(1, 2)
        _embeddings_backward(category, of_embedded, gradient)


def embedding_width(cardinality: int) -> int:
    """Width of a category's embedding: grows with the number of codes, 8 at most."""
    return min(8, (cardinality + 1) // 2)


def _linear(params: Mapping[str, Tensor], name: str, x_KBF: Tensor) -> Tensor:
    import torch

    return torch.baddbmm(params[f"{name}.bias"], x_KBF, params[f"{name}.weight"])


def _linear_backward(
    params: Mapping[str, Tensor],
    name: str,
    x_KBF: Tensor,
    above_KBH: Tensor,
    gradient: Mapping[str, Tensor],
    *,
    onward: bool = True,
) -> Tensor:
    gradient[f"{name}.weight"].copy_(x_KBF.transpose(1, 2) @ above_KBH)
    gradient[f"{name}.bias"].copy_(above_KBH.sum(1, keepdim=True))
    return above_KBH @ params[f"{name}.weight"].transpose(1, 2) if onward else above_KBH[..., :0]


def _layer_norm(params: Mapping[str, Tensor], name: str, z_KBH: Tensor) -> tuple[Tensor, tuple[Tensor, Tensor]]:
    """Every row's units brought to mean 0 and variance 1, then to a learned scale and shift (Ba et al., 2016)."""
    centred = z_KBH - z_KBH.mean(2, keepdim=True)
    inverse = (centred.square().mean(2, keepdim=True) + _NORM_EPSILON).rsqrt()
    standard = centred * inverse
    return standard * params[f"{name}.norm.scale.bias"] + params[f"{name}.norm.shift.bias"], (standard, inverse)


def _layer_norm_backward(
    params: Mapping[str, Tensor],
    name: str,
    saved: tuple[Tensor, Tensor],
    above_KBH: Tensor,
    gradient: Mapping[str, Tensor],
) -> Tensor:
    standard, inverse = saved
    gradient[f"{name}.norm.shift.bias"].copy_(above_KBH.sum(1, keepdim=True))
    gradient[f"{name}.norm.scale.bias"].copy_((above_KBH * standard).sum(1, keepdim=True))
    scaled = above_KBH * params[f"{name}.norm.scale.bias"]
    along = (scaled * standard).mean(2, keepdim=True)
    return (scaled - scaled.mean(2, keepdim=True) - standard * along) * inverse


def _embeddings_backward(category_KBC: Tensor, above_KBE: Tensor, gradient: Mapping[str, Tensor]) -> None:
    """Add up each code's rows."""
    import torch

    members, first = category_KBC.shape[0], 0
    for c in range(category_KBC.shape[2]):
        out = gradient[f"embedding.{c}"]
        cardinality, width = out.shape[1:]
        place = category_KBC[:, :, c] + torch.arange(members, device=out.device)[:, None] * cardinality
        summed = above_KBE.new_zeros(members * cardinality, width)
        summed.index_add_(0, place.flatten(), above_KBE[..., first : first + width].flatten(0, 1))
        out.copy_(summed.view(members, cardinality, width))
        first += width


def _init_one(
    inputs: TableInputs, num_outputs: int, settings: Mapping[str, Any], generator: torch.Generator
) -> dict[str, Tensor]:
    import torch

    params: dict[str, Tensor] = {}
    size = inputs.num_numeric
    for c, cardinality in enumerate(inputs.cardinalities):
        width = embedding_width(cardinality)
        params[f"embedding.{c}"] = torch.randn(cardinality, width, generator=generator) * 0.1
        size += width
    if settings["linear_skip"] == "on":
        params["skip.weight"] = torch.zeros(size, num_outputs)
    kind, width = settings["numeric_embedding"], int(settings["embedding_width"])
    spread = float(settings["embedding_spread"])
    params |= _numeric_embedding.init(kind, inputs.num_numeric, width, spread, generator)
    size += _numeric_embedding.size(kind, inputs.num_numeric, width) - inputs.num_numeric
    sizes = [size] + [int(settings["width"])] * int(settings["depth"])
    names = [f"hidden.{i}" for i in range(len(sizes) - 1)] + ["output"]
    for name, fan_in, fan_out in zip(names, sizes, [*sizes[1:], num_outputs], strict=True):
        bound = 1 / math.sqrt(fan_in)  # the bound of torch.nn.Linear's default initialisation
        params[f"{name}.weight"] = (torch.rand(fan_in, fan_out, generator=generator) * 2 - 1) * bound
        params[f"{name}.bias"] = (torch.rand(1, fan_out, generator=generator) * 2 - 1) * bound
        if name != "output" and settings["normalisation"] == "layer":
            params[f"{name}.norm.scale.bias"] = torch.ones(1, fan_out)
            params[f"{name}.norm.shift.bias"] = torch.zeros(1, fan_out)
    return params


MODEL = TableNetwork()
