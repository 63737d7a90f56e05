"""Blocks of K stacked networks: convolution, the largest of every 2 x 2, bend.

On a CPU one member and some images at a time go through all blocks: a piece that fits into the processor's cache need
never go to memory, and grouped convolutions are slower there. On a GPU, where every call costs, all members and images
are one piece. Images lie as (K, B, H, W, C): members, images, height, width, channels, which the quickest kernels read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from core.models._activations import Activation

if TYPE_CHECKING:
    from torch import Tensor

_PIECE_NUMBERS = 1_000_000  # of the first convolution's result: 4 MB
_POOLING = ([2, 2], [2, 2], [0, 0], [1, 1], False)  # kernel, stride, padding, dilation, rounding up


def forward(
    params: Mapping[str, Tensor], blocks: int, x_KBHWC: Tensor, bend: Activation, *, keep: bool
) -> tuple[Tensor, list[Any]]:
    """What the last block found, (K, B, numbers), and what `backward` needs if `keep`."""
    import torch

    saved, members = [], []
    for chosen, parts in _pieces(params, x_KBHWC):
        found = []
        for rows in parts:
            hidden, done = _joined(x_KBHWC[chosen, rows]), []
            for block in range(blocks):
                entered = hidden
                pooled, place = _pooled(params, block, chosen, entered)
                hidden = _bent(bend, pooled, in_place=keep)
                done.append((entered, pooled if bend.needs == "input" else hidden, place))
            found.append(_apart(hidden, x_KBHWC[chosen].shape[0]))
            if keep:
                saved.append((chosen, rows, done))
        members.append(torch.cat(found, dim=1))
    return torch.cat(members).flatten(2), saved


def backward(
    params: Mapping[str, Tensor],
    saved: list[Any],
    above_KBF: Tensor,
    bend: Activation,
    gradient: Mapping[str, Tensor],
) -> None:
    """Write the gradients of all blocks' parameters."""
    for name, out in gradient.items():
        if name.startswith("block."):
            out.zero_()
    for chosen, rows, done in saved:
        last = done[-1][1]
        members = above_KBF[chosen].shape[0]
        shape = (members, len(last), *last.shape[2:], last.shape[1] // members)
        below = _joined(above_KBF[chosen, rows].reshape(shape))
        for block, (entered, kept, place) in reversed(list(enumerate(done))):
            bend.backward(below, kept)
            below = _pooled_backward(params, block, chosen, entered, below, place, gradient)


def _pieces(params: Mapping[str, Tensor], x_KBHWC: Tensor) -> Iterator[tuple[slice, list[slice]]]:
    """Members, and for them the images, that go through the blocks in one piece."""
    members, rows, height, width, _ = x_KBHWC.shape
    at_once, many = members, rows
    if x_KBHWC.device.type == "cpu":
        pieces = -(-rows * height * width * params["block.0.bias"].shape[1] // _PIECE_NUMBERS)
        at_once, many = 1, -(-rows // pieces)
    for k in range(0, members, at_once):
        yield slice(k, k + at_once), [slice(first, first + many) for first in range(0, rows, many)]


def _pooled(params: Mapping[str, Tensor], block: int, members: slice, x_BCHW: Tensor) -> tuple[Tensor, Tensor]:
    """The largest of every 2 x 2 of a convolution, halves rounded down, and which of the four it was."""
    from torch.nn import functional

    weight, bias = params[f"block.{block}.weight"][members], params[f"block.{block}.bias"][members]
    z = functional.conv2d(x_BCHW, _kernels(weight), bias.flatten(), padding=weight.shape[2] // 2, groups=len(weight))
    pooled, place = functional.max_pool2d(z, 2, return_indices=True)
    return pooled, place


def _pooled_backward(
    params: Mapping[str, Tensor],
    block: int,
    members: slice,
    x_BCHW: Tensor,
    above_BOHW: Tensor,
    place: Tensor,
    gradient: Mapping[str, Tensor],
) -> Tensor:
    """Add to the gradients of a block's parameters; give that of x, of the first block's nothing."""
    import torch

    aten = torch.ops.aten
    weight = params[f"block.{block}.weight"][members]
    groups, pad, first = len(weight), [weight.shape[2] // 2] * 2, block == 0
    of_bias = above_BOHW.sum((0, 2, 3))  # pooling hands gradients on whole, and here is a quarter as much to add
    gradient[f"block.{block}.bias"][members].add_(of_bias.view(groups, -1))
    shape = (len(x_BCHW), above_BOHW.shape[1], *x_BCHW.shape[2:])
    kind: dict[str, Any] = {"dtype": above_BOHW.dtype, "device": above_BOHW.device}
    only_its_shape = torch.empty(shape, **kind, memory_format=torch.channels_last)
    of_z = aten.max_pool2d_with_indices_backward(above_BOHW, only_its_shape, *_POOLING, place)
    how: tuple[Any, ...] = ([1, 1], pad, [1, 1], False, [0, 0], groups, [not first, True, False])
    of_x, of_weight, _ = aten.convolution_backward(of_z, x_BCHW, _kernels(weight), None, *how)
    gradient[f"block.{block}.weight"][members].add_(of_weight.permute(0, 2, 3, 1).view(weight.shape))
    return of_x


def _bent(bend: Activation, z: Tensor, *, in_place: bool) -> Tensor:
    if not in_place or bend.needs == "input":
        return bend.forward(z)
    bend.onto(z, z)
    return z


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
