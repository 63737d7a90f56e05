"""Numbers as vectors, each feature its own: piecewise-linear or periodic (Gorishniy et al., 2022). Stacked members."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch
    from torch import Tensor

_BINS = 16
_FREQUENCIES = 8
_REACH = 3.0  # standard deviations; inputs are brought to that scale before


def size(kind: str, num_numeric: int, width: int) -> int:
    """How many inputs the embedded numbers are."""
    return num_numeric if kind == "none" else num_numeric * width


def init(kind: str, num_numeric: int, width: int, spread: float, generator: torch.Generator) -> dict[str, Tensor]:
    """Parameters of one member; none for kind 'none'."""
    import torch

    if kind == "none" or num_numeric == 0:
        return {}
    inner = _BINS if kind == "piecewise" else 2 * _FREQUENCIES
    bound = 1 / math.sqrt(inner)
    params = {
        "number.weight": (torch.rand(num_numeric, inner, width, generator=generator) * 2 - 1) * bound,
        "number.bias": (torch.rand(num_numeric, width, generator=generator) * 2 - 1) * bound,
    }
    if kind == "periodic":
        params["number.frequency.bias"] = torch.randn(num_numeric, _FREQUENCIES, generator=generator) * spread
    return params


def embed(kind: str, params: Mapping[str, Tensor], numeric_KBF: Tensor) -> tuple[Tensor, Any]:
    """Inputs (K, B, F) -> (K, B, F x width), and what `backward` needs; None when numbers enter as they are."""
    import torch

    if kind == "none" or numeric_KBF.shape[2] == 0:
        return numeric_KBF, None
    inner = _piecewise(numeric_KBF) if kind == "piecewise" else _periodic(params, numeric_KBF)
    members, rows, features, _ = inner.shape
    by_feature = inner.transpose(1, 2).reshape(members * features, rows, -1)
    weight, bias = params["number.weight"].flatten(0, 1), params["number.bias"].flatten(0, 1)[:, None]
    out = torch.relu(torch.baddbmm(bias, by_feature, weight))
    laid = out.view(members, features, rows, -1).transpose(1, 2).reshape(members, rows, -1)
    return laid, (numeric_KBF, by_feature, out)


def written(kind: str, params: Mapping[str, Tensor]) -> list[str]:
    """Lines of Python that make `numbers` of `numeric`."""
    import torch

    if "number.weight" not in params:
        return ["numbers = numeric"]
    if kind == "piecewise":
        first, width = _bins(torch.device("cpu"), torch.float32)
        inner = [
            f"bins = torch.tensor({first.tolist()})",
            f"widths = torch.tensor({width.tolist()})",
            "inner = ((numeric[..., None] - bins) / widths).clamp(0, 1)  # how far through each bin",
        ]
    else:
        inner = [
            "angle = 2 * math.pi * numeric[..., None] * self.number_frequency_bias[:, None]",
            "inner = torch.cat([angle.cos(), angle.sin()], dim=-1)",
        ]
    return [
        *inner,
        "inner = inner.transpose(1, 2).flatten(0, 1)  # (networks x columns, rows, parts)",
        "bias, weight = self.number_bias.flatten(0, 1)[:, None], self.number_weight.flatten(0, 1)",
        "numbers = torch.relu(torch.baddbmm(bias, inner, weight))",
        "numbers = numbers.unflatten(0, (members, -1)).transpose(1, 2).flatten(2)",
    ]


def backward(
    kind: str, params: Mapping[str, Tensor], saved: Any, above_KBE: Tensor, gradient: Mapping[str, Tensor]
) -> None:
    """Write the gradients of `init`'s parameters."""
    numeric, by_feature, out = saved
    members, rows, features = numeric.shape
    above = above_KBE.reshape(members, rows, features, -1).transpose(1, 2).reshape(members * features, rows, -1)
    above = above * (out > 0)
    gradient["number.weight"].copy_((by_feature.transpose(1, 2) @ above).view(members, features, -1, above.shape[2]))
    gradient["number.bias"].copy_(above.sum(1).view(members, features, -1))
    if kind == "periodic":
        weight = params["number.weight"].flatten(0, 1)
        into = (above @ weight.transpose(1, 2)).view(members, features, rows, -1)
        cosine, sine = by_feature.view(members, features, rows, -1).chunk(2, dim=-1)
        of_cosine, of_sine = into.chunk(2, dim=-1)
        of_angle = of_sine * cosine - of_cosine * sine
        x = 2 * math.pi * numeric.transpose(1, 2)[:, :, None]  # (K, F, 1, B)
        gradient["number.frequency.bias"].copy_((x @ of_angle).squeeze(2))


def _piecewise(numeric_KBF: Tensor) -> Tensor:
    """For each bin how far the number has come through it, 0 to 1: (K, B, F, bins). The bins hold equal shares of a
    standard normal, which is what the quantile transform makes of any feature; the outer ones end at the reach."""
    first, width = _bins(numeric_KBF.device, numeric_KBF.dtype)
    return ((numeric_KBF[..., None] - first) / width).clamp(0, 1)


@lru_cache(maxsize=8)
def _bins(device: torch.device, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    """Where each bin begins and how wide it is; brought to the device once."""
    import torch

    with torch.inference_mode(False):  # whoever asks first: autograd may ask next
        inside = torch.special.ndtri(torch.linspace(0, 1, _BINS + 1, dtype=torch.float64)[1:-1])
        ends = torch.cat([inside.new_tensor([-_REACH]), inside, inside.new_tensor([_REACH])]).to(device, dtype)
        return ends[:-1], ends.diff()


def _periodic(params: Mapping[str, Any], numeric_KBF: Tensor) -> Tensor:
    """Cosine and sine at learned frequencies: (K, B, F, 2 x frequencies)."""
    import torch

    angle = 2 * math.pi * numeric_KBF[..., None] * params["number.frequency.bias"][:, None]
    return torch.cat([angle.cos(), angle.sin()], dim=-1)
