"""A feed-forward network for tables, K members stacked: weights (K, in, out)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any

from core.contracts import InputShapes, Layer
from core.errors import UserError
from core.models import _category_embedding, _head, _numeric_embedding
from core.models._activations import ACTIVATIONS
from core.models._category_embedding import embedding_width
from core.models._table_settings import SETTINGS
from core.settings import Setting

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from core.contracts.workspace import Workspace


@dataclass(frozen=True, kw_only=True, slots=True)
class TableNetwork:
    """Numbers and embedded categories in, `num_outputs` raw scores out. Conforms to protocols.Model."""

    name: str = "table_network"
    title: str = "Feed-forward network for tables"
    settings: tuple[Setting, ...] = SETTINGS

    def init(
        self,
        inputs: InputShapes,
        num_outputs: int,
        settings: Mapping[str, Any],
        generators: Sequence[torch.Generator],
    ) -> dict[str, Tensor]:
        """Fresh parameters on the CPU, each (K, ...), member k drawn from generators[k] alone. Raises
        UserError for arrays beside the table."""
        import torch

        if inputs.arrays:
            raise UserError(
                "The network for tables reads columns alone; {name!r} is declared beside them. Choose a model for it, "
                "or leave it out.",
                name=inputs.arrays[0].name,
            )
        members = [_init_one(inputs, num_outputs, settings, g) for g in generators]
        return {name: torch.stack([m[name] for m in members]) for name in members[0]}

    def layers(self, params: Mapping[str, Tensor]) -> tuple[Layer, ...]:
        """Embedded categories, linear path and embedded numbers where there are any; hidden layers; output."""
        categories = Layer(name="embedding", weights=tuple(n for n in params if n.startswith("embedding.")))
        path = Layer(name="skip", weights=("skip.weight",))
        of_numbers = tuple(n for n in ("number.bias", "number.frequency.bias") if n in params)
        numbers = Layer(name="number", weights=("number.weight",), spared=of_numbers)
        before = [layer for layer in (categories, path, numbers) if set(layer.weights) & set(params)]
        return *before, *_head.layers(params)

    def forward(
        self,
        params: Mapping[str, Tensor],
        inputs: Mapping[str, Tensor],
        settings: Mapping[str, Any],
        dropout: Callable[[Tensor], Tensor] | None = None,
        workspace: Workspace | None = None,
    ) -> Tensor:
        """Raw scores (K, B, num_outputs). `dropout` is given in training only, and gives a hidden layer's mask;
        `workspace` is filled with what `backward` needs, and its buffers hold the results until the next step."""
        (hidden, entering), (looked_up, sizes, embedding) = _enter(params, inputs, settings, workspace)
        output, saved = _from_entrance(params, hidden, entering, settings, dropout, workspace)
        if workspace is not None:
            workspace += [looked_up, sizes, embedding, entering, saved]
        return output

    def entrance(
        self, params: Mapping[str, Tensor], inputs: Mapping[str, Tensor], settings: Mapping[str, Any]
    ) -> tuple[Tensor, ...]:
        """What enters the hidden layers and, where it is another, the linear path: (K, B, numbers)."""
        hidden, entering = _enter(params, inputs, settings, None)[0]
        return (hidden,) if entering is hidden else (hidden, entering)

    def from_entrance(
        self, params: Mapping[str, Tensor], entered: Sequence[Tensor], settings: Mapping[str, Any]
    ) -> Tensor:
        """Raw scores (K, B, num_outputs) of it."""
        return _from_entrance(params, entered[0], entered[-1], settings, None, None)[0]

    def entrance_of(self, params: Mapping[str, Tensor], num_numeric: int) -> tuple[dict[str, list[slice]], ...]:
        """Where each number and each category of the inputs lies in each tensor of the entrance."""
        width = params["number.weight"].shape[3] if "number.weight" in params else 1
        tables = [name for name in params if name.startswith("embedding.")]
        ends = [*accumulate((params[f"embedding.{c}"].shape[2] for c in range(len(tables))), initial=0)]

        def laid(each: int) -> dict[str, list[slice]]:
            after = num_numeric * each
            return {
                "numeric": [slice(at * each, (at + 1) * each) for at in range(num_numeric)],
                "category": [slice(after + first, after + last) for first, last in pairwise(ends)],
            }

        return laid(width), laid(1)

    def backward(
        self,
        params: Mapping[str, Tensor],
        workspace: Workspace,
        raw_gradient_KBO: Tensor,
        settings: Mapping[str, Any],
        gradient: Mapping[str, Tensor],
    ) -> None:
        """Write the gradient of every parameter into `gradient`, from that of the raw scores; as autograd would, in
        fewer and larger steps."""
        import torch

        looked_up, (num_numeric, num_numbers, num_inputs), embedding, entering, saved = workspace
        needed = 0 if embedding is not None else num_numbers  # the first of the inputs whose gradient somebody asks for
        first = needed if needed < num_inputs else None
        bend = ACTIVATIONS[settings["activation"]]
        below = _head.backward(params, saved, raw_gradient_KBO, bend, gradient, workspace, first)
        if embedding is not None:
            kind = settings["numeric_embedding"]
            _numeric_embedding.backward(kind, params, embedding, below[..., :num_numbers], gradient)
        if "skip.weight" in params:
            torch.bmm(entering.transpose(1, 2), raw_gradient_KBO, out=gradient["skip.weight"])
        if looked_up is not None:
            of_embedded = below[..., num_numbers - needed :]
            if "skip.weight" in params:
                of_embedded = torch.baddbmm(
                    of_embedded, raw_gradient_KBO, params["skip.weight"][:, num_numeric:].transpose(1, 2)
                )
            _category_embedding.backward(looked_up, of_embedded, gradient)

    def written(self, params: Mapping[str, Tensor], inputs: InputShapes, settings: Mapping[str, Any]) -> list[str]:
        """As `WrittenPlainly` has it."""
        lines = _numeric_embedding.written(settings["numeric_embedding"], params)
        embedded = _category_embedding.written(params)
        joined = "torch.cat([{of}, embedded], dim=2)" if embedded else "{of}"
        lines += [*embedded, f"hidden = {joined.format(of='numbers')}"]
        lines += _head.written(params, settings["activation"])
        if "skip.weight" in params:
            entering = joined.format(of="numeric")
            lines.append(f"raw = torch.baddbmm(raw, {entering}, self.skip_weight)  # the linear path")
        return lines

    def slopes(self, workspace: Workspace, settings: Mapping[str, Any], networks: slice) -> dict[str, Tensor]:
        """Per hidden layer the slope of each unit of some networks at each row, (k, B, H), of a forward pass without
        dropout."""
        return _head.slopes(workspace[-1], ACTIVATIONS[settings["activation"]], networks)


def _enter(
    params: Mapping[str, Tensor], inputs: Mapping[str, Tensor], settings: Mapping[str, Any], workspace: Workspace | None
) -> tuple[tuple[Tensor, Tensor], tuple[Any, tuple[int, int, int], Any]]:
    """What enters the hidden layers and the linear path, and what `backward` needs of its making."""
    import torch

    numeric_KBF, category_KBC = inputs["numeric"], inputs["category"]
    numbers, embedding = _numeric_embedding.embed(settings["numeric_embedding"], params, numeric_KBF)
    embedded, looked_up = _category_embedding.embed(params, category_KBC, workspace)
    entering = hidden = numbers
    if embedded is not None:
        hidden = torch.cat([numbers, embedded], dim=2)
        entering = hidden if numbers is numeric_KBF else torch.cat([numeric_KBF, embedded], dim=2)
    elif numbers is not numeric_KBF:
        entering = numeric_KBF
    sizes = (numeric_KBF.shape[2], numbers.shape[2], hidden.shape[2])
    return (hidden, entering), (looked_up, sizes, embedding)


def _from_entrance(
    params: Mapping[str, Tensor],
    hidden: Tensor,
    entering: Tensor,
    settings: Mapping[str, Any],
    dropout: Callable[[Tensor], Tensor] | None,
    workspace: Workspace | None,
) -> tuple[Tensor, _head.Saved]:
    import torch

    output, saved = _head.forward(params, hidden, ACTIVATIONS[settings["activation"]], dropout, workspace)
    return (torch.baddbmm(output, entering, params["skip.weight"]) if "skip.weight" in params else output), saved


def _init_one(
    inputs: InputShapes, num_outputs: int, settings: Mapping[str, Any], generator: torch.Generator
) -> dict[str, Tensor]:
    import torch

    params: dict[str, Tensor] = {}
    size = inputs.num_numeric
    for c, cardinality in enumerate(inputs.cardinalities):
        width = embedding_width(cardinality)
        params[f"embedding.{c}"] = torch.randn(cardinality, width, generator=generator) * 0.1
        size += width
    if settings["linear_skip"] == "on":
        params["skip.weight"] = torch.zeros(size, num_outputs)
    kind, width = settings["numeric_embedding"], int(settings["embedding_width"])
    spread = float(settings["embedding_spread"])
    params |= _numeric_embedding.init(kind, inputs.num_numeric, width, spread, generator)
    size += _numeric_embedding.size(kind, inputs.num_numeric, width) - inputs.num_numeric
    sizes = [size, *[int(settings["width"])] * int(settings["depth"]), num_outputs]
    return params | _head.init(sizes, generator, normalised=settings["normalisation"] == "layer")


MODEL = TableNetwork()
