"""EfficientNet-Lite0 as far as it is used: convolutions that have learned from a million photos what things look like.

Sixteen blocks (Tan and Le, 2019), of which the first ones know edges, corners and textures, the last ones the thousand
kinds of things that it was trained for. Its batch normalisation is folded into the weights that ship (data/
efficientnet_lite0); the file is read when a picture is first looked at.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import DataError

if TYPE_CHECKING:
    import torch
    from torch import Tensor

FILE = Path(__file__).parents[2] / "data" / "efficientnet_lite0" / "weights.safetensors"
SHA256 = "1c439046ac8e37f977cd0ceac774c3f5fd6ea83418df737d5dc0f8daa64a7612"
BLOCKS = 11  # that are used, of 16
_KERNEL_STRIDE = ((3, 1), (3, 2), (3, 1), (5, 2), (5, 1), (3, 2), (3, 1), (3, 1), (5, 1), (5, 1), (5, 1))
_AT_ONCE = 32  # pictures: what lies between two layers stays near the processor


def weights(like: Tensor) -> Mapping[str, Tensor]:
    """All weights and biases by name, in the type and on the device of a tensor. Raises DataError for a file that is
    missing or another."""
    return _weights(like.dtype, like.device)


def of_block(number: int) -> list[str]:
    """The names of a block's weights and biases."""
    convolutions = ("expand", "depth", "project") if number else ("depth", "project")  # the first expands nothing
    return [f"block.{number}.{conv}.{part}" for conv in convolutions for part in ("weight", "bias")]


def found(picture_NHWC: Tensor, blocks: int) -> Tensor:
    """What the first so many blocks make of pictures on their scale (N, H, W, 3): (N, height, width, channels), a
    sixteenth as high and wide from the sixth block on."""
    import torch

    own = weights(picture_NHWC)
    parts = torch.split(picture_NHWC.permute(0, 3, 1, 2), _AT_ONCE)  # channels last in memory, which is twice as quick
    return torch.cat([_first(part, blocks, own) for part in parts]).permute(0, 2, 3, 1)


def through(x_NHWC: Tensor, first: int, last: int, own: Mapping[str, Tensor]) -> Tensor:
    """What blocks number `first` to `last`, the last left out, make of what the one before them found."""
    x_NCHW = x_NHWC.permute(0, 3, 1, 2)
    for number in range(first, last):
        x_NCHW = _block(x_NCHW, number, own)
    return x_NCHW.permute(0, 2, 3, 1)


def written(own: Mapping[str, Tensor], first: int, last: int, share: float = 0.0) -> list[str]:
    """Lines of Python that bring `x` (N, C, H, W) through some blocks, for `WrittenPlainly`. share: of each network's
    own changes that is added to the weights; the networks' channels lie side by side then."""

    def convolved(name: str, of: str, stride: int = 1, kernel: int = 1, groups: str = "") -> str:
        weight, bias = (f"self.pretrained_{name}_{part}" for part in ("weight", "bias"))
        if share:
            weight = f"({weight} + {share} * self.change_{name}_weight).flatten(0, 1)"
            bias = f"({bias} + {share} * self.change_{name}_bias).flatten()"
        before = (kernel - 2) // 2
        padded = f"functional.pad({of}, {(before, kernel - 2 - before) * 2})" if stride == 2 else of
        how = "stride=2" if stride == 2 else f"padding={kernel // 2}"
        return f"functional.conv2d({padded}, {weight}, {bias}, {how}{groups})"

    side_by_side = ", groups=members" if share else ""
    lines = [] if first else [f"x = functional.relu6({convolved('stem', 'x', 2, 3)})"]
    for number in range(first, last):
        (kernel, stride), name, of = _KERNEL_STRIDE[number], f"block_{number}", "x"
        if number:
            lines.append(f"z = functional.relu6({convolved(f'{name}_expand', 'x', groups=side_by_side)})")
            of = "z"
        alone = f", groups={of}.shape[1]"
        lines.append(f"z = functional.relu6({convolved(f'{name}_depth', of, stride, kernel, alone)})")
        comes_in = own[f"block.{number}.{'expand' if number else 'depth'}.weight"].shape[1 if number else 0]
        is_added = stride == 1 and comes_in == len(own[f"block.{number}.project.weight"])
        lines.append(f"x = {'x + ' if is_added else ''}{convolved(f'{name}_project', 'z', groups=side_by_side)}")
    return lines


def _first(x_NCHW: Tensor, blocks: int, own: Mapping[str, Tensor]) -> Tensor:
    from torch.nn import functional

    x_NCHW = functional.relu6(_convolved(x_NCHW, "stem", 3, 2, 1, own))
    for number in range(blocks):
        x_NCHW = _block(x_NCHW, number, own)
    return x_NCHW


def _block(x_NCHW: Tensor, number: int, own: Mapping[str, Tensor]) -> Tensor:
    """Widened six times, each channel looked over by itself, drawn together; added to what came in where that fits."""
    from torch.nn import functional

    kernel, stride = _KERNEL_STRIDE[number]
    name, z = f"block.{number}", x_NCHW
    if number:
        z = functional.relu6(_convolved(z, f"{name}.expand", 1, 1, 1, own))
    z = functional.relu6(_convolved(z, f"{name}.depth", kernel, stride, z.shape[1], own))
    z = _convolved(z, f"{name}.project", 1, 1, 1, own)
    return z + x_NCHW if stride == 1 and z.shape[1] == x_NCHW.shape[1] else z


def _convolved(x: Tensor, name: str, kernel: int, stride: int, groups: int, own: Mapping[str, Tensor]) -> Tensor:
    """Padded as TensorFlow does: of an odd number of pixels the larger part below and to the right."""
    from torch.nn import functional

    weight, bias, padding = own[f"{name}.weight"], own[f"{name}.bias"], kernel // 2
    if stride == 2:
        before = (kernel - 2) // 2
        x, padding = functional.pad(x, (before, kernel - 2 - before) * 2), 0
    return functional.conv2d(x, weight, bias, stride=stride, padding=padding, groups=groups)


@cache
def _weights(dtype: torch.dtype, device: torch.device) -> Mapping[str, Tensor]:
    import torch
    from safetensors.torch import load

    try:
        content = FILE.read_bytes()
    except OSError as error:
        raise DataError(
            "The weights of the pretrained network are missing. Restore them with: git checkout -- "
            "data/efficientnet_lite0."
        ) from error
    if hashlib.sha256(content).hexdigest() != SHA256:
        raise DataError(
            "The weights of the pretrained network are not those of their card. Restore them with: git checkout -- "
            "data/efficientnet_lite0."
        )
    with torch.inference_mode(False):  # whoever asks first: others need their gradients
        return {name: value.to(device, dtype) for name, value in load(content).items()}
