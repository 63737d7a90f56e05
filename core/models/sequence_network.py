"""A small network for token sequences, K members stacked: embedding, reader, summary, output."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.contracts import Layer, TableInputs
from core.errors import UserError
from core.formatting.text import _
from core.models import _head, _summaries, _token_readers
from core.models._activations import ACTIVATIONS
from core.models._sequence_settings import SETTINGS
from core.settings import Setting

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from core.contracts.workspace import Workspace


@dataclass(frozen=True, kw_only=True, slots=True)
class SequenceNetwork:
    """Token codes of one vocabulary in, first to last; code 0 is no token where only zeros follow. Conforms to
    protocols.Model."""

    name: str = "sequence_network"
    title: str = "Network for token sequences"
    settings: tuple[Setting, ...] = SETTINGS

    def init(
        self,
        inputs: TableInputs,
        num_outputs: int,
        settings: Mapping[str, Any],
        generators: Sequence[torch.Generator],
    ) -> dict[str, Tensor]:
        """Fresh parameters on the CPU, each (K, ...), member k drawn from generators[k] alone. Raises UserError for
        inputs that are no text."""
        import torch

        vocabulary = _vocabulary(inputs)
        members = [_init_one(vocabulary, num_outputs, settings, g) for g in generators]
        return {name: torch.stack([m[name] for m in members]) for name in members[0]}

    def layers(self, params: Mapping[str, Tensor]) -> tuple[Layer, ...]:
        """Embedded tokens, what reads them, the output."""
        tokens = Layer(name="embedding", title=_("tokens"), weights=("embedding",))
        reader = Layer(
            name="reader", title=_("reader"), weights=("reader.weight",), spared=("reader.bias",), has_units=True
        )
        memory = Layer(name="state", title=_("reader's memory"), weights=("state.weight",), spared=("state.bias",))
        return tokens, reader, *([memory] if "state.weight" in params else []), *_head.layers(params)

    def forward(
        self,
        params: Mapping[str, Tensor],
        numeric_KBF: Tensor,
        category_KBT: Tensor,
        settings: Mapping[str, Any],
        dropout: Callable[[Tensor], Tensor] | None = None,
        workspace: Workspace | None = None,
    ) -> Tensor:
        """Raw scores (K, B, num_outputs). `dropout` is given in training only, and gives the summary's mask;
        `workspace` is filled with what `backward` needs."""
        import torch

        members, rows, length = category_KBT.shape
        table = params["embedding"]
        code = category_KBT + torch.arange(members, device=table.device)[:, None, None] * table.shape[1]
        embedded = table.flatten(0, 1).index_select(0, code.flatten()).view(members, rows, length, -1)
        present = _present(category_KBT)
        embedded = embedded * present[..., None]
        bend = ACTIVATIONS[settings["activation"]]
        if settings["reader"] == "gru":
            said, read = _token_readers.gru(params, embedded, present)
        else:
            said, read = _token_readers.convolution(params, embedded, bend)
        summary, kept = _summaries.forward(settings["summary"], said, present)
        output, dense = _head.forward(params, summary, bend, dropout, workspace, drop_inputs=True)
        if workspace is not None:
            workspace += [code, present, read, kept, dense]
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
        code, present, read, kept, dense = workspace
        bend = ACTIVATIONS[settings["activation"]]
        of_summary = _head.backward(params, dense, raw_gradient_KBO, bend, gradient, workspace)
        of_said = _summaries.backward(settings["summary"], kept, of_summary, present.shape[2])
        if settings["reader"] == "gru":
            of_embedded = _token_readers.gru_backward(params, read, of_said, gradient)
        else:
            of_embedded = _token_readers.convolution_backward(params, read, of_said, bend, gradient)
        of_embedded = (of_embedded * present[..., None]).flatten(0, 2)
        out = gradient["embedding"]
        summed = of_embedded.new_zeros(out.shape).flatten(0, 1).index_add_(0, code.flatten(), of_embedded)
        out.copy_(summed.view(out.shape))


def _present(category_KBT: Tensor) -> Tensor:
    """(K, B, T), true up to the last token; of a text without any, the first place, so that there is something."""
    present = category_KBT.flip(2).cumsum(2).flip(2) > 0
    present[:, :, 0] = True
    return present


def _vocabulary(inputs: TableInputs) -> int:
    sizes = set(inputs.cardinalities)
    if inputs.num_numeric or len(sizes) != 1:
        raise UserError(
            "The sequence network reads the tokens of a text and nothing else; it was given {num_numeric} "
            "numbers and {sizes} vocabularies. Declare `text` in the use case, with a category column for "
            "each place.",
            num_numeric=inputs.num_numeric,
            sizes=len(sizes),
        )
    return sizes.pop()


def _init_one(
    vocabulary: int, num_outputs: int, settings: Mapping[str, Any], generator: torch.Generator
) -> dict[str, Tensor]:
    import torch

    size, width = int(settings["token_width"]), int(settings["width"])
    params = {"embedding": torch.randn(vocabulary, size, generator=generator) * 0.1}
    if settings["reader"] == "gru":
        params |= _token_readers.init_gru(size, width, generator)
    else:
        params |= _token_readers.init_convolution(size, width, int(settings["span"]), generator)
    return params | _head.init([width, num_outputs], generator)


MODEL = SequenceNetwork()
