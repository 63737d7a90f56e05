"""A network for pictures that begins with what another has learned (transfer learning), or from scratch beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.contracts import FROZEN, InputKind, InputShapes, Layer
from core.errors import UserError
from core.models import _efficientnet, _head, _table_beside
from core.models._activations import ACTIVATIONS
from core.models._transfer_settings import SCRATCH, SETTINGS, frozen_blocks
from core.models.image_network import ImageNetwork
from core.settings import Setting

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from core.contracts.workspace import Workspace

_SEEN = f"{FROZEN}seen"
_SHARE = (
    0.5  # of a learned change that reaches a pretrained weight: the last layer begins from nothing, and goes faster
)
_FROM_SCRATCH = ImageNetwork()
_LEAST = 32  # pixels: a side is halved four times, and two places of it are left


@dataclass(frozen=True, kw_only=True, slots=True)
class TransferNetwork:
    """The first blocks of EfficientNet-Lite0, the last of them fine-tuned, and dense layers. Conforms to
    protocols.Model and HasFrozenPart.

    What a run keeps are changes of pretrained weights, 0 at first, so that weight decay draws back to them (Li et al.,
    2018), and the layers above. Frozen weights are nobody's parameters. From scratch it is `ImageNetwork`.
    """

    name: str = "transfer_network"
    title: str = "Network that begins with what another has learned"
    settings: tuple[Setting, ...] = SETTINGS

    def init(
        self,
        inputs: InputShapes,
        num_outputs: int,
        settings: Mapping[str, Any],
        generators: Sequence[torch.Generator],
    ) -> dict[str, Tensor]:
        """Fresh parameters on the CPU, each (K, ...), member k drawn from generators[k] alone. Raises UserError for
        inputs that are no colour picture, or too small a one."""
        import torch

        if settings["start"] == SCRATCH:
            return _FROM_SCRATCH.init(inputs, num_outputs, settings, generators)
        height, width = _picture(inputs)
        pretrained = _efficientnet.weights(torch.empty(0))
        channels = len(pretrained[f"block.{_efficientnet.BLOCKS - 1}.project.bias"])
        changes = {
            f"change.{name}": torch.zeros(len(generators), *pretrained[name].shape)
            for block in range(frozen_blocks(int(settings["tuned"])), _efficientnet.BLOCKS)
            for name in _efficientnet.of_block(block)
        }
        size = -(-height // 16) * -(-width // 16) * channels + _table_beside.size(inputs)
        sizes = [size, *[int(settings["width"])] * int(settings["dense_layers"]), num_outputs]
        normalised = settings["normalisation"] == "layer"
        members = [_table_beside.init(inputs, g) | _head.init(sizes, g, normalised=normalised) for g in generators]
        return changes | {name: torch.stack([m[name] for m in members]) for name in members[0]}

    def layers(self, params: Mapping[str, Tensor]) -> tuple[Layer, ...]:
        """The blocks that are tuned, or those from scratch; embedded categories beside, hidden layers, the output."""
        if "block.0.weight" in params:
            return _FROM_SCRATCH.layers(params)
        blocks = sorted({int(name.split(".")[2]) for name in params if name.startswith("change.")})
        tuned = (
            Layer(
                name=f"tuned.{block}",
                weights=tuple(f"change.{n}" for n in _efficientnet.of_block(block) if n.endswith("weight")),
                spared=tuple(f"change.{n}" for n in _efficientnet.of_block(block) if n.endswith("bias")),
            )
            for block in blocks
        )
        return *tuned, *_table_beside.layers(params), *_head.layers(params)

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
        if settings["start"] == SCRATCH:
            return _FROM_SCRATCH.written(params, inputs, settings)
        pretrained, first = self.numbers(settings), frozen_blocks(int(settings["tuned"]))
        own = {name.removeprefix("pretrained."): value for name, value in pretrained.items()}
        tuned = _efficientnet.written(own, first, _efficientnet.BLOCKS, _SHARE)
        return [
            f"x = {inputs.arrays[0].name}.flatten(0, 1).permute(0, 3, 1, 2)  # through what never learns one by one",
            *_efficientnet.written(own, 0, first),
            "x = x.half().float().unflatten(0, (members, -1))  # as the run kept it",
            *(["x = x.transpose(0, 1).flatten(1, 2)  # the networks' channels side by side"] if tuned else []),
            *tuned,
            *(["x = x.unflatten(1, (members, -1)).transpose(0, 1)"] if tuned else []),
            "found = x.permute(0, 1, 3, 4, 2).flatten(2)",
            "found = functional.layer_norm(found, found.shape[2:])",
            *_table_beside.written(params, inputs),
            *_head.written(params, settings["activation"]),
        ]

    def numbers(self, settings: Mapping[str, Any]) -> Mapping[str, Tensor]:
        """The weights that come with it; none from scratch."""
        import torch

        pretrained = {} if settings["start"] == SCRATCH else _efficientnet.weights(torch.empty(0))
        return {f"pretrained.{name}": value for name, value in pretrained.items()}

    def frozen(self, inputs: Mapping[str, Tensor], settings: Mapping[str, Any]) -> dict[str, Tensor]:
        """What the frozen blocks make of rows' pictures (N, H, W, 3), in half precision; nothing from scratch."""
        if settings["start"] == SCRATCH:
            return {}
        blocks = frozen_blocks(int(settings["tuned"]))
        return {_SEEN: _efficientnet.found(_table_beside.array_of(inputs), blocks).half()}

    def frozen_key(self, settings: Mapping[str, Any]) -> str:
        """What that depends on beside the pictures; empty from scratch."""
        return "" if settings["start"] == SCRATCH else f"{_efficientnet.SHA256} {frozen_blocks(int(settings['tuned']))}"

    def found(self, params: Mapping[str, Tensor], inputs: Mapping[str, Tensor], settings: Mapping[str, Any]) -> Tensor:
        """What the last block found and where, (K, B, height, width, channels)."""
        import torch

        if settings["start"] == SCRATCH:
            return _FROM_SCRATCH.found(params, inputs, settings)
        first, like = frozen_blocks(int(settings["tuned"])), params["output.weight"]
        if _SEEN in inputs:
            seen = inputs[_SEEN].to(like.dtype)
        else:
            picture = _table_beside.array_of(inputs)
            flat = _efficientnet.found(picture.flatten(0, 1), first)
            seen = flat.half().to(like.dtype).reshape(*picture.shape[:2], *flat.shape[1:])  # as it is kept
        if first == _efficientnet.BLOCKS:
            return seen
        pretrained = _efficientnet.weights(like)
        changed = [n for block in range(first, _efficientnet.BLOCKS) for n in _efficientnet.of_block(block)]
        return torch.stack(
            [
                _efficientnet.through(
                    own,
                    first,
                    _efficientnet.BLOCKS,
                    {n: pretrained[n] + _SHARE * params[f"change.{n}"][k] for n in changed},
                )
                for k, own in enumerate(seen)
            ]
        )

    def first_layer(
        self, params: Mapping[str, Tensor], inputs: Mapping[str, Tensor], settings: Mapping[str, Any]
    ) -> tuple[Tensor, Tensor, Tensor]:
        """The pictures (K, B, H, W, C), the first patterns (K, O, h, w, C), where each was found (K, B, H', W', O)."""
        if settings["start"] == SCRATCH:
            return _FROM_SCRATCH.first_layer(params, inputs, settings)
        picture = _table_beside.array_of(inputs)
        patterns = _efficientnet.weights(picture)["stem.weight"].permute(0, 2, 3, 1)
        flat = _efficientnet.found(picture.flatten(0, 1), 0)
        found = flat.reshape(*picture.shape[:2], *flat.shape[1:])
        return picture, patterns.expand(len(picture), *patterns.shape), found

    def answer(
        self,
        params: Mapping[str, Tensor],
        found_KBHWC: Tensor,
        inputs: Mapping[str, Tensor],
        settings: Mapping[str, Any],
        dropout: Callable[[Tensor], Tensor] | None = None,
    ) -> Tensor:
        """Raw scores (K, B, num_outputs) of what `found` gave, which is brought to one scale picture by picture."""
        from torch.nn import functional

        if settings["start"] == SCRATCH:
            return _FROM_SCRATCH.answer(params, found_KBHWC, inputs, settings, dropout)
        flat = found_KBHWC.flatten(2)
        joined = _table_beside.join(params, functional.layer_norm(flat, flat.shape[2:]), inputs)
        bend = ACTIVATIONS[settings["activation"]]
        output, _saved = _head.forward(params, joined, bend, dropout, None, drop_inputs=True)
        return output


def _picture(inputs: InputShapes) -> tuple[int, int]:
    """Height and width."""
    image = inputs.only((InputKind.IMAGE,))
    if image is None or image.shape[2] != 3 or min(image.shape[:2]) < _LEAST:
        raise UserError(
            "The pretrained network reads one picture of three colours, at least {least} x {least} pixels; it was "
            "given {arrays}. Set start to scratch, or declare such a picture.",
            least=_LEAST,
            arrays=inputs.listed,
        )
    return image.shape[0], image.shape[1]


MODEL = TransferNetwork()
