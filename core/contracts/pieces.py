"""How a text is read: as words, and each word as pieces that are hashed, so that no word is unknown."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Pieces:
    """The first `words` words of a text, each by at most `most` pieces: itself, and what its characters are from
    `shortest` to `longest` in a row, with its two ends marked. A sign of Chinese or Japanese is a word; its pieces are
    itself and it with what follows. A piece is a code from 1 to `codes` - 1, by its hash; code 0 is none."""

    words: int = 32
    most: int = 16
    codes: int = 4096
    shortest: int = 3
    longest: int = 5
