"""What the first layer of a network for pictures looks for while it trains, and what it finds in one picture: a few
patterns, small, in sixteen shades. Changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

import torch
from torch import Tensor
from torch.nn import functional

from core.contracts.events import FirstLook, Shades

_MOST_PATTERNS, _MOST_SIDE, _MOST_PICTURE = 6, 16, 28
_SHADES = 16
_MOST_TOLD = 8  # epochs in every doubling


@runtime_checkable
class ShowsFirstLayer(Protocol):
    """A model whose first layer lays patterns on a picture. Others are watched without."""

    def first_layer(
        self, params: Mapping[str, Tensor], inputs: Mapping[str, Tensor], settings: Mapping[str, Any]
    ) -> tuple[Tensor, Tensor, Tensor]:
        """The pictures (K, B, H, W, C), the patterns (K, O, h, w, C), and where each was found, (K, B, H', W', O)."""
        ...


def is_told(epoch: int) -> bool:
    """Whether this epoch tells it: of the first fifteen each, then eight in every doubling."""
    return epoch % (1 << max(0, (epoch // _MOST_TOLD).bit_length() - 1)) == 0


def first_look(
    model: object,
    params: Mapping[str, Tensor],
    inputs: Mapping[str, Tensor],
    settings: Mapping[str, Any],
    *,
    with_picture: bool,
) -> FirstLook | None:
    """Of the first network and the first example; None for a model that has nothing to show. Of many channels the mean
    is shown. A pattern is on a scale of its own around the middle shade, which is 0; all that they find is on one."""
    if not isinstance(model, ShowsFirstLayer):
        return None
    with torch.inference_mode():
        own = {name: value[:1] for name, value in params.items()}
        one = {name: value[:1, :1] for name, value in inputs.items()}
        picture, patterns, found = model.first_layer(own, one, settings)
    patterns, found = patterns[0, :_MOST_PATTERNS].mean(-1), found[0, 0, :, :, :_MOST_PATTERNS].permute(2, 0, 1)
    strongest = patterns.abs().amax((1, 2), keepdim=True).clamp_min(1e-12)
    told: FirstLook = {
        "patterns": shades((patterns / strongest + 1) / 2),
        "found": shades(_between(_small(found, _MOST_SIDE))),
    }
    if with_picture:
        told["picture"] = shades(_between(_small(picture[0, :1].mean(-1), _MOST_PICTURE)))
    return told


def _small(values_NHW: Tensor, most: int) -> Tensor:
    """At most so high and wide, by means."""
    height, width = (min(side, most) for side in values_NHW.shape[1:])
    return functional.adaptive_avg_pool2d(values_NHW.float(), (height, width))


def _between(values: Tensor) -> Tensor:
    """From the lowest to the highest, 0 to 1."""
    low, high = values.amin(), values.amax()
    return (values - low) / (high - low).clamp_min(1e-12)


def shades(values_NHW: Tensor) -> Shades:
    """Numbers from 0 to 1 as one hexadecimal digit each; what is no number as the darkest."""
    numbers = torch.nan_to_num(values_NHW, nan=0.0).clamp(0, 1).mul(_SHADES - 1).round().int().flatten(1).tolist()
    return {
        "high": values_NHW.shape[1],
        "wide": values_NHW.shape[2],
        "of": ["".join(f"{shade:x}" for shade in row) for row in numbers],
    }
