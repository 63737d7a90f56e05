"""A convolutional network that draws a picture together into a few numbers and back, and says how wrongly it came back;
K members stacked, differentiated by autograd.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.contracts import ArrayShape, InputKind, InputShapes, Layer
from core.errors import UserError
from core.formatting.messages import message
from core.models import _activations
from core.models._activations import ACTIVATIONS, Activation
from core.models._convolution import stacked
from core.models._dense import linear
from core.models._picture_autoencoder_settings import SETTINGS
from core.models._table_beside import array_of
from core.settings import Setting

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from core.contracts.workspace import Workspace

_FLOOR = 0.01  # of a place's usual squared error: one that is black in every training picture has none
_QUICKER = 16.0  # than weights: how fast the usual error of a place is learned
_WIDEST = 10.0  # logarithm: no step is so long that it leaves all numbers
_BESIDE = 0.05  # of the squared error: how much it counts that the usual one is known
_HALVED = 4  # twice
_FIRST, _KERNEL = 5, 3
_CELL = 2  # pixels: what is hidden is hidden in squares, whose inside no neighbour tells
_NAMES = ("block.0", "block.1", "bottleneck", "hidden.0", "block.2", "output")


@dataclass(frozen=True, kw_only=True, slots=True)
class PictureAutoencoder:
    """Two convolutions that halve the picture, the bottleneck, and two that double it again (Shi et al., 2016).

    It is a denoising autoencoder (Vincent et al., 2008): in training a part of the picture is hidden, and all of it is
    to come back. Conforms to protocols.Model and protocols.Redraws.

    What is wrong is looked at in small neighbourhoods, where single pixels' noise evens out; each place's squared error
    counts over what it usually is, which is learned too, as the variance of a normal distribution: a bright spot where
    what belongs is always black counts more than another fold in the cloth.
    """

    name: str = "picture_autoencoder"
    title: str = "Autoencoder for pictures"
    settings: tuple[Setting, ...] = SETTINGS

    def init(
        self,
        inputs: InputShapes,
        num_outputs: int,
        settings: Mapping[str, Any],
        generators: Sequence[torch.Generator],
    ) -> dict[str, Tensor]:
        """Fresh parameters on the CPU, each (K, ...), member k drawn from generators[k] alone. Raises UserError for
        anything but one picture, and for a loss that does not take what it gives."""
        import torch

        picture = inputs.only((InputKind.IMAGE,))
        if picture is None or inputs.num_numeric or inputs.cardinalities or num_outputs != 2:
            raise UserError(
                "The autoencoder reads one picture of each example and no column, and learns by the loss "
                "`reconstruction`; it was given {arrays}. Declare the picture in `arrays` of the use case, and no "
                "`columns`.",
                arrays=inputs.listed,
            )
        if picture.shape[0] % _HALVED or picture.shape[1] % _HALVED:
            raise UserError(
                "The autoencoder halves a picture twice; {height} x {width} pixels cannot be. Scale or pad pictures to "
                "sides that four divides.",
                height=picture.shape[0],
                width=picture.shape[1],
            )
        members = [_init_one(picture, settings, g) for g in generators]
        return {name: torch.stack([m[name] for m in members]) for name in members[0]}

    def layers(self, params: Mapping[str, Tensor]) -> tuple[Layer, ...]:
        """In their order; the usual error of each place belongs to the output."""
        found = []
        for name in _NAMES:
            spared = (f"{name}.bias", "usual") if name == "output" else (f"{name}.bias",)
            title = message("bottleneck") if name == "bottleneck" else ""
            has_units = name not in ("bottleneck", "output")
            weights = (f"{name}.weight",)
            found.append(Layer(name=name, title=title, weights=weights, spared=spared, has_units=has_units))
        return tuple(found)

    def forward(
        self,
        params: Mapping[str, Tensor],
        inputs: Mapping[str, Tensor],
        settings: Mapping[str, Any],
        dropout: Callable[[Tensor], Tensor] | None = None,
        workspace: Workspace | None = None,
    ) -> Tensor:
        """Raw scores (K, B, 2): what is learned to be small, and the error. `dropout` is given in training only, and
        hides squares of pixels: they are the mean of all then."""
        import torch

        given = array_of(inputs)
        redrawn = _redrawn(params, given, settings, dropout)
        error, usual = _errors(params, given - redrawn.detach(), settings)
        learned = (given - redrawn).square().flatten(2).mean(-1) + _BESIDE * (error + usual.log()).mean(-1)
        return torch.stack([learned, error.mean(-1)], dim=-1)

    def written(self, params: Mapping[str, Tensor], inputs: InputShapes, settings: Mapping[str, Any]) -> list[str]:
        """As `WrittenPlainly` has it."""
        given, side = inputs.arrays[0].name, int(settings["neighbourhood"])

        def bent(of: str) -> str:
            return _activations.written(settings["activation"], of)

        def convolved(name: str, of: str, more: str = "") -> str:
            kernels = f"self.{name}_weight.flatten(0, 1).permute(0, 3, 1, 2)"
            padding = params[f"{name.replace('_', '.')}.weight"].shape[2] // 2
            return f"functional.conv2d({of}, {kernels}, self.{name}_bias.flatten(), padding={padding}{more}, **apart)"

        return [
            "apart = {'groups': members}  # the networks' channels lie side by side",
            f"x = {given}.permute(1, 0, 4, 2, 3).flatten(1, 2)",
            *(f"x = {bent(convolved(f'block_{at}', 'x', ', stride=2'))}" for at in range(2)),
            "seen = x.unflatten(1, (members, -1)).permute(1, 0, 3, 4, 2)",
            "code = torch.baddbmm(self.bottleneck_bias, seen.flatten(2), self.bottleneck_weight)",
            f"again = {bent('torch.baddbmm(self.hidden_0_bias, code, self.hidden_0_weight)')}.reshape(seen.shape)",
            "x = again.permute(1, 0, 4, 2, 3).flatten(1, 2)",
            f"x = functional.pixel_shuffle({convolved('block_2', 'x')}, 2)  # four patterns become four places",
            f"x = {bent('x')}",
            f"x = functional.pixel_shuffle({convolved('output', 'x')}, 2)",
            "redrawn = x.unflatten(1, (members, -1)).permute(1, 0, 3, 4, 2)  # what comes back of each picture",
            f"off = {given} - redrawn",
            *(
                [
                    "x = off.permute(1, 0, 4, 2, 3).flatten(1, 2)",
                    f"x = functional.avg_pool2d(x, {side}, 1, {side // 2})",
                    "off = x.unflatten(1, (members, -1)).permute(1, 0, 3, 4, 2)",
                ]
                if side > 1
                else []
            ),
            f"usual = (self.usual * {_QUICKER}).clamp(-{_WIDEST}, {_WIDEST}).exp() + {_FLOOR}  # of each place",
            "raw = (off.flatten(2).square() / usual).mean(-1, keepdim=True)",
        ]

    def redraw(
        self, params: Mapping[str, Tensor], inputs: Mapping[str, Tensor], settings: Mapping[str, Any]
    ) -> tuple[Tensor, Tensor]:
        """Pictures as they come back, on the scale of the inputs, and the error of each place over the usual one:
        (K, B, H, W, C) both."""
        given = array_of(inputs)
        redrawn = _redrawn(params, given, settings, None)
        error, _ = _errors(params, given - redrawn, settings)
        return redrawn, error.view(given.shape)


def _errors(params: Mapping[str, Tensor], off_KBHWC: Tensor, settings: Mapping[str, Any]) -> tuple[Tensor, Tensor]:
    """Of each place over the usual one, (K, B, P); and that, (K, 1, P)."""
    from torch.nn import functional

    usual = (params["usual"] * _QUICKER).clamp(-_WIDEST, _WIDEST).exp() + _FLOOR
    side = int(settings["neighbourhood"])
    if side > 1:
        flat = off_KBHWC.flatten(0, 1).permute(0, 3, 1, 2)
        flat = functional.avg_pool2d(flat, side, 1, side // 2)
        off_KBHWC = flat.permute(0, 2, 3, 1).reshape(off_KBHWC.shape)
    return off_KBHWC.flatten(2).square() / usual, usual


def _redrawn(
    params: Mapping[str, Tensor],
    given_KBHWC: Tensor,
    settings: Mapping[str, Any],
    dropout: Callable[[Tensor], Tensor] | None,
) -> Tensor:
    bend = ACTIVATIONS[settings["activation"]]
    shown = given_KBHWC if dropout is None else given_KBHWC * _left(given_KBHWC, dropout)
    numbers = shown.shape[2] * shown.shape[3] // 4 * params["block.0.bias"].shape[1]
    seen = stacked(lambda own, x: _look(own, x, bend), params, shown, numbers)
    code = linear(params, "bottleneck", seen.flatten(2), None)
    again = bend.forward(linear(params, "hidden.0", code, None)).view(seen.shape)
    return stacked(lambda own, x: _draw(own, x, bend), params, again, numbers)


def _look(params: Mapping[str, Tensor], x_BCHW: Tensor, bend: Activation) -> Tensor:
    for block in range(2):
        x_BCHW = bend.forward(_convolved(params, f"block.{block}", x_BCHW, stride=2))
    return x_BCHW


def _draw(params: Mapping[str, Tensor], x_BCHW: Tensor, bend: Activation) -> Tensor:
    """Four patterns of a place become its four quarters."""
    from torch.nn import functional

    larger = bend.forward(functional.pixel_shuffle(_convolved(params, "block.2", x_BCHW), 2))
    return functional.pixel_shuffle(_convolved(params, "output", larger), 2)


def _convolved(params: Mapping[str, Tensor], name: str, x_BCHW: Tensor, stride: int = 1) -> Tensor:
    from torch.nn import functional

    weight, bias = params[f"{name}.weight"], params[f"{name}.bias"]
    kernels, padding = weight.flatten(0, 1).permute(0, 3, 1, 2), weight.shape[2] // 2
    return functional.conv2d(x_BCHW, kernels, bias.flatten(), stride=stride, padding=padding, groups=len(weight))


def _left(given_KBHWC: Tensor, dropout: Callable[[Tensor], Tensor]) -> Tensor:
    """1 where a square of pixels is shown, 0 where it is hidden, (K, B, H, W, 1). Of four pictures in a batch one is
    shown whole, as all are later: who only ever saw half of a picture draws a whole one too bright. Of the next three
    less is hidden, as much as is asked for, and more."""
    members, rows, height, width, _ = given_KBHWC.shape
    high, wide = -(-height // _CELL), -(-width // _CELL)
    even = given_KBHWC.new_zeros(members, rows, high * wide)
    first, second = ((dropout(even) > 0) for _ in range(2))
    shown = first.clone()
    shown[:, ::4] = True
    shown[:, 1::4] |= second[:, 1::4]
    shown[:, 3::4] &= second[:, 3::4]
    squares = shown.view(members, rows, high, wide, 1).to(given_KBHWC.dtype)
    whole = squares.repeat_interleave(_CELL, 2).repeat_interleave(_CELL, 3)
    return whole[:, :, :height, :width]


def _init_one(picture: ArrayShape, settings: Mapping[str, Any], generator: torch.Generator) -> dict[str, Tensor]:
    """As torch's own layers begin."""
    import torch

    height, width, channels = picture.shape
    few, code = int(settings["patterns"]), int(settings["bottleneck"])
    places = height // _HALVED * (width // _HALVED) * 2 * few
    convolutions = {  # patterns, pixels of a side, patterns before it
        "block.0": (few, _FIRST, channels),
        "block.1": (2 * few, _KERNEL, few),
        "block.2": (4 * few, _KERNEL, 2 * few),
        "output": (4 * channels, _KERNEL, few),
    }
    dense = {"bottleneck": (places, code), "hidden.0": (code, places)}
    params = {}
    for name in _NAMES:
        size: tuple[int, ...]
        bias: tuple[int, ...]
        if name in dense:
            size, bias, before = dense[name], (1, dense[name][1]), dense[name][0]
        else:
            patterns, side, of = convolutions[name]
            size, bias, before = (patterns, side, side, of), (patterns,), side * side * of
        bound = 1 / math.sqrt(before)
        params[f"{name}.weight"] = (torch.rand(size, generator=generator) * 2 - 1) * bound
        params[f"{name}.bias"] = (torch.rand(bias, generator=generator) * 2 - 1) * bound
    return params | {"usual": torch.zeros(1, math.prod(picture.shape))}


MODEL = PictureAutoencoder()
