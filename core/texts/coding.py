"""From texts to the codes of their words' pieces: what networks look up. Needs no vocabulary, and learns nothing."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np

from core.contracts.pieces import Pieces
from core.texts.words import Word, text_of, words_of

_WHOLE = "\0"  # ends what is hashed of a whole word, so that it is told from the same letters inside another


def coded(points_NL: np.ndarray, pieces: Pieces) -> np.ndarray:
    """Texts (N, characters) as codes (N, words, pieces) in 32 bits; 0 where there is none."""
    found = np.zeros((len(points_NL), pieces.words, pieces.most), np.int32)
    known: dict[str, list[int]] = {}
    for row, points in zip(found, points_NL, strict=True):
        words = words_of(text_of(points))[: pieces.words]
        for place, told in enumerate(_told(words, pieces.longest)):
            if told not in known:
                known[told] = _codes(told, words[place].is_sign, pieces)
            own = known[told]
            row[place, : len(own)] = own
    return found


def _told(words: Sequence[Word], longest: int) -> list[str]:
    """What each word's pieces are made of: itself; a sign, with the signs that follow it."""
    told = []
    for place, word in enumerate(words):
        found = word.read
        if word.is_sign:
            for after in words[place + 1 : place + longest]:
                if not after.is_sign:
                    break
                found += after.read
        told.append(found)
    return told


def _codes(told: str, is_sign: bool, pieces: Pieces) -> list[int]:
    """The word itself first, then its pieces from the shortest to the longest."""
    if is_sign:
        parts = [told[:size] + _WHOLE for size in range(1, len(told) + 1)]
    else:
        marked = f"<{told}>"
        sizes = range(pieces.shortest, pieces.longest + 1)
        parts = [marked[at : at + size] for size in sizes for at in range(len(marked) - size + 1)]
        parts = [told + _WHOLE, *(part for part in parts if part != marked)]
    return [zlib.crc32(part.encode(errors="replace")) % (pieces.codes - 1) + 1 for part in parts[: pieces.most]]
