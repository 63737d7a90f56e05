"""A small convolutional network for square images, K members stacked."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.contracts import InputKind, InputShapes, Layer
from core.errors import UserError
from core.models import _convolution, _head, _table_beside
from core.models._activations import ACTIVATIONS
from core.models._image_settings import SETTINGS
from core.settings import Setting

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from core.contracts.workspace import Workspace


@dataclass(frozen=True, kw_only=True, slots=True)
class ImageNetwork:
    """Blocks of convolution, pooling and activation, then dense layers. Conforms to protocols.Model.

    Pooling comes before the bend: for bends that only rise it makes no difference to bend a quarter as many numbers.
    """

    name: str = "image_network"
    title: str = "Convolutional network for images"
    settings: tuple[Setting, ...] = SETTINGS

    def init(
        self,
        inputs: InputShapes,
        num_outputs: int,
        settings: Mapping[str, Any],
        generators: Sequence[torch.Generator],
    ) -> dict[str, Tensor]:
        """Fresh parameters on the CPU, each (K, ...), member k drawn from generators[k] alone. Raises UserError for
        inputs that are no image, or one that is too small to be halved in every block."""
        import torch

        members = [_init_one(inputs, num_outputs, settings, g) for g in generators]
        return {name: torch.stack([m[name] for m in members]) for name in members[0]}

    def layers(self, params: Mapping[str, Tensor]) -> tuple[Layer, ...]:
        """The blocks, embedded categories beside, the hidden layers, the output."""
        blocks: list[Layer] = []
        while f"block.{len(blocks)}.weight" in params:
            name = f"block.{len(blocks)}"
            spared = [f"{name}.bias", f"{name}.norm.scale.bias", f"{name}.norm.shift.bias"]
            own = tuple(n for n in spared if n in params)
            blocks.append(Layer(name=name, weights=(f"{name}.weight",), spared=own, has_units=True))
        return *blocks, *_table_beside.layers(params), *_head.layers(params)

    def forward(
        self,
        params: Mapping[str, Tensor],
        inputs: Mapping[str, Tensor],
        settings: Mapping[str, Any],
        dropout: Callable[[Tensor], Tensor] | None = None,
        workspace: Workspace | None = None,
    ) -> Tensor:
        """Raw scores (K, B, num_outputs). `dropout` is given in training only, and gives a layer's mask."""
        return self.answer(params, self.found(params, inputs, settings), inputs, settings, dropout)

    def written(self, params: Mapping[str, Tensor], inputs: InputShapes, settings: Mapping[str, Any]) -> list[str]:
        """As `WrittenPlainly` has it."""
        bend, blocks = settings["activation"], int(settings["blocks"])
        found = _convolution.written(params, blocks, inputs.arrays[0].name, bend)
        return [*found, *_table_beside.written(params, inputs), *_head.written(params, bend)]

    def found(self, params: Mapping[str, Tensor], inputs: Mapping[str, Tensor], settings: Mapping[str, Any]) -> Tensor:
        """What the last block found and where, (K, B, height, width, patterns)."""
        bend = ACTIVATIONS[settings["activation"]]
        return _convolution.forward(params, int(settings["blocks"]), _table_beside.array_of(inputs), bend)

    def first_layer(
        self, params: Mapping[str, Tensor], inputs: Mapping[str, Tensor], settings: Mapping[str, Any]
    ) -> tuple[Tensor, Tensor, Tensor]:
        """The images (K, B, H, W, C), the first block's patterns (K, O, h, w, C), what it found (K, B, H', W', O)."""
        image = _table_beside.array_of(inputs)
        return image, *_convolution.first(params, image, ACTIVATIONS[settings["activation"]])

    def answer(
        self,
        params: Mapping[str, Tensor],
        found_KBHWC: Tensor,
        inputs: Mapping[str, Tensor],
        settings: Mapping[str, Any],
        dropout: Callable[[Tensor], Tensor] | None = None,
    ) -> Tensor:
        """Raw scores (K, B, num_outputs) of what `found` gave."""
        joined = _table_beside.join(params, found_KBHWC.flatten(2), inputs)
        bend = ACTIVATIONS[settings["activation"]]
        output, _saved = _head.forward(params, joined, bend, dropout, None, drop_inputs=True)
        return output


def _image(inputs: InputShapes, blocks: int) -> tuple[int, int, int]:
    """Height, width and channels."""
    image = inputs.only((InputKind.IMAGE, InputKind.SPECTROGRAM))
    if image is None:
        raise UserError(
            "The image network reads one image of each example, and the table's columns beside it; it was given "
            "{arrays}. Declare it in `arrays` of the use case, or `image` where columns are its pixels.",
            arrays=inputs.listed,
        )
    height, width, channels = image.shape
    if min(height, width) >> blocks == 0:
        raise UserError(
            "Every block halves the image; {blocks} blocks leave nothing of {height} x {width} pixels. Set blocks to "
            "{most} or less.",
            blocks=blocks,
            height=height,
            width=width,
            most=min(height, width).bit_length() - 1,
        )
    return height, width, channels


def _init_one(
    inputs: InputShapes, num_outputs: int, settings: Mapping[str, Any], generator: torch.Generator
) -> dict[str, Tensor]:
    import torch

    params: dict[str, Tensor] = {}
    kernel, blocks = int(settings["kernel"]), int(settings["blocks"])
    normalised = settings.get("normalisation") == "layer"  # runs of earlier versions name none
    height, width, channels = _image(inputs, blocks)
    for block in range(blocks):
        patterns = int(settings["patterns"]) << block
        bound = 1 / math.sqrt(channels * kernel * kernel)  # of torch.nn.Conv2d's default initialisation
        weight = torch.rand(patterns, kernel, kernel, channels, generator=generator)
        params[f"block.{block}.weight"] = (weight * 2 - 1) * bound
        params[f"block.{block}.bias"] = (torch.rand(patterns, generator=generator) * 2 - 1) * bound
        if normalised:
            params[f"block.{block}.norm.scale.bias"] = torch.ones(patterns)
            params[f"block.{block}.norm.shift.bias"] = torch.zeros(patterns)
        channels = patterns
    size = (height >> blocks) * (width >> blocks) * channels + _table_beside.size(inputs)
    sizes = [size, *[int(settings["width"])] * int(settings["dense_layers"]), num_outputs]
    return params | _table_beside.init(inputs, generator) | _head.init(sizes, generator, normalised=normalised)


MODEL = ImageNetwork()
