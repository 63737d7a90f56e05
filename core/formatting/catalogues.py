"""Catalogues of other languages: core/locale/<language>.po, read as they are, so that nobody has to compile them."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from gettext import c2py
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "locale"
ENGLISH = "en"
_LINE = re.compile(r'(?:(msgid_plural|msgid|msgstr)(?:\[(\d+)\])? )?(".*")')
_PLURAL = re.compile(r"plural=([^;]+)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Catalogue:
    """One language. title: its name in itself; texts: id -> text, one for each form where the id has a plural;
    form_of: which of them a count takes."""

    title: str
    texts: Mapping[str, tuple[str, ...]]
    form_of: Callable[[int], int]

    def text(self, id: str) -> str | None:
        """The id's text, or None where it is not translated."""
        found = self.texts.get(id)
        return found[0] if found else None

    def plural(self, id: str, count: float) -> str | None:
        """The text for this many of something, or None."""
        found = self.texts.get(id)
        if not found:
            return None
        form = self.form_of(int(count) if count == int(count) else 2)
        return found[form] if form < len(found) else found[-1]


@cache
def languages() -> tuple[str, ...]:
    """English, and every language that has a catalogue."""
    return (ENGLISH, *sorted(path.stem for path in FOLDER.glob("*.po")))


@cache
def catalogue(language: str) -> Catalogue | None:
    """The language's catalogue; None for English, whose ids are the text, and for one that there is none of."""
    if language == ENGLISH or language not in languages():
        return None
    return read((FOLDER / f"{language}.po").read_text("utf-8"))


def title_of(language: str) -> str:
    """The language's name in itself; it says so where only a part is translated."""
    found = catalogue(language)
    return found.title if found else "English"


def matching(wanted: str | None) -> str | None:
    """The language that is meant by a browser's or a link's 'zh-Hans-CN', else None."""
    asked = (wanted or "").replace("-", "_").lower()
    exact = [name for name in languages() if name.lower() == asked]
    alike = [name for name in languages() if name.lower().partition("_")[0] == asked.partition("_")[0]]
    return next(iter(exact + alike), None)


def read(po: str) -> Catalogue:
    """A .po file's catalogue. Entries marked as fuzzy or left empty are not translated. Raises ValueError, with the
    line, for what is no .po file."""
    texts: dict[str, tuple[str, ...]] = {}
    for entry in _entries(po):
        forms = tuple(text for name, text in entry.items() if name.startswith("msgstr"))
        if all(forms):
            texts[entry["msgid"]] = forms
    head = dict(line.split(": ", 1) for line in texts.pop("", ("",))[0].splitlines() if ": " in line)
    rule = _PLURAL.search(head.get("Plural-Forms", "plural=n != 1"))
    if rule is None:
        raise ValueError("Plural-Forms of a catalogue says nplurals=...; plural=...;")
    return Catalogue(title=head.get("X-Native-Name", head.get("Language", "?")), texts=texts, form_of=c2py(rule[1]))


def _entries(po: str) -> Iterator[dict[str, str]]:
    """Each entry's texts by keyword: msgid, msgid_plural, msgstr, msgstr[0], ..."""
    entry: dict[str, str] = {}
    key, is_fuzzy, skipped = "", False, False
    for number, line in enumerate(po.splitlines(), 1):
        if line.startswith("#"):
            is_fuzzy = is_fuzzy or (line.startswith("#,") and "fuzzy" in line)
            continue
        if not line.strip():
            continue
        found = _LINE.fullmatch(line.strip())
        if not found or not (found[1] or key):
            raise ValueError(f"line {number} of a catalogue is no msgid, msgstr or text in quotation marks: {line!r}")
        if found[1] == "msgid":
            if entry and not skipped:
                yield entry
            entry, skipped, is_fuzzy = {}, is_fuzzy, False
        if found[1]:
            key = f"{found[1]}[{found[2]}]" if found[2] else found[1]
        entry[key] = entry.get(key, "") + ast.literal_eval(found[3])
    if entry and not skipped:
        yield entry


def quoted(text: str) -> str:
    """A text as a .po file writes it."""
    marks = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}
    return '"' + "".join(marks.get(letter, letter) for letter in text) + '"'
