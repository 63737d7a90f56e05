"""A picture under what networks saw in it, as one PNG: a colour for what speaks for the event, one for what against."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.charts.look import Look
from core.formatting.png import address

if TYPE_CHECKING:
    import numpy as np

_DEEPEST = 0.85  # of a colour over a picture
_FADES = 0.75  # so that half of the largest is still plain to see
_FAINTEST = 0.08  # of the largest: less is not drawn


def overlay(picture: Sequence[Sequence[float]], heat: Sequence[Sequence[float]], look: Look) -> str:
    """picture (H, W) of greys from 0 to 1, heat (H, W) from -1 to 1. An address that a page can show."""
    import numpy as np

    grey, seen = np.asarray(picture, dtype=float), np.asarray(heat, dtype=float)
    size = np.abs(seen)
    share = np.where(size < _FAINTEST, 0.0, size**_FADES * _DEEPEST)[..., None]
    colour = np.where(seen[..., None] > 0, _rgb(look.outcome), _rgb(look.network))
    return address((grey[..., None] * 255 * (1 - share) + colour * share).round().clip(0, 255).astype(np.uint8))


def _rgb(colour: str) -> np.ndarray:
    import numpy as np

    return np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)], dtype=float)
