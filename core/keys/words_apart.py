"""The text of code without its words and comments: what a key counts where a sentence may change and a figure not."""

from __future__ import annotations

import re

_COMMENT = re.compile(r"^\s*#.*$", re.MULTILINE)
_SENTENCE = re.compile(r'"[^"\n]* [^"\n]*"')  # a text with a space in it is no name


def without_words(code: str) -> str:
    """The code with every comment line and every text of more than one word left out, and without layout."""
    return " ".join(_SENTENCE.sub('""', _COMMENT.sub("", code)).split())
