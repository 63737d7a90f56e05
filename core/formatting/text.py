"""Visible text: `_` says our own sentences in the visitor's language; text that others wrote is shown letter by letter,
and not for long. What carries a message (core/formatting/messages.py) is said in that language by all of these.

Others wrote what stands in links, data, uploads, run folders and folders from outside. `plain` is for whatever shows
text as it is, `escape_markdown` and `named` for whatever reads Markdown, `for_terminal` and `json_for_terminal` for a
terminal.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import lru_cache

from core.formatting.catalogues import ENGLISH
from core.formatting.messages import Message, current, shown

NAME, SENTENCE = 100, 1_000  # the most letters of a name, a title or a value; of a sentence or a paragraph
_JOINER = "\u2060"  # seen by nobody, and no part of an address
_KEPT = "\u200c\u200d"  # joins letters of Persian and emoji
_UNSEEN = {"Cc", "Cf", "Co", "Cn"}  # control, direction and other marks without a picture
_ORDERS = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]P^_X][^\x07\x1b]*(?:\x07|\x1b\\)?|.)?|\x9b[0-?]*[ -/]*[@-~]")
_BREAKS = re.compile(r"[\t-\r\x1c-\x1f\x85\u2028\u2029]+")
# What Streamlit makes of a text after Markdown was read, so that no backslash holds it off: links, e-mail addresses,
# emoji and icons between colons (a time of day is none), arrows.
_SEAMS = re.compile(
    r"(?<=:)(?=\S)(?!(?<=\d:)\d\d(?!\d))|(?<=www)(?=\.)|(?=@)|(?<=(?<!\S)[<>~-])(?=(?:->|[>=-])(?!\S))", re.IGNORECASE
)
_MARKS = re.compile(r"[\\`*_\[\]<>$~&]|^(?:[#=]|-(?=-)|[+-](?=\s|$))|^\d+[.)](?=\s|$)")
_WIDE = re.compile(r"[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]")


def _(text: str) -> str:
    """A text of ours in the visitor's language: an English template, a declaration or a message. What it is filled with
    by `.format` is said in that language too."""
    return text if current() == ENGLISH else _Template(shown(text))


class _Template(str):
    __slots__ = ()

    def format(self, *given: object, **named: object) -> str:
        """As a text's own, with the messages among what it is given in the visitor's language."""
        return str.format(self, *map(_in_language, given), **{name: _in_language(v) for name, v in named.items()})


def _in_language(value: object) -> object:
    return shown(value) if isinstance(value, Message) else value


def plain(text: object, most: int = NAME) -> str:
    """One line of at most so many letters; nothing in it steers a terminal or turns the direction of reading."""
    text = shown(text) if isinstance(text, Message) else str(text)
    kept = _seen(text[: 20 * most]).strip()
    return kept if len(kept) <= most else kept[: most - 1].rstrip() + "…"


def escape_markdown(text: object, most: int = SENTENCE) -> str:
    """The same as Markdown that shows it letter by letter: no link, picture, formula, list or icon."""
    return _escaped(plain(text, most))


def named(text: object) -> str:
    """A name, a title or a value as Markdown that shows it letter by letter."""
    return escape_markdown(text, NAME)


def choice(text: object) -> str:
    """The same for a choice of a slider, which is Markdown to the eye and read aloud as it is written: a dollar sign
    that stands alone begins no formula and needs no backslash."""
    escaped = named(text)
    return escaped.replace("\\$", "$") if escaped.count("$") == 1 else escaped


def with_bold(text: object, most: int = SENTENCE) -> str:
    """As escape_markdown, but for what stands between two pairs of asterisks: the one mark a declaration may set."""
    parts = plain(text, most).split("**")
    if len(parts) % 2 == 0:
        return escape_markdown(text, most)
    return "".join(f"**{_escaped(part)}**" if i % 2 and part else _escaped(part) for i, part in enumerate(parts))


def for_terminal(text: object) -> str:
    """Lines as they may be printed: nothing in them moves the cursor, sets a title or turns the direction."""
    return "\n".join(_seen(line) for line in str(text).split("\n"))


def say(text: object, *, error: bool = False) -> None:
    """Print for people: on stdout, or on stderr beside JSON."""
    print(for_terminal(text), file=sys.stderr if error else sys.stdout)


def json_for_terminal(text: str) -> str:
    """JSON that says the same and may be printed: its marks without a picture are written as numbers."""
    return _WIDE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _seen(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    if len(text) <= NAME:
        return _seen_short(text)
    return _seen_longer(text) if len(text) <= SENTENCE else _looked_through(text)


@lru_cache(maxsize=20_000)  # a strip of sliders has a thousand stops with a space that does not break
def _seen_short(text: str) -> str:
    return _looked_through(text)


@lru_cache(maxsize=2_000)  # where an assumption comes from is said again whenever one is moved
def _seen_longer(text: str) -> str:
    return _looked_through(text)


def _looked_through(text: str) -> str:
    text = _BREAKS.sub(" ", _ORDERS.sub("", text))
    return "".join("\ufffd" if _is(c, {"Cs"}) else c for c in text if c in _KEPT or not _is(c, _UNSEEN))


def _is(letter: str, categories: set[str]) -> bool:
    return unicodedata.category(letter) in categories


def _escaped(text: str) -> str:
    return _MARKS.sub(lambda found: f"{found[0][:-1]}\\{found[0][-1]}", _SEAMS.sub(_JOINER, text))
