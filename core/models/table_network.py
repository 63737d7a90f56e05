"""A feed-forward network for tables, K members stacked: weights (K, in, out). Knows no data, loss or optimiser."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.contracts import TableInputs
from core.models import _numeric_embedding
from core.settings import Help, Scale, Setting, SettingType

if TYPE_CHECKING:
    import torch
    from torch import Tensor

WIDTH = Setting(
    name="width",
    label="Width",
    type=SettingType.INT,
    low=4,
    high=512,
    default=64,
    scale=Scale.LOG,
    unit="units",
    group="network",
    help=Help(
        sentence="How many units each hidden layer has: more can learn finer patterns, and memorise noise sooner.",
        caption="A wide layer draws many bent lines through the data and adds them up.",
        formula=r"h = \sigma(xW + b),\quad W \in \mathbb{R}^{in \times width}",
    ),
)
DEPTH = Setting(
    name="depth",
    label="Hidden layers",
    type=SettingType.INT,
    low=0,
    high=6,
    default=2,
    step=1,
    group="network",
    help=Help(
        sentence="How many hidden layers follow one another; with none the network is a logistic or linear model.",
        caption="Every layer bends what the layer before it has drawn.",
        formula=r"f(x) = W_{L}\,\sigma(W_{L-1} \cdots \sigma(W_1 x))",
    ),
)
ACTIVATION = Setting(
    name="activation",
    label="Activation",
    type=SettingType.CHOICE,
    choices=("relu", "gelu", "silu", "tanh", "sigmoid"),
    default="relu",
    group="network",
    help=Help(
        sentence="The bend in every unit. Without one, any number of layers would be a straight line.",
        caption="ReLU is a hinge, tanh and sigmoid are S-curves that flatten out, GELU and SiLU are soft hinges.",
        formula=r"\mathrm{relu}(z)=\max(0,z)\quad \mathrm{silu}(z)=z\,\mathrm{sigmoid}(z)",
    ),
)
DROPOUT = Setting(
    name="dropout",
    label="Dropout",
    type=SettingType.FLOAT,
    low=0.0,
    high=0.8,
    default=0.1,
    step=0.05,
    group="network",
    help=Help(
        sentence="The share of units switched off at random in each training step, so that none is relied on alone.",
        caption="Like practising with a different half of the team every day.",
        formula=r"\tilde h = h \odot m / (1-p),\quad m \sim \mathrm{Bernoulli}(1-p)",
    ),
)
SKIP = Setting(
    name="linear_skip",
    label="Linear path",
    type=SettingType.CHOICE,
    choices=("on", "off"),
    default="on",
    group="network",
    help=Help(
        sentence="A straight path from the inputs to the answer beside the hidden layers, so that these only learn "
        "what a linear model misses.",
        caption="A ruler laid first, then bent where it must.",
        formula=r"f(x) = \mathrm{network}(x) + xS",
    ),
)
NUMBERS = Setting(
    name="numeric_embedding",
    label="Number embedding",
    type=SettingType.CHOICE,
    choices=("none", "piecewise", "periodic"),
    default="none",
    group="network",
    help=Help(
        sentence="How a number enters: as it is, as its way through sixteen bins, or as waves of learned lengths. The "
        "latter two let even one layer bend sharply along each feature.",
        caption="A thermometer, a row of filling glasses, or a chord.",
        formula=r"\mathrm{relu}(\phi(x)\,W_x + b_x),\quad \phi_t(x)=\mathrm{clip}\tfrac{x-e_t}{e_{t+1}-e_t}"
        r"\;\text{or}\;(\cos, \sin)(2\pi c x)",
    ),
)
NUMBERS_WIDTH = Setting(
    name="embedding_width",
    label="Number embedding width",
    type=SettingType.INT,
    low=1,
    high=32,
    default=8,
    scale=Scale.LOG,
    unit="per feature",
    group="network",
    help=Help(
        sentence="How many values each embedded number becomes; without a number embedding it changes nothing.",
        caption="How many glasses are read off together.",
    ),
)
NUMBERS_SPREAD = Setting(
    name="embedding_spread",
    label="Wave spread",
    type=SettingType.FLOAT,
    low=0.01,
    high=10.0,
    default=0.3,
    scale=Scale.LOG,
    group="network",
    help=Help(
        sentence="How short the waves of a periodic embedding start; without one it changes nothing.",
        caption="Long waves see the coast, short waves see every pebble, and remember it.",
        formula=r"c \sim \mathcal{N}(0, \sigma^2)",
    ),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class TableNetwork:
    """Numbers and embedded categories in, `num_outputs` raw scores out. Conforms to contracts.Model."""

    name: str = "table_network"
    title: str = "Feed-forward network for tables"
    settings: tuple[Setting, ...] = (
        *(WIDTH, DEPTH, ACTIVATION, DROPOUT, SKIP),
        *(NUMBERS, NUMBERS_WIDTH, NUMBERS_SPREAD),
    )

    def init(
        self,
        inputs: TableInputs,
        num_outputs: int,
        settings: Mapping[str, Any],
        generators: Sequence[torch.Generator],
    ) -> dict[str, Tensor]:
        """Fresh parameters on the CPU, each (K, ...), member k drawn from generators[k] alone."""
        import torch

        members = [_init_one(inputs, num_outputs, settings, g) for g in generators]
        return {name: torch.stack([m[name] for m in members]) for name in members[0]}

    def forward(
        self,
        params: Mapping[str, Tensor],
        numeric_KBF: Tensor,
        category_KBC: Tensor,
        settings: Mapping[str, Any],
        dropout: Callable[[Tensor], Tensor] | None = None,
    ) -> Tensor:
        """Raw scores (K, B, num_outputs). `dropout` is given in training only, and carries its own randomness."""
        import torch

        activation = _activation(settings["activation"])
        parts = []
        member = torch.arange(numeric_KBF.shape[0], device=numeric_KBF.device)[:, None]
        for c in range(category_KBC.shape[2]):
            parts.append(params[f"embedding.{c}"][member, category_KBC[:, :, c]])
        inputs = torch.cat([numeric_KBF, *parts], dim=2)
        numbers = _numeric_embedding.embed(settings["numeric_embedding"], params, numeric_KBF)
        hidden = torch.cat([numbers, *parts], dim=2)
        for layer in range(int(settings["depth"])):
            hidden = activation(_linear(params, f"hidden.{layer}", hidden))
            if dropout is not None:
                hidden = dropout(hidden)
        output = _linear(params, "output", hidden)
        if "skip.weight" in params:
            output = torch.baddbmm(output, inputs, params["skip.weight"])
        return output


def embedding_width(cardinality: int) -> int:
    """Width of a category's embedding: grows with the number of codes, 8 at most."""
    return min(8, (cardinality + 1) // 2)


def _linear(params: Mapping[str, Tensor], name: str, x_KBF: Tensor) -> Tensor:
    import torch

    return torch.baddbmm(params[f"{name}.bias"], x_KBF, params[f"{name}.weight"])


def _init_one(
    inputs: TableInputs, num_outputs: int, settings: Mapping[str, Any], generator: torch.Generator
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
    sizes = [size] + [int(settings["width"])] * int(settings["depth"])
    names = [f"hidden.{i}" for i in range(len(sizes) - 1)] + ["output"]
    for name, fan_in, fan_out in zip(names, sizes, [*sizes[1:], num_outputs], strict=True):
        bound = 1 / math.sqrt(fan_in)  # the bound of torch.nn.Linear's default initialisation
        params[f"{name}.weight"] = (torch.rand(fan_in, fan_out, generator=generator) * 2 - 1) * bound
        params[f"{name}.bias"] = (torch.rand(1, fan_out, generator=generator) * 2 - 1) * bound
    return params


def _activation(name: str) -> Callable[[Tensor], Tensor]:
    import torch
    from torch.nn import functional

    return {
        "relu": torch.relu,
        "gelu": functional.gelu,
        "silu": functional.silu,
        "tanh": torch.tanh,
        "sigmoid": torch.sigmoid,
    }[name]


MODEL = TableNetwork()
