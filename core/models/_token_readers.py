"""Two readers of embedded tokens, K members stacked: a 1-D convolution and a GRU.

Embedded tokens are (K, B, T, E), what a reader says at each position (K, B, T, H). A GRU keeps its state where a text
has ended, so that what it says at the last place is what it knew at the last token.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.models import _activations
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


def convolution(params: Mapping[str, Tensor], x_KBTE: Tensor, bend: Activation) -> Tensor:
    """What the patterns say around every position; beyond a text's ends lie zeros."""
    import torch
    from torch.nn import functional

    members, rows, length, size = x_KBTE.shape
    weight = params["reader.weight"]
    span = weight.shape[1] // size
    padded = functional.pad(x_KBTE, (0, 0, span // 2, span // 2)).flatten(2)
    windows = padded.unfold(2, span * size, size).reshape(members, rows * length, span * size)
    z = torch.baddbmm(params["reader.bias"], windows, weight).view(members, rows, length, -1)
    return bend.forward(z)


def init_gru(size: int, width: int, generator: torch.Generator) -> dict[str, Tensor]:
    """Parameters of one member, gates r, z, n side by side, as torch.nn.GRU draws them."""
    bound = 1 / math.sqrt(width)
    return {
        "reader.weight": _uniform((size, 3 * width), bound, generator),
        "reader.bias": _uniform((1, 3 * width), bound, generator),
        "state.weight": _uniform((width, 3 * width), bound, generator),
        "state.bias": _uniform((1, 3 * width), bound, generator),
    }


def gru(params: Mapping[str, Tensor], x_KBTE: Tensor, present_KBT: Tensor) -> Tensor:
    """The state after every token (Cho et al., 2014; the gates as torch.nn.GRU has them)."""
    import torch

    members, rows, length, _ = x_KBTE.shape
    x = x_KBTE.transpose(1, 2).reshape(members, length * rows, -1)  # the rows of one position lie together
    entering = torch.baddbmm(params["reader.bias"], x, params["reader.weight"]).view(members, length, rows, -1)
    width = entering.shape[3] // 3
    state = entering.new_zeros(members, rows, width)
    states = []
    for enters, present in zip(entering.unbind(1), present_KBT.unbind(2), strict=True):
        from_state = torch.baddbmm(params["state.bias"], state, params["state.weight"])
        of_gates, of_fresh = torch.split(enters, [2 * width, width], dim=2)
        to_gates, remembered = torch.split(from_state, [2 * width, width], dim=2)
        r, z = torch.sigmoid(of_gates + to_gates).chunk(2, dim=2)
        fresh = torch.tanh(torch.addcmul(of_fresh, r, remembered))
        state = torch.where(present[..., None], torch.lerp(fresh, state, z), state)
        states.append(state)
    return torch.stack(states, dim=2)


def written(params: Mapping[str, Tensor], reader: str, length: int, activation: str) -> list[str]:
    """Lines of Python that make `said` of `x` and `present`, for `WrittenPlainly`. length: positions of a text."""
    if reader != "gru":
        size = params["embedding"].shape[2]
        span = params["reader.weight"].shape[1] // size
        return [
            f"x = functional.pad(x, (0, 0, {span // 2}, {span // 2})).flatten(2)",
            f"x = x.unfold(2, {span * size}, {size})  # what lies around every position",
            "z = x.flatten(1, 2) @ self.reader_weight + self.reader_bias",
            f"said = {_activations.written(activation, 'z')}.unflatten(1, (-1, {length}))",
        ]
    width = params["reader.weight"].shape[2] // 3
    return [
        f"states, state = [], x.new_zeros({params['reader.weight'].shape[0]}, x.shape[1], {width})",
        f"for t in range({length}):  # a GRU, as torch.nn.GRU has it; it keeps its state where a text has ended",
        "    enters = torch.baddbmm(self.reader_bias, x[:, :, t], self.reader_weight)",
        "    known = torch.baddbmm(self.state_bias, state, self.state_weight)",
        f"    r, z = torch.sigmoid(enters[..., :{2 * width}] + known[..., :{2 * width}]).chunk(2, dim=2)",
        f"    fresh = torch.tanh(enters[..., {2 * width}:] + r * known[..., {2 * width}:])",
        "    state = torch.where(present[:, :, t, None], fresh + z * (state - fresh), state)",
        "    states.append(state)",
        "said = torch.stack(states, dim=2)",
    ]


def _uniform(shape: tuple[int, ...], bound: float, generator: torch.Generator) -> Tensor:
    import torch

    return (torch.rand(*shape, generator=generator) * 2 - 1) * bound
