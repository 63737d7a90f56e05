"""Numbers with fewer bits: what a file need not keep of a prediction or a weight."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

_MANTISSA = 23  # stored bits of a 32-bit number
_STEPS_IN_SPREAD = 64
_MANY, _SMALL, _OF_SMALL = 32, 0.01, 2  # outputs; a chance below which few bits are kept, and how many
_LEAST = 2.0**-12  # of such a chance
_OFF_ONE = 0.05  # that chances may add up to another sum than one: they may have been rounded already


def rounded(values: np.ndarray, bits: int) -> np.ndarray:
    """In 32 bits, with `bits` of the mantissa's 23, to the nearest: off by a share of at most 2 to the -(bits + 1)."""
    import numpy as np

    full = np.ascontiguousarray(values, dtype=np.float32) + np.float32(0)  # no negative zero
    drop = np.uint32(_MANTISSA - bits)
    told = full.view(np.uint32)
    half = (np.uint32(1) << (drop - np.uint32(1))) - np.uint32(1) + ((told >> drop) & np.uint32(1))
    found = ((told + half) >> drop << drop).view(np.float32)
    return np.where(np.isfinite(found), found, full)


def rounded_predictions(values: np.ndarray, bits: int) -> np.ndarray:
    """The same of predictions (..., N, O), each output by itself. One whose rows lie so close together that many would
    become the same keeps its 32 bits: the order of its rows is all that it says. Where the outputs are chances of more
    than 32 classes, one below a percent keeps 2 bits, and none is below 1 in 4,096: most of what such a file holds is
    how unlikely the other classes are. Rounding again changes nothing."""
    import numpy as np

    full = np.ascontiguousarray(values, dtype=np.float32)
    if full.shape[-1] > _MANY and full.size and (full >= 0).all() and (abs(full.sum(-1) - 1) < _OFF_ONE).all():
        small = np.maximum(rounded(full, min(bits, _OF_SMALL)), np.float32(_LEAST))
        return np.where(full < _SMALL, small, rounded(full, bits))
    spread = full.std(axis=-2, keepdims=True, dtype=np.float64)
    size = np.abs(full).max(axis=-2, keepdims=True, initial=0)
    return np.where(spread * 2**bits >= _STEPS_IN_SPREAD * size, rounded(full, bits), full + np.float32(0))
