"""Messages: our own sentences, which read as English and remember their id and parameters, so that each visitor reads
them in a language of their own. The id is the English template, as gettext has it.

    raise UserError(message("The {part} rows hold {count} rows.", part=part, count=numbers.count(rows)))

`shown` gives a text of ours in the language of the visitor whose page is drawn; anywhere else that is English.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from typing import Any, TypedDict

from core.formatting.catalogues import ENGLISH, catalogue

_MOST_DEPTH = 6
_MOST_LETTERS = 20_000
_MOST_COUNT = 2**53
_language: ContextVar[str] = ContextVar("language", default="")
_visitors: list[Callable[[], str]] = []  # who knows the visitor's language where the context does not


class Message(str):
    """A sentence in English that can be said in another language: id and parameters, and for a count the id of the
    plural. Everything that takes text takes it."""

    __slots__ = ("id", "many", "number", "parameters")
    id: str
    parameters: Mapping[str, Any]
    many: str | None
    number: float

    def __str__(self) -> str:
        """Itself: `str(error)` keeps what its message is made of."""
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return _made, (str.__str__(self), self.id, dict(self.parameters), self.many, self.number)

    def format(self, *given: Any, **parameters: Any) -> Message:
        """A template that was chosen before, filled in."""
        assert not given, "the parameters of a message have names"
        assert not self.parameters, "a message is filled in once"
        return _made(str.format(self, **parameters), self.id, parameters, self.many, self.number)

    def in_language(self, language: str) -> str:
        """The sentence in a language, whole; in English where its template is not translated."""
        known = catalogue(language)
        template = known and (known.text(self.id) if self.many is None else known.plural(self.id, self.number))
        if not template or not self.parameters:
            return template or str.__str__(self)
        try:
            return template.format(**{name: _said(value, language) for name, value in self.parameters.items()})
        except (LookupError, ValueError, AttributeError, TypeError):  # what a run folder holds may not fit its template
            return str.__str__(self)


def message(id: str, /, **parameters: Any) -> Message:
    """A sentence: the English template and what is filled in: names of others, numbers as they are to be written, and
    other messages."""
    return _made(id.format(**parameters) if parameters else id, id, parameters, None, 0)


def plural(one: str, many: str, count: float, /, **parameters: Any) -> Message:
    """The sentence for one thing or for any other count of them."""
    template = one if count == 1 else many
    return _made(template.format(**parameters) if parameters else template, one, parameters, many, float(count))


def capital(phrase: str) -> Message:
    """A phrase at the beginning of a sentence."""
    return _made(phrase[:1].upper() + phrase[1:], "{phrase}", {"phrase": phrase}, None, 0)


def joined(parts: Iterable[str]) -> str:
    """Sentences after one another; those that are empty are left out."""
    told: str = ""
    for part in parts:
        told = message("{sentence} {next}", sentence=told, next=part) if told and part else told or part
    return told


def listed(parts: Iterable[str]) -> str:
    """Words set apart by commas."""
    told: str = ""
    for i, part in enumerate(parts):
        told = message("{words}, {next}", words=told, next=part) if i else part
    return told


def _made(text: str, id: str, parameters: Mapping[str, Any], many: str | None, count: float) -> Message:
    made = Message(text)
    made.id, made.parameters, made.many, made.number = id, parameters, many, count
    return made


def translate(text: str, language: str) -> str:
    """A message, or a text of ours that is an id as it stands (a declaration), in a language."""
    if isinstance(text, Message):
        return text.in_language(language)
    known = catalogue(language)
    return (known.text(text) if known and text else None) or text


def shown(text: str) -> str:
    """A text of ours in the visitor's language."""
    language = current()
    return str.__str__(text) if language == ENGLISH else translate(text, language)


def _said(value: Any, language: str) -> Any:
    return value.in_language(language) if isinstance(value, Message) else value


def current() -> str:
    """The language of the visitor whose page this thread draws; English anywhere else."""
    chosen = _language.get()
    if not chosen and _visitors:
        chosen = _visitors[-1]()
        _language.set(chosen)
    return chosen or ENGLISH


def use(language: str) -> None:
    """From now on this thread draws a page in this language."""
    _language.set(language)


def ask_for_language(who: Callable[[], str]) -> None:
    """Where a thread begins without `use` (a part of a page that is drawn again, a callback), this is asked once; an
    empty answer: English for now."""
    _visitors[:] = [who]


class Beside(TypedDict, total=False):
    """What a file keeps beside a text."""

    message: object


def to_json(text: str) -> Beside:
    """`{"message": ...}` beside a text that is written to a file; nothing for one that is no message."""
    return {"message": _packed(text)} if isinstance(text, Message) else {}


def _packed(value: Any, depth: int = 0) -> Any:
    if not isinstance(value, Message) or depth == _MOST_DEPTH:  # JSON that is nested deeper is not read
        return value if type(value) in (str, int, float, bool, type(None)) else str.__str__(str(value))
    packed: dict[str, Any] = {"id": value.id}
    if value.parameters:
        packed["parameters"] = {name: _packed(item, depth + 1) for name, item in value.parameters.items()}
    return packed if value.many is None else packed | {"plural": value.many, "count": value.number}


def from_json(text: str, written: object) -> str:
    """The text of a file, with the message that stands beside it. Others may have written both: what is no message is
    left out, and a template that no catalogue knows is never filled in."""
    found = _unpacked(text, written)
    return found if isinstance(found, Message) else text


def _unpacked(text: str, written: object, depth: int = 0) -> Any:
    if not isinstance(written, Mapping):
        return written if isinstance(written, str | int | float | bool | None) else str(written)
    id, many, count = written.get("id"), written.get("plural"), written.get("count", 0)
    given = written.get("parameters", {})
    is_sound = isinstance(id, str) and isinstance(many, str | None) and isinstance(count, int | float)
    is_sound = is_sound and abs(count) < _MOST_COUNT  # nor what is no number
    if not is_sound or not isinstance(given, Mapping) or depth > _MOST_DEPTH or len(str(id)) > _MOST_LETTERS:
        return text
    parameters = {str(name): _unpacked("", value, depth + 1) for name, value in given.items()}
    return _made(text or str(id), str(id), parameters, many, float(count))
