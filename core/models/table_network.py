"""A feed-forward network for tables, K members stacked: weights (K, in, out). Knows no data, loss or optimiser."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.contracts import TableInputs
from core.models import _category_embedding, _numeric_embedding
from core.models._activations import ACTIVATIONS, Activation
from core.models._category_embedding import embedding_width
from core.models._dense import linear, linear_backward
from core.models._table_settings import SETTINGS
from core.settings import Setting

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from core.tape import Tape

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
        tape: Tape | None = None,
    ) -> Tensor:
        """Raw scores (K, B, num_outputs). `dropout` is given in training only, and gives a hidden layer's mask; `tape`
        is filled with what `backward` needs, and its rooms hold the results until the next step."""
        import torch

        numbers, saved = _numeric_embedding.embed(settings["numeric_embedding"], params, numeric_KBF)
        embedded, looked_up = _category_embedding.embed(params, category_KBC, tape)
        inputs = hidden = numbers
        if embedded is not None:
            hidden = torch.cat([numbers, embedded], dim=2)
            inputs = hidden if numbers is numeric_KBF else torch.cat([numeric_KBF, embedded], dim=2)
        elif numbers is not numeric_KBF:
            inputs = numeric_KBF
        entered = hidden.shape[2]
        bend = ACTIVATIONS[settings["activation"]]
        layers: list[Any] = []
        for layer in range(int(settings["depth"])):
            name = f"hidden.{layer}"
            z = linear(params, name, hidden, tape)
            normal = None
            if settings["normalisation"] == "layer":
                z, normal = _layer_norm(params, name, z)
            bent = _bend(bend, z, name, tape)
            kept = z if bend.needs == "input" else bent
            mask = dropout(bent) if dropout is not None else None
            layers.append((kept, mask, normal))
            hidden = bent if mask is None else _drop(bend, bent, mask, name, tape)
        output = linear(params, "output", hidden, tape)
        if "skip.weight" in params:
            output = torch.baddbmm(output, inputs, params["skip.weight"])
        if tape is not None:
            tape += [looked_up, numeric_KBF.shape[2], numbers.shape[2], entered, saved, inputs, layers]
        return output

    def backward(
        self,
        params: Mapping[str, Tensor],
        tape: Tape,
        raw_gradient_KBO: Tensor,
        settings: Mapping[str, Any],
        gradient: Mapping[str, Tensor],
    ) -> None:
        """Write the gradient of every parameter into `gradient`, from that of the raw scores; as autograd would, in
        fewer and larger steps."""
        import torch

        looked_up, num_numeric, num_numbers, num_inputs, saved, inputs, layers = tape
        bend = ACTIVATIONS[settings["activation"]]
        needed = 0 if saved is not None else num_numbers  # the first of the inputs whose gradient somebody asks for
        first = needed if needed < num_inputs else None
        below = linear_backward(gradient, "output", raw_gradient_KBO, tape, 0 if layers else first)
        for layer, (kept, mask, normal) in reversed(list(enumerate(layers))):
            if mask is not None:
                below.mul_(mask)
            bend.backward(below, kept)
            name = f"hidden.{layer}"
            if normal is not None:
                below = _layer_norm_backward(params, name, normal, below, gradient)
            below = linear_backward(gradient, name, below, tape, 0 if layer else first)
        if saved is not None:
            kind = settings["numeric_embedding"]
            _numeric_embedding.backward(kind, params, saved, below[..., :num_numbers], gradient)
        if "skip.weight" in params:
            torch.bmm(inputs.transpose(1, 2), raw_gradient_KBO, out=gradient["skip.weight"])
        if looked_up is not None:
            of_embedded = below[..., num_numbers - needed :]
            if "skip.weight" in params:
                of_embedded = torch.baddbmm(
                    of_embedded, raw_gradient_KBO, params["skip.weight"][:, num_numeric:].transpose(1, 2)
                )
            _category_embedding.backward(looked_up, of_embedded, gradient)

    def slopes(self, tape: Tape, settings: Mapping[str, Any], networks: slice) -> dict[str, Tensor]:
        """Per hidden layer the slope of each unit of some networks at each row, (k, B, H), of a forward pass without
        dropout."""
        import torch

        bend, found = ACTIVATIONS[settings["activation"]], {}
        for layer, (kept, _mask, _normal) in enumerate(tape[-1]):
            found[f"hidden.{layer}"] = torch.ones_like(kept[networks])
            bend.backward(found[f"hidden.{layer}"], kept[networks])
        return found


def _bend(bend: Activation, z_KBH: Tensor, name: str, tape: Tape | None) -> Tensor:
    if tape is None:
        return bend.forward(z_KBH)
    out = tape.room(f"{name}.bent", tuple(z_KBH.shape), z_KBH) if bend.needs == "input" else z_KBH
    bend.onto(z_KBH, out)
    return out


def _drop(bend: Activation, bent_KBH: Tensor, mask_KBH: Tensor, name: str, tape: Tape | None) -> Tensor:
    if tape is None:
        return bent_KBH * mask_KBH
    if bend.needs != "output":
        return bent_KBH.mul_(mask_KBH)
    import torch

    return torch.mul(bent_KBH, mask_KBH, out=tape.room(f"{name}.dropped", tuple(bent_KBH.shape), bent_KBH))


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
