"""A text as words: letters and digits in a row, or one sign of a script that puts no spaces between words."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import numpy as np

_SIGN = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Chinese and Japanese
_LETTER = rf"[^\W_{_SIGN}]"
_WORD = re.compile(rf"[{_SIGN}]|{_LETTER}+(?:['’]{_LETTER}+)*")
_DIGITS = re.compile(r"\d")
_NONE = 0xFFFD  # what stands for a number that is no character


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text, and where it stands there; `read` is how it is read: small letters, every digit a 0."""

    read: str
    start: int
    end: int

    @property
    def is_sign(self) -> bool:
        """Whether it is a single sign of a script without spaces."""
        return len(self.read) == 1 and bool(re.fullmatch(f"[{_SIGN}]", self.read))


def words_of(text: str) -> list[Word]:
    """The words of a text in their order; none of one that has no letter and no digit."""
    return [Word(_read(found.group()), *found.span()) for found in _WORD.finditer(text)]


def _read(word: str) -> str:
    told = unicodedata.normalize("NFKC", word).lower().replace("’", "'")
    return _DIGITS.sub("0", told)


def points_of(texts: list[str], length: int) -> np.ndarray:
    """Texts as an array (N, length) of their characters' numbers; cut where they are longer, 0 after a shorter."""
    found = np.zeros((len(texts), length), np.uint32)
    for row, text in zip(found, texts, strict=True):
        told = np.frombuffer(text[:length].encode("utf-32-le", errors="replace"), np.uint32)
        row[: len(told)] = told
    return found


def text_of(points: np.ndarray) -> str:
    """The inverse for one (length,): what stands before the first 0."""
    numbers = np.asarray(points).astype(np.int64)
    ends = np.flatnonzero(numbers == 0)
    shown = numbers[: ends[0]] if len(ends) else numbers
    return "".join(chr(n) if 0 < n < 0x110000 and not 0xD800 <= n < 0xE000 else chr(_NONE) for n in shown.tolist())
