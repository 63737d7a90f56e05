"""A small network that looks at every place of a picture: where things are and how large, K members stacked."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.contracts import InputKind, InputShapes, Layer
from core.errors import UserError
from core.models import _activations
from core.models._activations import ACTIVATIONS, Activation
from core.models._convolution import stacked
from core.models._detection_settings import SETTINGS
from core.models._table_beside import array_of
from core.settings import Setting

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from core.contracts.workspace import Workspace

_FIRST, _KERNEL = 5, 3
_HALVED = 3  # times: places are four pixels wide, and what lies around them is seen in places of eight


@dataclass(frozen=True, kw_only=True, slots=True)
class DetectionNetwork:
    """Two convolutions that halve the picture; a third and then some that look ever farther around in quarters of it;
    what they found is laid over what the second saw, and each place says what is there. Conforms to protocols.Model.

    Raw scores are (K, B, height / 4, width / 4, num_outputs). Fully convolutional: it knows no place from another.
    """

    name: str = "detection_network"
    title: str = "Network that finds things in pictures"
    settings: tuple[Setting, ...] = SETTINGS

    def init(
        self,
        inputs: InputShapes,
        num_outputs: int,
        settings: Mapping[str, Any],
        generators: Sequence[torch.Generator],
    ) -> dict[str, Tensor]:
        """Fresh parameters on the CPU, each (K, ...), member k drawn from generators[k] alone. Raises UserError for
        inputs that are no picture, or one that cannot be halved three times."""
        import torch

        sizes = _sizes(inputs, num_outputs, settings)
        members = [_init_one(sizes, g) for g in generators]
        return {name: torch.stack([m[name] for m in members]) for name in members[0]}

    def layers(self, params: Mapping[str, Tensor]) -> tuple[Layer, ...]:
        """The convolutions in their order, the output last."""
        names = [name for name in _names(params) if name != "output"]
        return (
            *(
                Layer(name=f"block.{at}", weights=(f"{name}.weight",), spared=(f"{name}.bias",), has_units=True)
                for at, name in enumerate(names)
            ),
            Layer(name="output", weights=("output.weight",), spared=("output.bias",), start="output.bias"),
        )

    def forward(
        self,
        params: Mapping[str, Tensor],
        inputs: Mapping[str, Tensor],
        settings: Mapping[str, Any],
        dropout: Callable[[Tensor], Tensor] | None = None,
        workspace: Workspace | None = None,
    ) -> Tensor:
        """Raw scores of every place."""
        bend = ACTIVATIONS[settings["activation"]]
        far = int(settings["far"])
        picture = array_of(inputs)
        numbers = picture.shape[2] * picture.shape[3] // 4 * params["half.bias"].shape[1]
        return stacked(lambda own, x_BCHW: _look(own, x_BCHW, far, bend), params, picture, numbers)

    def written(self, params: Mapping[str, Tensor], inputs: InputShapes, settings: Mapping[str, Any]) -> list[str]:
        """As `WrittenPlainly` has it."""

        def convolved(name: str, of: str, more: str = "", apart: int = 1, *, bent: bool = True) -> str:
            padding = params[f"{name}.weight"].shape[2] // 2 * apart
            kernels = f"self.{name}_weight.flatten(0, 1).permute(0, 3, 1, 2)"
            made = f"functional.conv2d({of}, {kernels}, self.{name}_bias.flatten(), padding={padding}{more}, **apart)"
            return _activations.written(settings["activation"], made) if bent else made

        far = range(int(settings["far"]))
        array = inputs.arrays[0].name
        return [
            "apart = {'groups': members}  # the networks' channels lie side by side",
            f"x = {array}.permute(1, 0, 4, 2, 3).flatten(1, 2)",
            f"near = {convolved('half', 'x', ', stride=2')}",
            f"near = {convolved('quarter', 'near', ', stride=2')}",
            f"near = near + {convolved('near', 'near')}",
            f"around = {convolved('eighth', 'near', ', stride=2')}",
            *(f"around = around + {convolved(f'far{s}', 'around', f', dilation={2**s}', 2**s)}" for s in far),
            f"around = functional.interpolate({convolved('over', 'around', bent=False)}, scale_factor=2)",
            f"both = {_activations.written(settings['activation'], 'near + around')}",
            f"both = both + {convolved('both', 'both')}",
            f"raw = {convolved('output', 'both', bent=False)}",
            "raw = raw.unflatten(1, (members, -1)).permute(1, 0, 3, 4, 2)",
        ]


def _names(params: Mapping[str, Tensor]) -> list[str]:
    """The convolutions, in their order."""
    return [name.removesuffix(".weight") for name in params if name.endswith(".weight")]


def _kernels(weight_KOhwC: Tensor) -> Tensor:
    """(K x O, C, h, w), a view with channels last in memory."""
    return weight_KOhwC.flatten(0, 1).permute(0, 3, 1, 2)


def _look(params: Mapping[str, Tensor], x_BCHW: Tensor, far: int, bend: Activation) -> Tensor:
    """Of some members, whose channels lie side by side."""
    from torch.nn import functional

    weights = {name: _kernels(params[f"{name}.weight"]) for name in _names(params)}

    def convolved(name: str, x: Tensor, stride: int = 1, apart: int = 1) -> Tensor:
        bias = params[f"{name}.bias"]
        padding = weights[name].shape[2] // 2 * apart
        return functional.conv2d(
            x, weights[name], bias.flatten(), stride=stride, padding=padding, dilation=apart, groups=len(bias)
        )

    near = bend.forward(convolved("half", x_BCHW, stride=2))
    near = bend.forward(convolved("quarter", near, stride=2))
    near = near + bend.forward(convolved("near", near))
    around = bend.forward(convolved("eighth", near, stride=2))
    for step in range(far):
        around = around + bend.forward(convolved(f"far{step}", around, apart=2**step))
    around = functional.interpolate(convolved("over", around), size=near.shape[2:], mode="nearest")
    both = bend.forward(near + around)
    both = both + bend.forward(convolved("both", both))
    return convolved("output", both)


def _sizes(inputs: InputShapes, num_outputs: int, settings: Mapping[str, Any]) -> dict[str, tuple[int, int, int]]:
    """Of each convolution, in their order: patterns, pixels of a side, patterns before it."""
    picture = inputs.only((InputKind.IMAGE,))
    if picture is None or inputs.num_numeric or inputs.cardinalities:
        raise UserError(
            "The network that finds things reads one picture of each example and no column; it was given {arrays}. "
            "Declare the picture in `arrays` of the use case, and no `columns`.",
            arrays=inputs.listed,
        )
    height, width, channels = picture.shape
    if height % (1 << _HALVED) or width % (1 << _HALVED):
        raise UserError(
            "The network that finds things halves a picture three times; {height} x {width} pixels cannot be. Scale "
            "or pad pictures to sides that eight divides.",
            height=height,
            width=width,
        )
    few, far = int(settings["patterns"]), int(settings["far"])
    some, many = 2 * few, 4 * few
    around = {f"far{step}": (many, _KERNEL, many) for step in range(far)}
    return {
        "half": (few, _FIRST, channels),
        "quarter": (some, _KERNEL, few),
        "near": (some, _KERNEL, some),
        "eighth": (many, _KERNEL, some),
        **around,
        "over": (some, 1, many),
        "both": (some, _KERNEL, some),
        "output": (num_outputs, 1, some),
    }


def _init_one(sizes: Mapping[str, tuple[int, int, int]], generator: torch.Generator) -> dict[str, Tensor]:
    """As He et al. (2015) draw weights; the output's a tenth, so that training begins at the constant prediction."""
    import torch

    params: dict[str, Tensor] = {}
    for name, (patterns, side, before) in sizes.items():
        spread = math.sqrt(2 / (before * side * side)) * (0.1 if name == "output" else 1.0)
        params[f"{name}.weight"] = torch.randn(patterns, side, side, before, generator=generator) * spread
        params[f"{name}.bias"] = torch.zeros((1, patterns) if name == "output" else (patterns,))
    return params


MODEL = DetectionNetwork()
