"""Blocks of K stacked networks: convolution, the largest of every 2 x 2, one scale where parameters say so, bend.

On a CPU one member and some images at a time go through all blocks: a piece that fits into the processor's cache need
never go to memory, and grouped convolutions are slower there. On a GPU, where every call costs, all members and images
are one piece. Images lie as (K, B, H, W, C): members, images, height, width, channels, which the quickest kernels read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from core.models import _activations
from core.models._activations import Activation

if TYPE_CHECKING:
    from torch import Tensor

_PIECE_NUMBERS = 1_000_000  # of the first convolution's result: 4 MB
_NORM_EPSILON = 1e-5


def forward(params: Mapping[str, Tensor], blocks: int, x_KBHWC: Tensor, bend: Activation) -> Tensor:
    """What the last block found, (K, B, height, width, patterns)."""

    def look(own: Mapping[str, Tensor], x_BCHW: Tensor) -> Tensor:
        for block in range(blocks):
            x_BCHW = bend.forward(_pooled(own, block, x_BCHW))
        return x_BCHW

    height, width = x_KBHWC.shape[2:4]
    return stacked(look, params, x_KBHWC, height * width * params["block.0.bias"].shape[1])


def written(params: Mapping[str, Tensor], blocks: int, array: str, activation: str) -> list[str]:
    """Lines of Python that make `found` (K, B, numbers) of an image, for `WrittenPlainly`."""
    lines = [f"x = {array}.permute(1, 0, 4, 2, 3).flatten(1, 2)  # (rows, networks x channels, height, width)"]
    for block in range(blocks):
        name, weight = f"block_{block}", params[f"block.{block}.weight"]
        lines += [
            f"kernels = self.{name}_weight.flatten(0, 1).permute(0, 3, 1, 2)",
            f"x = functional.conv2d(x, kernels, self.{name}_bias.flatten(), padding={weight.shape[2] // 2}, "
            "groups=members)",
            "x = functional.max_pool2d(x, 2)",
        ]
        if f"block.{block}.norm.scale.bias" in params:
            lines.append(f"scale, shift = self.{name}_norm_scale_bias.flatten(), self.{name}_norm_shift_bias.flatten()")
            lines.append(f"x = functional.group_norm(x, members, scale, shift, {_NORM_EPSILON})")
        lines.append(f"x = {_activations.written(activation, 'x')}")
    return [*lines, "found = x.unflatten(1, (members, -1)).permute(1, 0, 3, 4, 2).flatten(2)"]


def stacked(
    look: Callable[[Mapping[str, Tensor], Tensor], Tensor], params: Mapping[str, Tensor], x_KBHWC: Tensor, numbers: int
) -> Tensor:
    """What `look` makes of all images, (K, B, height, width, patterns). It is given parameters of some members and
    images (B, K x C, H, W), whose channels lie member by member, and gives what it made likewise. numbers: that one
    image becomes where most are."""
    import torch

    members = []
    for chosen, parts in _pieces(x_KBHWC, numbers):
        own = {name: value[chosen] for name, value in params.items()}
        several = chosen.stop - chosen.start
        found = [_apart(look(own, _joined(x_KBHWC[chosen, rows])), several) for rows in parts]
        members.append(torch.cat(found, dim=1))
    return torch.cat(members)


def first(params: Mapping[str, Tensor], x_KBHWC: Tensor, bend: Activation) -> tuple[Tensor, Tensor]:
    """The patterns of the first block, (K, O, h, w, C), and what it found, (K, B, height, width, O)."""
    return params["block.0.weight"], forward(params, 1, x_KBHWC, bend)


def _pieces(x_KBHWC: Tensor, numbers: int) -> Iterator[tuple[slice, list[slice]]]:
    """Members, and for them the images, that go through in one piece."""
    members, rows = x_KBHWC.shape[:2]
    at_once, many = members, rows
    if x_KBHWC.device.type == "cpu":
        pieces = -(-rows * numbers // _PIECE_NUMBERS)
        at_once, many = 1, -(-rows // pieces)
    for k in range(0, members, at_once):
        yield slice(k, k + at_once), [slice(first, first + many) for first in range(0, rows, many)]


def _pooled(params: Mapping[str, Tensor], block: int, x_BCHW: Tensor) -> Tensor:
    """The largest of every 2 x 2 of a convolution, halves rounded down; with layer normalisation all that one network
    finds in an image has mean 0 and variance 1, then each pattern its learned scale and shift (Ba et al., 2016)."""
    from torch.nn import functional

    weight, bias = params[f"block.{block}.weight"], params[f"block.{block}.bias"]
    z = functional.conv2d(x_BCHW, _kernels(weight), bias.flatten(), padding=weight.shape[2] // 2, groups=len(weight))
    pooled = functional.max_pool2d(z, 2)
    if f"block.{block}.norm.scale.bias" not in params:
        return pooled
    scale, shift = (params[f"block.{block}.norm.{name}.bias"].flatten() for name in ("scale", "shift"))
    return functional.group_norm(pooled, len(weight), scale, shift, _NORM_EPSILON)


def _kernels(weight_KOhwC: Tensor) -> Tensor:
    """(K x O, C, h, w), a view with channels last in memory."""
    return weight_KOhwC.flatten(0, 1).permute(0, 3, 1, 2)


def _joined(x_KBHWC: Tensor) -> Tensor:
    """(B, K x C, H, W), as a grouped convolution takes it; of one member a view with channels last in memory."""
    return x_KBHWC.permute(1, 0, 4, 2, 3).flatten(1, 2)


def _apart(x_BCHW: Tensor, members: int) -> Tensor:
    """The inverse of `_joined`."""
    rows, _, height, width = x_BCHW.shape
    return x_BCHW.view(rows, members, -1, height, width).permute(1, 0, 3, 4, 2)
