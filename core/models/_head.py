"""Hidden layers and the output of K stacked networks, forward and backward.

Layers are named hidden.0, hidden.1, ... and output; weights are (K, in, out), biases (K, 1, out). A layer is linear,
then brought to one scale where its parameters say so, bent, and thinned out by dropout.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.contracts import Layer
from core.models import _activations
from core.models._activations import Activation
from core.models._dense import linear, linear_backward

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from core.contracts.workspace import Workspace

_NORM_EPSILON = 1e-5


@dataclass(frozen=True, slots=True)
class Passed:
    """What a hidden layer leaves for the backward pass: what its bend needs, its mask, and what normalisation saved."""

    kept: Tensor
    mask: Tensor | None
    normal: tuple[Tensor, Tensor] | None


@dataclass(frozen=True, slots=True)
class Saved:
    """What `forward` leaves: the mask of the inputs, and the hidden layers from the first to the last."""

    mask: Tensor | None
    layers: Sequence[Passed]


def init(sizes: Sequence[int], generator: torch.Generator, *, normalised: bool = False) -> dict[str, Tensor]:
    """Parameters of one member: layers from the first size to the last, as torch.nn.Linear draws them."""
    import torch

    names = [f"hidden.{i}" for i in range(len(sizes) - 2)] + ["output"]
    params = {}
    for name, fan_in, fan_out in zip(names, sizes, sizes[1:], strict=False):
        bound = 1 / math.sqrt(fan_in)
        params[f"{name}.weight"] = (torch.rand(fan_in, fan_out, generator=generator) * 2 - 1) * bound
        params[f"{name}.bias"] = (torch.rand(1, fan_out, generator=generator) * 2 - 1) * bound
        if name != "output" and normalised:
            params[f"{name}.norm.scale.bias"] = torch.ones(1, fan_out)
            params[f"{name}.norm.shift.bias"] = torch.zeros(1, fan_out)
    return params


def layers(params: Mapping[str, Tensor]) -> tuple[Layer, ...]:
    """The hidden layers, from the first to the last, and the output."""
    found: list[Layer] = []
    while f"hidden.{len(found)}.weight" in params:
        name = f"hidden.{len(found)}"
        spared = [f"{name}.bias", f"{name}.norm.scale.bias", f"{name}.norm.shift.bias"]
        own = tuple(n for n in spared if n in params)
        found.append(Layer(name=name, weights=(f"{name}.weight",), spared=own, has_units=True))
    output = Layer(name="output", weights=("output.weight",), spared=("output.bias",), start="output.bias")
    return *found, output


def forward(
    params: Mapping[str, Tensor],
    x_KBF: Tensor,
    bend: Activation,
    dropout: Callable[[Tensor], Tensor] | None,
    workspace: Workspace | None,
    *,
    drop_inputs: bool = False,
) -> tuple[Tensor, Saved]:
    """Raw scores (K, B, outputs), and what `backward` needs. Dropout falls on every hidden layer, and on x if told."""
    of_inputs = dropout(x_KBF) if dropout is not None and drop_inputs else None
    hidden = x_KBF if of_inputs is None else x_KBF * of_inputs
    layers: list[Passed] = []
    while f"hidden.{len(layers)}.weight" in params:
        name, normal = f"hidden.{len(layers)}", None
        z = linear(params, name, hidden, workspace)
        if f"{name}.norm.scale.bias" in params:
            z, normal = _layer_norm(params, name, z)
        bent = _bend(bend, z, name, workspace)
        mask = dropout(bent) if dropout is not None else None
        layers.append(Passed(z if bend.needs == "input" else bent, mask, normal))
        hidden = bent if mask is None else _drop(bend, bent, mask, name, workspace)
    return linear(params, "output", hidden, workspace), Saved(of_inputs, layers)


def backward(
    params: Mapping[str, Tensor],
    saved: Saved,
    above_KBO: Tensor,
    bend: Activation,
    gradient: Mapping[str, Tensor],
    workspace: Workspace,
    first: int | None = 0,
) -> Tensor:
    """Write the gradients of `init`'s parameters; give that of x from input number `first` on, or an empty one for
    None."""
    below = linear_backward(gradient, "output", above_KBO, workspace, 0 if saved.layers else first)
    for number, layer in reversed(list(enumerate(saved.layers))):
        if layer.mask is not None:
            below.mul_(layer.mask)
        bend.backward(below, layer.kept)
        name = f"hidden.{number}"
        if layer.normal is not None:
            below = _layer_norm_backward(params, name, layer.normal, below, gradient)
        below = linear_backward(gradient, name, below, workspace, 0 if number else first)
    return below if saved.mask is None else below.mul_(saved.mask)


def written(params: Mapping[str, Tensor], activation: str) -> list[str]:
    """Lines of Python that make `raw` of `hidden`, for `WrittenPlainly`."""
    lines, number = [], 0
    while f"hidden.{number}.weight" in params:
        name = f"hidden_{number}"
        lines.append(f"hidden = torch.baddbmm(self.{name}_bias, hidden, self.{name}_weight)")
        if f"hidden.{number}.norm.scale.bias" in params:
            lines.append(f"hidden = functional.layer_norm(hidden, hidden.shape[2:], eps={_NORM_EPSILON})")
            lines.append(f"hidden = hidden * self.{name}_norm_scale_bias + self.{name}_norm_shift_bias")
        lines.append(f"hidden = {_activations.written(activation, 'hidden')}")
        number += 1
    return [*lines, "raw = torch.baddbmm(self.output_bias, hidden, self.output_weight)"]


def slopes(saved: Saved, bend: Activation, networks: slice) -> dict[str, Tensor]:
    """Per hidden layer the slope of each unit of some networks at each row, (k, B, H), of a pass without dropout."""
    import torch

    found = {}
    for number, layer in enumerate(saved.layers):
        found[f"hidden.{number}"] = torch.ones_like(layer.kept[networks])
        bend.backward(found[f"hidden.{number}"], layer.kept[networks])
    return found


def _bend(bend: Activation, z_KBH: Tensor, name: str, workspace: Workspace | None) -> Tensor:
    if workspace is None:
        return bend.forward(z_KBH)
    out = workspace.buffer(f"{name}.bent", tuple(z_KBH.shape), z_KBH) if bend.needs == "input" else z_KBH
    bend.onto(z_KBH, out)
    return out


def _drop(bend: Activation, bent_KBH: Tensor, mask_KBH: Tensor, name: str, workspace: Workspace | None) -> Tensor:
    if workspace is None:
        return bent_KBH * mask_KBH
    if bend.needs != "output":
        return bent_KBH.mul_(mask_KBH)
    import torch

    return torch.mul(bent_KBH, mask_KBH, out=workspace.buffer(f"{name}.dropped", tuple(bent_KBH.shape), bent_KBH))


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
