"""Rows that stay together in a batch: the groups of a ranking, the windows of a series. Knows numbers alone."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np


def whole_blocks(block_N: np.ndarray, most: int, rng: np.random.Generator | None = None) -> np.ndarray:
    """The places (n,) of some rows, by whole blocks: about `most`, and one block at least. Blocks are taken evenly in
    the order of their numbers; at random where there is an rng."""
    codes, sizes = np.unique(block_N, return_inverse=True, return_counts=True)[1:]
    count = min(len(sizes), max(1, len(sizes) * most // len(block_N)))
    evenly = np.linspace(0, len(sizes) - 1, count).astype(int)
    return np.flatnonzero(np.isin(codes, evenly if rng is None else rng.permutation(len(sizes))[:count]))


class Blocks:
    """Of K networks: which block each training row is in, of lengths n_k; every block of a network has a row."""

    def __init__(self, block_N: np.ndarray, trains: Sequence[np.ndarray]) -> None:
        self.codes = [np.unique(block_N[train], return_inverse=True)[1] for train in trains]
        self.sizes = [np.bincount(codes) for codes in self.codes]

    def steps(self, wanted: int) -> int:
        """So many batches at most: each has a block of every network."""
        return min(wanted, *(len(sizes) for sizes in self.sizes))

    def cut(self, order_Kn: np.ndarray, steps: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """A shuffled order with the rows of a block side by side, (K, longest), as the data has them: the blocks come
        in the order of their first rows. Then the places in it of every step, (K, steps, B), and which are not padded.
        A step has the same number of blocks as any other, or one more; B is the same in every epoch."""
        width = max(int(np.sort(sizes)[-math.ceil(len(sizes) / steps) :].sum()) for sizes in self.sizes)
        order = np.zeros_like(order_Kn)
        at, present = (np.zeros((len(order), steps, width), dtype=of) for of in (np.int64, bool))
        for k, (codes, sizes) in enumerate(zip(self.codes, self.sizes, strict=True)):
            first = np.full(len(sizes), len(codes))
            np.minimum.at(first, codes[order_Kn[k, : len(codes)]], np.arange(len(codes)))
            order[k, : len(codes)] = np.argsort(first[codes], kind="stable")
            ends = np.r_[0, np.cumsum(sizes[np.argsort(first)])][np.arange(steps + 1) * len(sizes) // steps]
            places = ends[:-1, None] + np.arange(width)
            present[k] = places < ends[1:, None]
            at[k] = np.where(present[k], places, ends[:-1, None])
        return order, at, present
