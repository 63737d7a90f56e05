"""A small convolutional network along time, for series and waveforms, K members stacked; differentiated by autograd."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.contracts import InputKind, InputShapes, Layer
from core.errors import UserError
from core.formatting.messages import message
from core.models import _activations, _head, _table_beside
from core.models._activations import ACTIVATIONS
from core.models._series_settings import SETTINGS
from core.settings import Setting

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from core.contracts.workspace import Workspace


@dataclass(frozen=True, kw_only=True, slots=True)
class SeriesNetwork:
    """Blocks of convolution, activation and pooling along time; of the last one the mean over time and the newest
    moment go on, beside the table's columns. Conforms to protocols.Model."""

    name: str = "series_network"
    title: str = "Convolutional network for series"
    settings: tuple[Setting, ...] = SETTINGS

    def init(
        self,
        inputs: InputShapes,
        num_outputs: int,
        settings: Mapping[str, Any],
        generators: Sequence[torch.Generator],
    ) -> dict[str, Tensor]:
        """Fresh parameters on the CPU, each (K, ...), member k drawn from generators[k] alone. Raises UserError for
        inputs without one series or waveform, and for one that is too short for the blocks."""
        import torch

        members = [_init_one(inputs, num_outputs, settings, g) for g in generators]
        return {name: torch.stack([m[name] for m in members]) for name in members[0]}

    def layers(self, params: Mapping[str, Tensor]) -> tuple[Layer, ...]:
        """The blocks, embedded categories beside, the hidden layers, the output."""
        blocks: list[Layer] = []
        while f"block.{len(blocks)}.weight" in params:
            name, title = f"block.{len(blocks)}", message("block {number} along time", number=len(blocks) + 1)
            own = (f"{name}.weight",), (f"{name}.bias",)
            blocks.append(Layer(name=name, title=title, weights=own[0], spared=own[1], has_units=True))
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
        import torch
        from torch.nn import functional

        bend, pooling = ACTIVATIONS[settings["activation"]], int(settings["pooling"])
        series = _table_beside.array_of(inputs)
        if series.ndim == 3:  # a waveform has one channel
            series = series[..., None]
        members, rows = series.shape[:2]
        hidden = series.permute(1, 0, 3, 2).flatten(1, 2)  # (B, K x channels, time): members are groups
        for block in range(int(settings["blocks"])):
            weight, bias = params[f"block.{block}.weight"], params[f"block.{block}.bias"]
            pad = weight.shape[3] // 2
            z = functional.conv1d(hidden, weight.flatten(0, 1), bias.flatten(), padding=pad, groups=members)
            hidden = functional.avg_pool1d(bend.forward(z), pooling, ceil_mode=True)
        found = torch.cat([hidden.mean(2).view(rows, members, -1), hidden[..., -1].view(rows, members, -1)], dim=2)
        joined = _table_beside.join(params, found.transpose(0, 1), inputs)
        output, _saved = _head.forward(params, joined, bend, dropout, None, drop_inputs=True)
        return output

    def written(self, params: Mapping[str, Tensor], inputs: InputShapes, settings: Mapping[str, Any]) -> list[str]:
        """As `WrittenPlainly` has it."""
        array, bend = inputs.arrays[0], settings["activation"]
        channels = "" if len(array.shape) == 2 else "[..., None]"
        lines = [f"x = {array.name}{channels}.permute(1, 0, 3, 2).flatten(1, 2)  # (rows, networks x channels, time)"]
        for block in range(int(settings["blocks"])):
            own, pad = f"self.block_{block}", params[f"block.{block}.weight"].shape[3] // 2
            lines += [
                f"kernels, bias = {own}_weight.flatten(0, 1), {own}_bias.flatten()",
                f"x = functional.conv1d(x, kernels, bias, padding={pad}, groups=members)",
                f"x = functional.avg_pool1d({_activations.written(bend, 'x')}, {settings['pooling']}, ceil_mode=True)",
            ]
        lines += [
            "mean, newest = (of.unflatten(1, (members, -1)) for of in (x.mean(2), x[..., -1]))",
            "found = torch.cat([mean, newest], dim=2).transpose(0, 1)",
        ]
        return [*lines, *_table_beside.written(params, inputs), *_head.written(params, bend)]


def _init_one(
    inputs: InputShapes, num_outputs: int, settings: Mapping[str, Any], generator: torch.Generator
) -> dict[str, Tensor]:
    import torch

    steps, channels = _shape(inputs)
    blocks, kernel, patterns = int(settings["blocks"]), int(settings["kernel"]), int(settings["patterns"])
    if steps < int(settings["pooling"]) ** (blocks - 1) * 2:
        raise UserError(
            "Every block leaves one of {pooling} steps; {blocks} blocks leave nothing to read of {steps}. Lower blocks "
            "or pooling.",
            pooling=settings["pooling"],
            blocks=blocks,
            steps=steps,
        )
    params: dict[str, Tensor] = {}
    for block in range(blocks):
        bound = 1 / math.sqrt(channels * kernel)  # of torch.nn.Conv1d's default initialisation
        weight = torch.rand(patterns, channels, kernel, generator=generator)
        params[f"block.{block}.weight"] = (weight * 2 - 1) * bound
        params[f"block.{block}.bias"] = (torch.rand(patterns, generator=generator) * 2 - 1) * bound
        channels = patterns
    size = 2 * channels + _table_beside.size(inputs)
    sizes = [size, *[int(settings["width"])] * int(settings["dense_layers"]), num_outputs]
    return params | _table_beside.init(inputs, generator) | _head.init(sizes, generator)


def _shape(inputs: InputShapes) -> tuple[int, int]:
    """Steps and channels."""
    series = inputs.only((InputKind.SERIES, InputKind.WAVEFORM))
    if series is None:
        raise UserError(
            "The network for series reads one series or waveform of each example, and the table's columns beside it; "
            "it was given {arrays}. Declare it in `arrays` of the use case.",
            arrays=inputs.listed,
        )
    return series.shape[0], series.shape[1] if len(series.shape) == 2 else 1


MODEL = SeriesNetwork()
