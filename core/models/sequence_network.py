"""A small network for token sequences and for words made of pieces, K members stacked: embedding, reader, summary,
output."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.contracts import InputKind, InputShapes, Layer
from core.errors import UserError
from core.formatting.messages import message
from core.models import _head, _pieces, _summaries, _table_beside, _token_readers
from core.models._activations import ACTIVATIONS
from core.models._sequence_settings import SETTINGS
from core.settings import Setting

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from core.contracts.workspace import Workspace


@dataclass(frozen=True, kw_only=True, slots=True)
class SequenceNetwork:
    """Token codes of one vocabulary in, first to last, or the codes of each word's pieces; code 0 is no token where
    only zeros follow. Conforms to protocols.Model."""

    name: str = "sequence_network"
    title: str = "Network for token sequences"
    settings: tuple[Setting, ...] = SETTINGS

    def init(
        self,
        inputs: InputShapes,
        num_outputs: int,
        settings: Mapping[str, Any],
        generators: Sequence[torch.Generator],
    ) -> dict[str, Tensor]:
        """Fresh parameters on the CPU, each (K, ...), member k drawn from generators[k] alone. Raises UserError for
        inputs that are no text."""
        import torch

        members = [_init_one(inputs, num_outputs, settings, g) for g in generators]
        return {name: torch.stack([m[name] for m in members]) for name in members[0]}

    def layers(self, params: Mapping[str, Tensor]) -> tuple[Layer, ...]:
        """Embedded tokens, what reads them, the output."""
        tokens = Layer(name="tokens", title=message("tokens"), weights=("embedding",))
        reader = Layer(
            name="reader", title=message("reader"), weights=("reader.weight",), spared=("reader.bias",), has_units=True
        )
        memory = Layer(
            name="state", title=message("reader's memory"), weights=("state.weight",), spared=("state.bias",)
        )
        return (
            tokens,
            reader,
            *([memory] if "state.weight" in params else []),
            *_table_beside.layers(params),
            *_head.layers(params),
        )

    def forward(
        self,
        params: Mapping[str, Tensor],
        inputs: Mapping[str, Tensor],
        settings: Mapping[str, Any],
        dropout: Callable[[Tensor], Tensor] | None = None,
        workspace: Workspace | None = None,
    ) -> Tensor:
        """Raw scores (K, B, num_outputs). `dropout` is given in training only, and gives the summary's mask."""
        import torch

        codes = _table_beside.array_of(inputs)
        present = _present(codes if codes.ndim == 3 else codes.amax(3))
        embedded = _embedded(params["embedding"], codes) * present[..., None]
        bend = ACTIVATIONS[settings["activation"]]
        if settings["reader"] == "gru":
            said = _token_readers.gru(params, embedded, present)
        else:
            said = _token_readers.convolution(params, embedded, bend)
        found = _summaries.summary(settings["summary"], said, present)
        if settings["bag"] == "on":
            found = torch.cat([found, _summaries.summary("mean", embedded, present)], dim=2)
        joined = _table_beside.join(params, found, inputs)
        output, _saved = _head.forward(params, joined, bend, dropout, None, drop_inputs=True)
        return output

    def written(self, params: Mapping[str, Tensor], inputs: InputShapes, settings: Mapping[str, Any]) -> list[str]:
        """As `WrittenPlainly` has it."""
        array, bend = inputs.arrays[0], settings["activation"]
        lines = [
            f"tokens = {array.name}",
            f"there = {'tokens' if len(array.shape) == 1 else 'tokens.amax(3)'}",
            "present = there.flip(2).cumsum(2).flip(2) > 0  # up to the last token, or the first place",
            "present = torch.cat([torch.ones_like(present[..., :1]), present[..., 1:]], dim=2)",
            *(_pieces.written() if len(array.shape) == 2 else [_LOOKED_UP]),
            "x = x * present[..., None]",
            *(["words = x"] if settings["bag"] == "on" else []),
        ]
        lines += _token_readers.written(params, settings["reader"], array.shape[0], bend)
        lines += _summaries.written(settings["summary"])
        if settings["bag"] == "on":
            lines += ["summary, said = found, words", *_summaries.written("mean")]
            lines.append("found = torch.cat([summary, found], dim=2)")
        return [*lines, *_table_beside.written(params, inputs), *_head.written(params, bend)]


_LOOKED_UP = "x = looked_up(self.embedding, tokens.flatten(1)).unflatten(1, tokens.shape[1:])"


def _embedded(table_KVE: Tensor, codes: Tensor) -> Tensor:
    """(K, B, T, E), of tokens (K, B, T) or of words' pieces (K, B, T, P)."""
    import torch

    if codes.ndim == 4:
        return _pieces.embedded(table_KVE, codes)
    code = codes + torch.arange(len(codes), device=table_KVE.device)[:, None, None] * table_KVE.shape[1]
    return table_KVE.flatten(0, 1).index_select(0, code.flatten()).view(*codes.shape, -1)


def _present(category_KBT: Tensor) -> Tensor:
    """(K, B, T), true up to the last token; of a text without any, the first place, so that there is something."""
    present = category_KBT.flip(2).cumsum(2).flip(2) > 0
    present[:, :, 0] = True
    return present


def _vocabulary(inputs: InputShapes) -> int:
    tokens = inputs.only((InputKind.TOKENS,))
    if tokens is None:
        raise UserError(
            "The sequence network reads the tokens of one text of each example, and the table's columns beside it; it "
            "was given {arrays}. Declare them in `arrays` of the use case, or `text` where columns are tokens.",
            arrays=inputs.listed,
        )
    return tokens.num_codes


def _init_one(
    inputs: InputShapes, num_outputs: int, settings: Mapping[str, Any], generator: torch.Generator
) -> dict[str, Tensor]:
    import torch

    size, width = int(settings["token_width"]), int(settings["width"])
    params = {"embedding": torch.randn(_vocabulary(inputs), size, generator=generator) * 0.1}
    if settings["reader"] == "gru":
        params |= _token_readers.init_gru(size, width, generator)
    else:
        params |= _token_readers.init_convolution(size, width, int(settings["span"]), generator)
    beside = _table_beside.init(inputs, generator)
    found = width * _summaries.SIZES[settings["summary"]] + (size if settings["bag"] == "on" else 0)
    return params | beside | _head.init([found + _table_beside.size(inputs), num_outputs], generator)


MODEL = SequenceNetwork()
