"""Numbers with fewer bits: what a file need not keep of a prediction or a weight."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

_MANTISSA = 23  # stored bits of a 32-bit number
_STEPS_IN_SPREAD = 64


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
    become the same keeps its 32 bits: the order of its rows is all that it says. Rounding again changes nothing."""
    import numpy as np

    full = np.ascontiguousarray(values, dtype=np.float32)
    spread = full.std(axis=-2, keepdims=True, dtype=np.float64)
    size = np.abs(full).max(axis=-2, keepdims=True, initial=0)
    return np.where(spread * 2**bits >= _STEPS_IN_SPREAD * size, rounded(full, bits), full + np.float32(0))
