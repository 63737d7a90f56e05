"""A feed-forward network for tables, K members stacked: weights (K, in, out). Knows no data, loss or optimiser."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.contracts import TableInputs
from core.models import _numeric_embedding
from core.models._activations import ACTIVATIONS
from core.settings import Help, Scale, Setting, SettingType

if TYPE_CHECKING:
    import torch
    from torch import Tensor

_NORM_EPSILON = 1e-5

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
    choices=("relu", "leaky_relu", "gelu", "silu", "tanh", "sigmoid"),
    default="relu",
    group="network",
    help=Help(
        sentence="The bend in every unit. Without one, any number of layers would be a straight line.",
        caption="ReLU is a hinge, leaky ReLU one that gives a little, tanh and sigmoid are S-curves that flatten out, "
        "GELU and SiLU are soft hinges.",
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
NORMALISATION = Setting(
    name="normalisation",
    label="Normalisation",
    type=SettingType.CHOICE,
    choices=("none", "layer"),
    default="none",
    group="network",
    help=Help(
        sentence="Layer normalisation brings every row's units to one scale before the bend: deep networks learn more "
        "steadily.",
        caption="Turning every instrument to the same loudness before the next player listens.",
        formula=r"\hat z = g \odot \frac{z - \mathrm{mean}(z)}{\sqrt{\mathrm{var}(z) + \epsilon}} + b",
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
    """Numbers and embedded categories in, `num_outputs` raw scores out. Conforms to protocols.Model."""

    name: str = "table_network"
    title: str = "Feed-forward network for tables"
    settings: tuple[Setting, ...] = (
        *(WIDTH, DEPTH, ACTIVATION, DROPOUT, NORMALISATION, SKIP),
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
        tape: list[Any] | None = None,
    ) -> Tensor:
        """Raw scores (K, B, num_outputs). `dropout` is given in training only, and gives a hidden layer's mask; `tape`
        is filled with what `backward` needs."""
        import torch

        member = torch.arange(numeric_KBF.shape[0], device=numeric_KBF.device)[:, None]
        embedded = [params[f"embedding.{c}"][member, category_KBC[:, :, c]] for c in range(category_KBC.shape[2])]
        numbers, saved = _numeric_embedding.embed(settings["numeric_embedding"], params, numeric_KBF)
        hidden = torch.cat([numbers, *embedded], dim=2) if embedded else numbers
        inputs = hidden if numbers is numeric_KBF else torch.cat([numeric_KBF, *embedded], dim=2)
        bend = ACTIVATIONS[settings["activation"]]
        layers: list[Any] = []
        for layer in range(int(settings["depth"])):
            z = _linear(params, f"hidden.{layer}", hidden)
            normal = None
            if settings["normalisation"] == "layer":
                z, normal = _layer_norm(params, f"hidden.{layer}", z)
            bent = bend.forward(z)
            mask = dropout(bent) if dropout is not None else None
            layers.append((hidden, z, bent, mask, normal))
            hidden = bent if mask is None else bent * mask
        output = _linear(params, "output", hidden)
        if "skip.weight" in params:
            output = torch.baddbmm(output, inputs, params["skip.weight"])
        if tape is not None:
            tape += [category_KBC, numeric_KBF.shape[2], numbers.shape[2], saved, inputs, layers, hidden]
        return output

    def backward(
        self,
        params: Mapping[str, Tensor],
        tape: list[Any],
        raw_gradient_KBO: Tensor,
        settings: Mapping[str, Any],
        gradient: Mapping[str, Tensor],
    ) -> None:
        """Write the gradient of every parameter into `gradient`, from that of the raw scores; as autograd would, in
        fewer and larger steps."""
        category, num_numeric, num_numbers, saved, inputs, layers, hidden = tape
        bend = ACTIVATIONS[settings["activation"]]
        below = _linear_backward(params, "output", hidden, raw_gradient_KBO, gradient)
        for layer, (entered, z, bent, mask, normal) in reversed(list(enumerate(layers))):
            if mask is not None:
                below = below * mask
            below = bend.backward(below, z, bent)
            if normal is not None:
                below = _layer_norm_backward(params, f"hidden.{layer}", normal, below, gradient)
            needed = layer > 0 or category.shape[2] > 0 or saved is not None
            below = _linear_backward(params, f"hidden.{layer}", entered, below, gradient, onward=needed)
        if saved is not None:
            _numeric_embedding.backward(
                settings["numeric_embedding"], params, saved, below[..., :num_numbers], gradient
            )
        of_embedded = below[..., num_numbers:]
        if "skip.weight" in params:
            gradient["skip.weight"].copy_(inputs.transpose(1, 2) @ raw_gradient_KBO)
            if category.shape[2]:
                weight = params["skip.weight"][:, num_numeric:]
                of_embedded = of_embedded + raw_gradient_KBO @ weight.transpose(1, 2)
        _embeddings_backward(category, of_embedded, gradient)


def embedding_width(cardinality: int) -> int:
    """Width of a category's embedding: grows with the number of codes, 8 at most."""
    return min(8, (cardinality + 1) // 2)


def _linear(params: Mapping[str, Tensor], name: str, x_KBF: Tensor) -> Tensor:
    import torch

    return torch.baddbmm(params[f"{name}.bias"], x_KBF, params[f"{name}.weight"])


def _linear_backward(
    params: Mapping[str, Tensor],
    name: str,
    x_KBF: Tensor,
    above_KBH: Tensor,
    gradient: Mapping[str, Tensor],
    *,
    onward: bool = True,
) -> Tensor:
    gradient[f"{name}.weight"].copy_(x_KBF.transpose(1, 2) @ above_KBH)
    gradient[f"{name}.bias"].copy_(above_KBH.sum(1, keepdim=True))
    return above_KBH @ params[f"{name}.weight"].transpose(1, 2) if onward else above_KBH[..., :0]


def _layer_norm(params: Mapping[str, Tensor], name: str, z_KBH: Tensor) -> tuple[Tensor, tuple[Tensor, Tensor]]:
    """Every row's units brought to mean 0 and variance 1, then to a learned scale and shift (Ba et al., 2016)."""
    centred = z_KBH - z_KBH.mean(2, keepdim=True)
    inverse = (centred.square().mean(2, keepdim=True) + _NORM_EPSILON).rsqrt()
    standard = centred * inverse
    return standard * params[f"{name}.norm.scale.bias"] + params[f"{name}.norm.shift.bias"], (standard, inverse)


def _layer_norm_backward(
    params: Mapping[str, Tensor],
    name: str,
    saved: tuple[Tensor, Tensor],
    above_KBH: Tensor,
    gradient: Mapping[str, Tensor],
) -> Tensor:
    standard, inverse = saved
    gradient[f"{name}.norm.shift.bias"].copy_(above_KBH.sum(1, keepdim=True))
    gradient[f"{name}.norm.scale.bias"].copy_((above_KBH * standard).sum(1, keepdim=True))
    scaled = above_KBH * params[f"{name}.norm.scale.bias"]
    along = (scaled * standard).mean(2, keepdim=True)
    return (scaled - scaled.mean(2, keepdim=True) - standard * along) * inverse


def _embeddings_backward(category_KBC: Tensor, above_KBE: Tensor, gradient: Mapping[str, Tensor]) -> None:
    """Add up each code's rows."""
    import torch

    members, first = category_KBC.shape[0], 0
    for c in range(category_KBC.shape[2]):
        out = gradient[f"embedding.{c}"]
        cardinality, width = out.shape[1:]
        place = category_KBC[:, :, c] + torch.arange(members, device=out.device)[:, None] * cardinality
        summed = above_KBE.new_zeros(members * cardinality, width)
        summed.index_add_(0, place.flatten(), above_KBE[..., first : first + width].flatten(0, 1))
        out.copy_(summed.view(members, cardinality, width))
        first += width


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
        if name != "output" and settings["normalisation"] == "layer":
            params[f"{name}.norm.scale.bias"] = torch.ones(1, fan_out)
            params[f"{name}.norm.shift.bias"] = torch.zeros(1, fan_out)
    return params


MODEL = TableNetwork()
