"""What simple methods read of pictures: pixels, brightness of zones, histograms of oriented gradients."""

from __future__ import annotations

import numpy as np

from core.contracts import Examples
from core.errors import UserError

_ORIENTATIONS = 9
_BLOCK = 2  # cells
_MOST = 0.2  # of a block's length, in one number of it (Dalal and Triggs, 2005)


def pictures_of(examples: Examples) -> np.ndarray:
    """The pictures (N, H, W, C) beside the table, the first array that is one. Raises UserError without any."""
    for values in examples.arrays.values():
        if values.ndim == 4:
            return values
    raise UserError("This simple method reads a picture of each example; there are none. Leave it out of `baselines`.")


def zones(pictures_NHWC: np.ndarray, parts: int) -> np.ndarray:
    """The mean brightness (N, parts x parts) of the zones of an even grid, which is no finer than the pixels."""
    grey = pictures_NHWC.mean(3, dtype=np.float64)
    rows, columns = (np.linspace(0, size, min(parts, size) + 1).astype(int) for size in grey.shape[1:])
    sums = np.add.reduceat(np.add.reduceat(grey, rows[:-1], axis=1), columns[:-1], axis=2)
    found: np.ndarray = (sums / np.outer(np.diff(rows), np.diff(columns))).reshape(len(grey), -1)
    return found


def oriented_gradients(pictures_NHWC: np.ndarray, cell: int) -> np.ndarray:
    """Histograms of oriented gradients (Dalal and Triggs, 2005): of each cell of `cell` x `cell` pixels, how much the
    brightness changes in each of nine directions without sign; four cells together are brought to one length, cut and
    brought to it again. (N, numbers). Raises UserError for pictures of less than four cells."""
    least = _BLOCK * cell
    if min(pictures_NHWC.shape[1:3]) < least:
        raise UserError(
            "Edges in cells of {cell} pixels need pictures of at least {least} x {least} pixels; these have {height} x "
            "{width}. Leave hog_boosting out of `baselines`.",
            cell=cell,
            least=least,
            height=pictures_NHWC.shape[1],
            width=pictures_NHWC.shape[2],
        )
    grey = pictures_NHWC.mean(3, dtype=np.float32)
    down, across = np.zeros_like(grey), np.zeros_like(grey)
    down[:, 1:-1] = grey[:, 2:] - grey[:, :-2]
    across[:, :, 1:-1] = grey[:, :, 2:] - grey[:, :, :-2]
    length = np.hypot(down, across)
    direction = (np.arctan2(down, across) % np.pi * (_ORIENTATIONS / np.pi)).astype(int) % _ORIENTATIONS
    high, wide = (size // cell for size in grey.shape[1:])
    inside = np.s_[:, : high * cell, : wide * cell]
    shape = len(grey), high, cell, wide, cell
    counts = [
        np.where(direction[inside] == one, length[inside], 0).reshape(shape).sum((2, 4)) for one in range(_ORIENTATIONS)
    ]
    cells = np.stack(counts, axis=3)  # (N, high, wide, orientations)
    far = high - _BLOCK + 1, wide - _BLOCK + 1
    blocks = np.concatenate(
        [cells[:, i : i + far[0], j : j + far[1]] for i in range(_BLOCK) for j in range(_BLOCK)], axis=3
    )
    found: np.ndarray = _one_length(np.minimum(_one_length(blocks), _MOST)).reshape(len(grey), -1)
    return found


def _one_length(blocks: np.ndarray) -> np.ndarray:
    divided: np.ndarray = blocks / np.sqrt(np.square(blocks).sum(-1, keepdims=True) + 1e-5)
    return divided
