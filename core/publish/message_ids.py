"""All ids of messages: templates in the code, read from its syntax, and the texts of declarations."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from core.company.declared import FIGURES
from core.contracts import Section, State
from core.contracts.glossary import TERMS
from core.datasets import DATASETS
from core.evaluation.baselines import BASELINES
from core.evaluation.metrics import METRICS
from core.formatting.catalogues import quoted
from core.kinds import KINDS
from core.models import MODELS
from core.queue.requests import Request
from core.settings.use_case import settings_of
from core.use_cases import INDUSTRIES, USE_CASES

_ROOT = Path(__file__).parents[2]
_FIRST = {"_", "message", "UserError", "RunError", "DataError", "UnknownNameError"}  # whose first argument is an id
_PLURAL = {"plural": 0, "counted": 1}  # where the one and the many stand
_TABLES = {"WORDS", "LABELS"}  # of a panel in the browser
# Words that a sentence takes from a variable.
_WORDS = (
    *("training", "validation", "test", "text", "numbers", "times", "bytes", "other things", "nothing"),
    *(registry.what for registry in (INDUSTRIES, USE_CASES, DATASETS, MODELS, BASELINES)),
    *(str(one.value) for group in (State, Request, Section) for one in group),
    "{phrase}",
)
# Fields of declarations that are names for programs, or no words.
_NAMES = {
    *("name", "datasets", "model", "baselines", "front", "variant", "values", "fault", "settings", "kind", "panel"),
    *("target_columns", "outputs", "loss", "metrics", "headline", "levels", "relative_to", "error_per", "fan"),
    *("files", "folder", "currency", "choices", "formula", "group", "type", "scale", "of", "candidates", "default"),
    *("icon", "colour", "looks_at", "used", "date", "by", "changed"),
}


def ids() -> dict[str, str | None]:
    """Each id and, of one that counts, its plural; in the order of the files, declarations last."""
    found: dict[str, str | None] = {}
    for folder in ("core", "pages"):
        for path in sorted((_ROOT / folder).rglob("*.py")):
            for one, many in in_code(ast.parse(path.read_text("utf-8"))):
                found[one] = many or found.get(one)
    declared = (*_WORDS, *(text for text in _declared()))
    return found | {text: found.get(text) for text in declared if any(letter.isalpha() for letter in text)}


def in_code(tree: ast.AST) -> Iterator[tuple[str, str | None]]:
    """The ids that a module gives to the functions of messages."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=args):
                if name in _FIRST and args and (text := _text(args[0])):
                    yield text, None
                at = _PLURAL.get(name)
                if at is not None and len(args) > at + 1 and (one := _text(args[at])) and (many := _text(args[at + 1])):
                    yield one, many
                for given in node.keywords:  # what a plan is, in words
                    if given.arg == "sentence" and (text := _text(given.value)):
                        yield text, None
            case ast.FunctionDef(name="references", body=body):  # what is done without a model
                yield from ((text, None) for part in body for one in ast.walk(part) if (text := _text(one)))
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Dict(values=values)) if name in _TABLES:
                yield from ((text, None) for value in values if (text := _text(value)))
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.Dict(values=values)) if name in _TABLES:
                yield from ((text, None) for value in values if (text := _text(value)))


def _text(node: ast.AST) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _declared() -> Iterator[str]:
    for registry in (INDUSTRIES, USE_CASES, DATASETS, MODELS, BASELINES):
        for member in registry.all().values():
            yield from _words_of(member)
    yield from (f"{baseline.title}, tuned" for baseline in BASELINES.all().values())
    yield from (text for one in KINDS.all().values() if one.spread for text in _words_of(one.spread))
    yield from (text for one in METRICS.values() for text in _words_of(one))
    yield from (text for term in TERMS for text in _words_of(term))
    yield from (text for figure in FIGURES for text in _words_of(figure))
    for use_case in USE_CASES.all().values():
        yield from (text for setting in settings_of(use_case).values() for text in _words_of(setting))


def _words_of(value: Any) -> Iterator[str]:
    """Every text in a declaration that a visitor may read."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple | list):
        for one in value:
            yield from _words_of(one)
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _words_of(one)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            if field.name not in _NAMES:
                yield from _words_of(getattr(value, field.name, None))
    elif not callable(value) and isinstance(title := getattr(value, "title", None), str):
        yield title  # a baseline or a model is no dataclass


def template() -> str:
    """The .pot: every id, to be filled in."""
    rules = ("Content-Type: text/plain; charset=UTF-8\n", "Plural-Forms: nplurals=2; plural=n != 1;\n")
    return (
        'msgid ""\nmsgstr ""\n'
        + "".join(f"{quoted(rule)}\n" for rule in rules)
        + "".join(_entry(one, many) for one, many in ids().items())
    )


def _entry(one: str, many: str | None) -> str:
    if many is None:
        return f'\nmsgid {quoted(one)}\nmsgstr ""\n'
    return f'\nmsgid {quoted(one)}\nmsgid_plural {quoted(many)}\nmsgstr[0] ""\nmsgstr[1] ""\n'


def names_in(*templates: str | None) -> set[str]:
    """The names of the parameters of a message's templates."""
    parts = (part for template in templates if template for part in string.Formatter().parse(template))
    return {name for _text, name, _spec, _conversion in parts if name}
