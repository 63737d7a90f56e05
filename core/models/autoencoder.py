"""A network that draws a row together into a few numbers and back, K members stacked; differentiated by autograd.

Layers hidden.0, ... lead to the layer `bottleneck`, which is not bent, and as many more from there to the output.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.contracts import InputShapes, Layer
from core.errors import UserError
from core.formatting.messages import message
from core.models import _activations, _table_beside
from core.models._activations import ACTIVATIONS
from core.models._bottleneck_settings import SETTINGS
from core.models._dense import linear
from core.settings import Setting

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from core.contracts.workspace import Workspace


@dataclass(frozen=True, kw_only=True, slots=True)
class Autoencoder:
    """What comes back of a row when it has passed a bottleneck (Hinton and Salakhutdinov, 2006)."""

    name: str = "autoencoder"
    title: str = "Network with a bottleneck"
    settings: tuple[Setting, ...] = SETTINGS

    def init(
        self,
        inputs: InputShapes,
        num_outputs: int,
        settings: Mapping[str, Any],
        generators: Sequence[torch.Generator],
    ) -> dict[str, Tensor]:
        """Fresh parameters on the CPU, each (K, ...), member k drawn from generators[k] alone. Raises UserError for
        arrays beside the table."""
        import torch

        if inputs.arrays:
            raise UserError(
                "The network with a bottleneck reads columns alone; {name!r} is declared beside them. Choose a model "
                "for it, or leave it out.",
                name=inputs.arrays[0].name,
            )
        members = [_init_one(inputs, num_outputs, settings, g) for g in generators]
        return {name: torch.stack([m[name] for m in members]) for name in members[0]}

    def layers(self, params: Mapping[str, Tensor]) -> tuple[Layer, ...]:
        """Categories where there are any; hidden layers, the bottleneck among them; the output."""
        found = []
        for name in _names(params):
            title = message("bottleneck") if name == "bottleneck" else ""
            start = "output.bias" if name == "output" else ""
            weights, spared = (f"{name}.weight",), (f"{name}.bias",)
            found.append(Layer(name=name, title=title, weights=weights, spared=spared, start=start))
        return *_table_beside.layers(params), *found

    def forward(
        self,
        params: Mapping[str, Tensor],
        inputs: Mapping[str, Tensor],
        settings: Mapping[str, Any],
        dropout: Callable[[Tensor], Tensor] | None = None,
        workspace: Workspace | None = None,
    ) -> Tensor:
        """Raw scores (K, B, num_outputs). `dropout` is given in training only, and falls on hidden layers, not on the
        bottleneck."""
        bend = ACTIVATIONS[settings["activation"]]
        hidden = _table_beside.join(params, inputs["numeric"][..., :0], inputs)
        for name in _names(params):
            hidden = linear(params, name, hidden, None)
            if name not in ("bottleneck", "output"):
                bent = bend.forward(hidden)
                hidden = bent if dropout is None else bent * dropout(bent)
        return hidden

    def written(self, params: Mapping[str, Tensor], inputs: InputShapes, settings: Mapping[str, Any]) -> list[str]:
        """As `WrittenPlainly` has it."""
        any_of_them = "numeric" if inputs.num_numeric else "category"
        lines = [f"found = {any_of_them}[..., :0].float()", *_table_beside.written(params, inputs)]
        for name in _names(params):
            layer = name.replace(".", "_")
            lines.append(f"hidden = torch.baddbmm(self.{layer}_bias, hidden, self.{layer}_weight)")
            if name not in ("bottleneck", "output"):
                lines.append(f"hidden = {_activations.written(settings['activation'], 'hidden')}")
        return [*lines, "raw = hidden"]


def _names(params: Mapping[str, Tensor]) -> list[str]:
    """The dense layers, from the first to the last."""
    sides = sum(name.startswith("hidden.") and name.endswith(".weight") for name in params) // 2
    hidden = [f"hidden.{place}" for place in range(2 * sides)]
    return [*hidden[:sides], "bottleneck", *hidden[sides:], "output"]


def _init_one(
    inputs: InputShapes, num_outputs: int, settings: Mapping[str, Any], generator: torch.Generator
) -> dict[str, Tensor]:
    import torch

    side = [int(settings["width"])] * int(settings["depth"])
    sizes = [_table_beside.size(inputs), *side, int(settings["bottleneck"]), *side, num_outputs]
    names = [f"hidden.{place}" for place in range(2 * len(side))]
    names = [*names[: len(side)], "bottleneck", *names[len(side) :], "output"]
    params = _table_beside.init(inputs, generator)
    for name, fan_in, fan_out in zip(names, sizes, sizes[1:], strict=False):
        bound = 1 / math.sqrt(max(fan_in, 1))  # of torch.nn.Linear's default initialisation
        params[f"{name}.weight"] = (torch.rand(fan_in, fan_out, generator=generator) * 2 - 1) * bound
        params[f"{name}.bias"] = (torch.rand(1, fan_out, generator=generator) * 2 - 1) * bound
    return params


MODEL = Autoencoder()
