"""A network that makes pictures of noise, as a variational autoencoder or as a GAN, K members stacked."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.contracts import ArrayShape, InputKind, InputShapes, Layer
from core.errors import UserError
from core.formatting.messages import message
from core.models._dense import linear
from core.models._generative_settings import SETTINGS
from core.settings import Setting

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from core.contracts.workspace import Workspace

_KERNEL, _HALVED = 4, 4  # pixels of a side; two convolutions that halve the picture, or double it
_LEAK = 0.2
_HIDDEN = 4  # units of a dense layer to a pattern
_WIDEST = 8.0  # of a logarithm of a variance
Dropout = Callable[["Tensor"], "Tensor"] | None


@dataclass(frozen=True, kw_only=True, slots=True)
class GenerativeNetwork:
    """One half makes a picture of noise: two dense layers, and two convolutions that double it. The other looks at
    pictures: two that halve them, and two dense layers that say how a picture is drawn together (VAE; Kingma and
    Welling, 2014), or whether it is real (GAN; Goodfellow et al., 2014). Conforms to protocols.Model.

    Raw scores (K, B, 1 + pixels): what each row costs, which is all that is learned from, then the pixels of the
    picture that its noise becomes, from 0 to 1. Inputs: one picture from 0 to 1, one noise.
    """

    name: str = "generative_network"
    title: str = "Network that makes pictures"
    settings: tuple[Setting, ...] = SETTINGS

    def init(
        self,
        inputs: InputShapes,
        num_outputs: int,
        settings: Mapping[str, Any],
        generators: Sequence[torch.Generator],
    ) -> dict[str, Tensor]:
        """Fresh parameters on the CPU, each (K, ...), member k drawn from generators[k] alone. Raises UserError for
        other inputs than a picture that can be halved twice and noise that is long enough."""
        import torch

        sizes = _sizes(inputs, settings)
        members = [_init_one(sizes, g) for g in generators]
        return {name: torch.stack([m[name] for m in members]) for name in members[0]}

    def layers(self, params: Mapping[str, Tensor]) -> tuple[Layer, ...]:
        """Those that look at pictures, then those that make them, from the noise on."""
        titles = {
            "look.0": message("looks, near"),
            "look.1": message("looks, wide"),
            "look.hidden": message("looks at all of it"),
            "look.out": message("judges"),
            "make.in": message("reads noise"),
            "make.hidden": message("lays it out"),
            "make.0": message("makes, coarse"),
            "make.1": message("makes, fine"),
        }
        return tuple(
            Layer(name=name, title=title, weights=(f"{name}.weight",), spared=(f"{name}.bias",))
            for name, title in titles.items()
        )

    def forward(
        self,
        params: Mapping[str, Tensor],
        inputs: Mapping[str, Tensor],
        settings: Mapping[str, Any],
        dropout: Dropout = None,
        workspace: Workspace | None = None,
    ) -> Tensor:
        """Raw scores. `dropout` is given in training only, and falls on what the looking half found."""
        import torch

        picture, noise = _read(inputs)
        noise = noise[..., : int(settings["latent"])]
        if settings["method"] == "gan":
            pixels = made(params, noise).sigmoid()
            cost = _game(params, picture, pixels, float(settings["steady"]), dropout)
        else:
            cost, pixels = _drawn_together(params, picture, noise, float(settings["pull"]), dropout)
            if not torch.is_grad_enabled():  # what is learned from is what came back; what is asked for, what noise is
                pixels = made(params, noise).sigmoid()
        return torch.cat([cost[..., None], pixels.detach().flatten(2)], dim=2)

    def written(self, params: Mapping[str, Tensor], inputs: InputShapes, settings: Mapping[str, Any]) -> list[str]:
        """As `WrittenPlainly` has it: the half that makes pictures, which is what one takes home."""
        noise = next(array.name for array in inputs.arrays if array.kind is InputKind.NOISE)
        patterns = params["make.0.weight"].shape[1]
        side = math.isqrt(params["make.hidden.weight"].shape[2] // patterns)
        dense = (("make_in", f"{noise}[..., :{int(settings['latent'])}]"), ("make_hidden", "hidden"))

        def doubled(name: str) -> str:
            kernels = f"self.{name}_weight.flatten(0, 1), self.{name}_bias.flatten()"
            return f"functional.conv_transpose2d(x, {kernels}, stride=2, padding=1, groups=members)"

        return [
            *(f"hidden = torch.relu(torch.baddbmm(self.{n}_bias, {of}, self.{n}_weight))" for n, of in dense),
            f"x = hidden.unflatten(2, ({patterns}, {side}, {side})).transpose(0, 1).flatten(1, 2)",
            f"x = torch.relu({doubled('make_0')})",
            f"raw = torch.sigmoid({doubled('make_1')}).transpose(0, 1).flatten(2)",
        ]


def _read(inputs: Mapping[str, Tensor]) -> tuple[Tensor, Tensor]:
    """The picture (K, B, H, W) and the noise (K, B, numbers) among the inputs."""
    arrays = [t for name, t in inputs.items() if name not in ("numeric", "category")]
    picture = next(t for t in arrays if t.dim() == 5)
    return picture[..., 0], next(t for t in arrays if t.dim() == 3)


def made(params: Mapping[str, Tensor], noise_KBZ: Tensor) -> Tensor:
    """What noise becomes: log-odds of pixels (K, B, H, W)."""
    from torch.nn import functional

    first = linear(params, "make.hidden", linear(params, "make.in", noise_KBZ, None).relu(), None).relu()
    members, rows = first.shape[:2]
    patterns = params["make.0.weight"].shape[1]
    side = math.isqrt(first.shape[2] // patterns)
    x = first.view(members, rows, patterns, side, side).transpose(0, 1).flatten(1, 2)
    for name in ("make.0", "make.1"):
        weight, bias = params[f"{name}.weight"], params[f"{name}.bias"]
        x = functional.conv_transpose2d(x, weight.flatten(0, 1), bias.flatten(), stride=2, padding=1, groups=members)
        x = x.relu() if name == "make.0" else x
    return x.transpose(0, 1)  # one channel a member


def looked(params: Mapping[str, Tensor], picture_KBHW: Tensor, dropout: Dropout = None) -> Tensor:
    """What the other half says of pictures, (K, B, numbers)."""
    from torch.nn import functional

    x = picture_KBHW.transpose(0, 1)
    members = x.shape[1]
    for name in ("look.0", "look.1"):
        weight, bias = params[f"{name}.weight"], params[f"{name}.bias"]
        x = functional.conv2d(x, weight.flatten(0, 1), bias.flatten(), stride=2, padding=1, groups=members)
        x = functional.leaky_relu(x, _LEAK)
    seen = x.view(len(x), members, -1).transpose(0, 1)
    hidden = functional.leaky_relu(linear(params, "look.hidden", seen, None), _LEAK)
    return linear(params, "look.out", hidden if dropout is None else hidden * dropout(hidden), None)


def middle_of(params: Mapping[str, Tensor], inputs: Mapping[str, Tensor]) -> Tensor:
    """What a variational autoencoder draws pictures together to, (K, B, latent)."""
    return looked(params, _read(inputs)[0]).chunk(2, dim=2)[0]


def _game(params: Mapping[str, Tensor], picture: Tensor, pixels: Tensor, steady: float, dropout: Dropout) -> Tensor:
    """What each row costs (K, B): the looking half, where it takes a real picture for a made one or the other way
    round; the making half, where the other is not deceived. Each is moved by its own part alone. steady: how much the
    looking half pays in training for how steeply its verdict changes around real pictures (R1; Mescheder et al., 2018):
    without it the two chase one another in circles."""
    import torch
    from torch.nn import functional

    rows, is_taught = picture.shape[1], torch.is_grad_enabled()
    if steady and is_taught:
        picture = picture.detach().requires_grad_()
    said = looked(params, torch.cat([picture, pixels.detach()], dim=1), dropout)[..., 0]
    still = {name: value.detach() for name, value in params.items() if name.startswith("look.")}
    deceived = looked(still, pixels, dropout)[..., 0]
    costs = functional.softplus(-said[:, :rows]) + functional.softplus(said[:, rows:])
    if steady and is_taught:
        (steep,) = torch.autograd.grad(said[:, :rows].sum(), picture, create_graph=True)
        costs = costs + steady / 2 * steep.square().sum((2, 3))
    return costs + functional.softplus(-deceived)


def _drawn_together(
    params: Mapping[str, Tensor], picture: Tensor, noise: Tensor, pull: float, dropout: Dropout
) -> tuple[Tensor, Tensor]:
    """What each row costs (K, B), in nats a pixel, and what came back of its picture (K, B, H, W)."""
    from torch.nn import functional

    middle, width = looked(params, picture, dropout).chunk(2, dim=2)
    width = width.clamp(-_WIDEST, _WIDEST)
    odds = made(params, middle + noise * (width / 2).exp())
    lost = functional.binary_cross_entropy_with_logits(odds, picture, reduction="none").sum((2, 3))
    apart = (middle.square() + width.exp() - 1 - width).sum(2) / 2
    return (lost + pull * apart) / picture[0, 0].numel(), odds.sigmoid()


def _sizes(inputs: InputShapes, settings: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    """The shape of each layer's weights, in their order; dense ones have two sides."""
    kinds = [array.kind for array in inputs.arrays]
    wanted = sorted(kinds) == sorted((InputKind.IMAGE, InputKind.NOISE))
    if not wanted or inputs.num_numeric or inputs.cardinalities:
        raise UserError(
            "The network that makes pictures reads one picture and one noise of each example, and no column; it was "
            "given {arrays}. Declare both in `arrays` of the use case, and no `columns`.",
            arrays=inputs.listed,
        )
    picture: ArrayShape = inputs.arrays[kinds.index(InputKind.IMAGE)]
    noise: ArrayShape = inputs.arrays[kinds.index(InputKind.NOISE)]
    (height, width, channels), latent = picture.shape, int(settings["latent"])
    if height != width or height % _HALVED or channels != 1 or latent > noise.shape[0]:
        raise UserError(
            "The network that makes pictures makes square grey ones with sides that four divides, of no more numbers "
            "than the noise has; here are {shape} pixels, and {latent} of {numbers} numbers. Scale the pictures, or "
            "declare more noise.",
            shape=str(picture.shape),
            latent=latent,
            numbers=noise.shape[0],
        )
    few, many = int(settings["patterns"]), 2 * int(settings["patterns"])
    small, hidden = many * (height // _HALVED) ** 2, _HIDDEN * few
    return {
        "look.0": (few, 1, _KERNEL, _KERNEL),
        "look.1": (many, few, _KERNEL, _KERNEL),
        "look.hidden": (small, hidden),
        "look.out": (hidden, 1 if settings["method"] == "gan" else 2 * latent),
        "make.in": (latent, hidden),
        "make.hidden": (hidden, small),
        "make.0": (many, few, _KERNEL, _KERNEL),
        "make.1": (few, 1, _KERNEL, _KERNEL),
    }


def _init_one(sizes: Mapping[str, tuple[int, ...]], generator: torch.Generator) -> dict[str, Tensor]:
    """As He et al. (2015) draw weights; the last of each half a tenth of it, so that it begins undecided."""
    import torch

    params: dict[str, Tensor] = {}
    for name, shape in sizes.items():
        halves = name.startswith("look") and len(shape) == 4
        fan_in = math.prod(shape[1:]) if halves else shape[0] * (_HALVED if len(shape) == 4 else 1)
        last = name in ("look.out", "make.1")
        weight = torch.randn(*shape, generator=generator) * math.sqrt(2 / fan_in) * (0.1 if last else 1.0)
        params[f"{name}.weight"] = weight
        out = shape[0] if halves else shape[1]
        params[f"{name}.bias"] = torch.zeros((1, out) if len(shape) == 2 else (out,))
    return params


MODEL = GenerativeNetwork()
