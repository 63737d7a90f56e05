"""Two readers of embedded tokens, K members stacked: a 1-D convolution and a GRU, forward and backward.

Embedded tokens are (K, B, T, E), what a reader says at each position (K, B, T, H). A GRU keeps its state where a text
has ended, so that what it says at the last place is what it knew at the last token.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from core.models._activations import Activation

if TYPE_CHECKING:
    import torch
    from torch import Tensor


def init_convolution(size: int, width: int, span: int, generator: torch.Generator) -> dict[str, Tensor]:
    """Parameters of one member, as torch.nn.Conv1d draws them."""
    bound = 1 / math.sqrt(size * span)
    return {
        "reader.weight": _uniform((span * size, width), bound, generator),
        "reader.bias": _uniform((1, width), bound, generator),
    }


def convolution(params: Mapping[str, Tensor], x_KBTE: Tensor, bend: Activation) -> tuple[Tensor, Any]:
    """What the patterns say around every position; beyond a text's ends lie zeros."""
    import torch
    from torch.nn import functional

    members, rows, length, size = x_KBTE.shape
    weight = params["reader.weight"]
    span = weight.shape[1] // size
    padded = functional.pad(x_KBTE, (0, 0, span // 2, span // 2)).flatten(2)
    windows = padded.unfold(2, span * size, size).reshape(members, rows * length, span * size)
    z = torch.baddbmm(params["reader.bias"], windows, weight).view(members, rows, length, -1)
    bent = bend.forward(z)
    return bent, (windows, z if bend.needs == "input" else bent)


def convolution_backward(
    params: Mapping[str, Tensor], saved: Any, above_KBTH: Tensor, bend: Activation, gradient: Mapping[str, Tensor]
) -> Tensor:
    """Write the gradients of `init_convolution`'s parameters; give that of x. The gradient above is used up."""
    windows, kept = saved
    members, rows, length, _ = kept.shape
    bend.backward(above_KBTH, kept)
    above = above_KBTH.view(members, rows * length, -1)
    gradient["reader.weight"].copy_(windows.transpose(1, 2) @ above)
    gradient["reader.bias"].copy_(above.sum(1, keepdim=True))
    weight = params["reader.weight"]
    span = _span(params)
    of_windows = (above @ weight.transpose(1, 2)).view(members, rows, length, span, -1)
    of_padded = of_windows.new_zeros(members, rows, length + span - 1, of_windows.shape[-1])
    for place in range(span):
        of_padded[:, :, place : place + length] += of_windows[:, :, :, place]
    return of_padded[:, :, span // 2 : span // 2 + length]


def _span(params: Mapping[str, Tensor]) -> int:
    return params["reader.weight"].shape[1] // params["embedding"].shape[2]


def init_gru(size: int, width: int, generator: torch.Generator) -> dict[str, Tensor]:
    """Parameters of one member, gates r, z, n side by side, as torch.nn.GRU draws them."""
    bound = 1 / math.sqrt(width)
    return {
        "reader.weight": _uniform((size, 3 * width), bound, generator),
        "reader.bias": _uniform((1, 3 * width), bound, generator),
        "state.weight": _uniform((width, 3 * width), bound, generator),
        "state.bias": _uniform((1, 3 * width), bound, generator),
    }


def gru(params: Mapping[str, Tensor], x_KBTE: Tensor, present_KBT: Tensor) -> tuple[Tensor, Any]:
    """The state after every token (Cho et al., 2014; the gates as torch.nn.GRU has them)."""
    import torch

    members, rows, length, _ = x_KBTE.shape
    x = x_KBTE.transpose(1, 2).reshape(members, length * rows, -1)  # the rows of one position lie together
    entering = torch.baddbmm(params["reader.bias"], x, params["reader.weight"]).view(members, length, rows, -1)
    width = entering.shape[3] // 3
    state = entering.new_zeros(members, rows, width)
    before, steps = [], []
    for t in range(length):
        from_state = torch.baddbmm(params["state.bias"], state, params["state.weight"])
        gates = torch.sigmoid(entering[:, t, :, : 2 * width] + from_state[..., : 2 * width])
        remembered = from_state[..., 2 * width :]
        fresh = torch.tanh(torch.addcmul(entering[:, t, :, 2 * width :], gates[..., :width], remembered))
        before.append(state)
        moved = torch.lerp(fresh, state, gates[..., width:])
        state = torch.where(present_KBT[:, :, t, None], moved, state)
        steps.append((gates, remembered, fresh))
    states = torch.stack([*before[1:], state], dim=2)
    return states, (x, present_KBT, before, steps)


def gru_backward(
    params: Mapping[str, Tensor], saved: Any, above_KBTH: Tensor, gradient: Mapping[str, Tensor]
) -> Tensor:
    """Write the gradients of `init_gru`'s parameters, back through time; give that of x."""
    import torch

    x, present, before, steps = saved
    members, rows, length, width = above_KBTH.shape
    back = params["state.weight"].transpose(1, 2)
    of_entering, of_state_side = (above_KBTH.new_empty(members, length, rows, 3 * width) for _ in range(2))
    of_state = torch.zeros_like(before[0])
    for t in reversed(range(length)):
        gates, remembered, fresh = steps[t]
        r, z = gates[..., :width], gates[..., width:]
        whole = of_state + above_KBTH[:, :, t]
        of_moved = whole * present[:, :, t, None]
        of_fresh = torch.ops.aten.tanh_backward(of_moved * (1 - z), fresh)
        of_gates = torch.cat([of_fresh * remembered, of_moved * (before[t] - fresh)], dim=2)
        of_gates = torch.ops.aten.sigmoid_backward(of_gates, gates)
        of_entering[:, t] = torch.cat([of_gates, of_fresh], dim=2)
        of_state_side[:, t] = torch.cat([of_gates, of_fresh * r], dim=2)
        of_state = torch.baddbmm(whole - of_moved + of_moved * z, of_state_side[:, t], back)
    of_entering, of_state_side = of_entering.flatten(1, 2), of_state_side.flatten(1, 2)
    gradient["reader.weight"].copy_(x.transpose(1, 2) @ of_entering)
    gradient["reader.bias"].copy_(of_entering.sum(1, keepdim=True))
    gradient["state.weight"].copy_(torch.cat(before, dim=1).transpose(1, 2) @ of_state_side)
    gradient["state.bias"].copy_(of_state_side.sum(1, keepdim=True))
    of_x = of_entering @ params["reader.weight"].transpose(1, 2)
    return of_x.view(members, length, rows, -1).transpose(1, 2)


def _uniform(shape: tuple[int, ...], bound: float, generator: torch.Generator) -> Tensor:
    import torch

    return (torch.rand(*shape, generator=generator) * 2 - 1) * bound
