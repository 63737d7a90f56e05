"""A small convolutional network for square images, K members stacked."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.contracts import Image, Layer, TableInputs
from core.errors import UserError
from core.models import _convolution, _head
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
        inputs: TableInputs,
        num_outputs: int,
        settings: Mapping[str, Any],
        generators: Sequence[torch.Generator],
    ) -> dict[str, Tensor]:
        """Fresh parameters on the CPU, each (K, ...), member k drawn from generators[k] alone. Raises UserError for
        inputs that are no image, or one that is too small to be halved in every block."""
        import torch

        image = _image(inputs, int(settings["blocks"]))
        members = [_init_one(image, num_outputs, settings, g) for g in generators]
        return {name: torch.stack([m[name] for m in members]) for name in members[0]}

    def layers(self, params: Mapping[str, Tensor]) -> tuple[Layer, ...]:
        """The blocks, the hidden layers, the output."""
        blocks: list[Layer] = []
        while f"block.{len(blocks)}.weight" in params:
            name = f"block.{len(blocks)}"
            own = (f"{name}.weight",), (f"{name}.bias",)
            blocks.append(Layer(name=name, weights=own[0], spared=own[1], has_units=True))
        return *blocks, *_head.layers(params)

    def forward(
        self,
        params: Mapping[str, Tensor],
        numeric_KBF: Tensor,
        category_KBC: Tensor,
        settings: Mapping[str, Any],
        dropout: Callable[[Tensor], Tensor] | None = None,
        workspace: Workspace | None = None,
    ) -> Tensor:
        """Raw scores (K, B, num_outputs). `dropout` is given in training only, and gives a layer's mask; `workspace` is
        filled with what `backward` needs."""
        bend = ACTIVATIONS[settings["activation"]]
        channels = params["block.0.weight"].shape[-1]
        members, rows, numbers = numeric_KBF.shape
        side = math.isqrt(numbers // channels)
        x_KBHWC = numeric_KBF.view(members, rows, side, side, channels)
        found, blocks = _convolution.forward(params, int(settings["blocks"]), x_KBHWC, bend, keep=workspace is not None)
        output, dense = _head.forward(params, found, bend, dropout, workspace, drop_inputs=True)
        if workspace is not None:
            workspace += [blocks, dense]
        return output

    def backward(
        self,
        params: Mapping[str, Tensor],
        workspace: Workspace,
        raw_gradient_KBO: Tensor,
        settings: Mapping[str, Any],
        gradient: Mapping[str, Tensor],
    ) -> None:
        """Write the gradient of every parameter into `gradient`, from that of the raw scores."""
        blocks, dense = workspace
        bend = ACTIVATIONS[settings["activation"]]
        of_found = _head.backward(params, dense, raw_gradient_KBO, bend, gradient, workspace)
        _convolution.backward(params, blocks, of_found, bend, gradient)


def _image(inputs: TableInputs, blocks: int) -> Image:
    image = inputs.image
    if image is None or inputs.cardinalities or inputs.num_numeric != image.size:
        raise UserError(
            "The image network reads the pixels of an image and nothing else; it was given {num_numeric} "
            "numbers and {cardinalities} categories. Declare `image` in the use case, with a column for "
            "each pixel.",
            num_numeric=inputs.num_numeric,
            cardinalities=len(inputs.cardinalities),
        )
    if image.side >> blocks == 0:
        raise UserError(
            "Every block halves the image; {blocks} blocks leave nothing of {side} x {side} pixels. Set "
            "blocks to {bit_length} or less.",
            blocks=blocks,
            side=image.side,
            bit_length=image.side.bit_length() - 1,
        )
    return image


def _init_one(
    image: Image, num_outputs: int, settings: Mapping[str, Any], generator: torch.Generator
) -> dict[str, Tensor]:
    import torch

    params: dict[str, Tensor] = {}
    channels, kernel, blocks = image.channels, int(settings["kernel"]), int(settings["blocks"])
    for block in range(blocks):
        patterns = int(settings["patterns"]) << block
        bound = 1 / math.sqrt(channels * kernel * kernel)  # of torch.nn.Conv2d's default initialisation
        weight = torch.rand(patterns, kernel, kernel, channels, generator=generator)
        params[f"block.{block}.weight"] = (weight * 2 - 1) * bound
        params[f"block.{block}.bias"] = (torch.rand(patterns, generator=generator) * 2 - 1) * bound
        channels = patterns
    size = (image.side >> blocks) ** 2 * channels
    sizes = [size, *[int(settings["width"])] * int(settings["dense_layers"]), num_outputs]
    return params | _head.init(sizes, generator)


MODEL = ImageNetwork()
