"""Hidden layers and the output of K stacked networks, forward and backward, with dropout. Refuses to know its inputs.

Layers are named hidden.0, hidden.1, ... and output; weights are (K, in, out), biases (K, 1, out).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from core.models._activations import Activation

if TYPE_CHECKING:
    import torch
    from torch import Tensor


def init(sizes: Sequence[int], generator: torch.Generator) -> dict[str, Tensor]:
    """Parameters of one member: layers from the first size to the last, as torch.nn.Linear draws them."""
    import torch

    names = [f"hidden.{i}" for i in range(len(sizes) - 2)] + ["output"]
    params = {}
    for name, fan_in, fan_out in zip(names, sizes, sizes[1:], strict=False):
        bound = 1 / math.sqrt(fan_in)
        params[f"{name}.weight"] = (torch.rand(fan_in, fan_out, generator=generator) * 2 - 1) * bound
        params[f"{name}.bias"] = (torch.rand(1, fan_out, generator=generator) * 2 - 1) * bound
    return params


def forward(
    params: Mapping[str, Tensor], x_KBF: Tensor, bend: Activation, dropout: Callable[[Tensor], Tensor] | None
) -> tuple[Tensor, list[Any]]:
    """Raw scores (K, B, outputs), and what `backward` needs. Dropout falls on x and on every hidden layer."""
    import torch

    mask = dropout(x_KBF) if dropout is not None else None
    hidden = x_KBF if mask is None else x_KBF * mask
    saved: list[Any] = [(None, mask, hidden)]
    layer = 0
    while f"hidden.{layer}.weight" in params:
        z = torch.baddbmm(params[f"hidden.{layer}.bias"], hidden, params[f"hidden.{layer}.weight"])
        bent = bend.forward(z)
        kept = z if bend.needs == "input" else bent
        mask = dropout(bent) if dropout is not None else None
        hidden = bent if mask is None else bent * mask
        saved.append((kept, mask, hidden))
        layer += 1
    return torch.baddbmm(params["output.bias"], hidden, params["output.weight"]), saved


def backward(
    params: Mapping[str, Tensor],
    saved: list[Any],
    above_KBO: Tensor,
    bend: Activation,
    gradient: Mapping[str, Tensor],
) -> Tensor:
    """Write the gradients of `init`'s parameters; give that of x."""
    names = [*(f"hidden.{layer}" for layer in range(len(saved) - 1)), "output"]
    for name, (kept, mask, hidden) in reversed(list(zip(names, saved, strict=True))):
        gradient[f"{name}.weight"].copy_(hidden.transpose(1, 2) @ above_KBO)
        gradient[f"{name}.bias"].copy_(above_KBO.sum(1, keepdim=True))
        above_KBO = above_KBO @ params[f"{name}.weight"].transpose(1, 2)
        if mask is not None:
            above_KBO = above_KBO * mask
        if kept is not None:
            bend.backward(above_KBO, kept)
    return above_KBO
