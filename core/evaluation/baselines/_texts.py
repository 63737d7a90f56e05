"""What simple methods read of texts: how often words and runs of characters stand in them, the rarer the heavier."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from core.contracts import Examples
from core.errors import UserError
from core.texts.words import text_of, words_of

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


def texts_of(examples: Examples) -> list[list[str]]:
    """The words of each example's text, of the first array that is one. Raises UserError without any."""
    for values in examples.arrays.values():
        if values.ndim == 2 and values.dtype == np.uint32:
            return [[word.read for word in words_of(text_of(points))] for points in values]
    raise UserError("This simple method reads a text of each example; there are none. Leave it out of `baselines`.")


def weighed(texts: list[list[str]], train: np.ndarray, candidate: Mapping[str, Any]) -> csr_matrix:
    """Texts as rows of length 1 (N, V): logarithm of counts times inverse document frequency (Spärck Jones, 1972),
    fitted on the training rows. words: up to how many in a row; characters: up to how many inside a word, 0: none."""
    from scipy.sparse import hstack
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.preprocessing import normalize

    parts = []
    if most := int(candidate["words"]):
        parts.append(TfidfVectorizer(analyzer=_Runs(most), sublinear_tf=True))
    if most := int(candidate["characters"]):
        parts.append(TfidfVectorizer(analyzer=_Characters(most), sublinear_tf=True))
    for part in parts:
        part.fit([texts[row] for row in train])
    found = hstack([part.transform(texts) for part in parts]).tocsr()
    return normalize(found).astype(np.float32)


class _Runs:
    """Words in a row, up to so many; signs of Chinese are words."""

    def __init__(self, most: int) -> None:
        self.most = most

    def __call__(self, words: list[str]) -> list[str]:
        sizes = range(1, self.most + 1)
        return [" ".join(words[at : at + size]) for size in sizes for at in range(len(words) - size + 1)]


class _Characters:
    """Characters in a row inside a word with its ends marked, from two up to so many."""

    def __init__(self, most: int) -> None:
        self.most = most

    def __call__(self, words: list[str]) -> list[str]:
        found = []
        for word in words:
            marked = f" {word} "
            sizes = range(2, self.most + 1)
            found += [marked[at : at + size] for size in sizes for at in range(len(marked) - size + 1)]
        return found
