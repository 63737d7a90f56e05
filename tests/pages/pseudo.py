"""A language that stretches every sentence and puts it into brackets, and what of a page is not in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.formatting import catalogues, messages
from core.formatting.catalogues import Catalogue, c2py

LANGUAGE = "qq"
_PARTS = re.compile(r"(\{[^{}]*\}|\{\{|\}\})")
_HIDDEN = {  # fields of Streamlit's messages that nobody reads
    *(
        "id",
        "anchor",
        "element_id",
        "form_id",
        "url_path",
        "page",
        "page_script_hash",
        "icon",
        "format",
        "key",
        "type",
        "url",
    ),
    *(
        "query_param_key",
        "query_string",
        "css",
        "html",
        "html_content",
        "js",
        "js_content",
        "json",
        "arrow_data",
        "spec",
        "class_name",
    ),
    *("component_name", "bytes", "mime", "user_key", "page_name", "script_path", "color", "element", "allow"),
}


def stretched(id: str) -> str:
    """'Rows in {part}' -> '⟦Rooows iin {part}⟧'."""
    parts = [p if _PARTS.fullmatch(p) else re.sub(r"[aeiou]", r"\g<0>\g<0>", p) for p in _PARTS.split(id)]
    return f"⟦{''.join(parts)}⟧"


def speak(monkeypatch: pytest.MonkeyPatch, ids: dict[str, str | None]) -> None:
    """Let the pages know the language."""
    texts = {one: tuple(map(stretched, (one, many) if many else (one,))) for one, many in ids.items()}
    made = Catalogue(title="Qq", texts=texts, form_of=c2py("n != 1"))
    for module in (messages, catalogues):
        monkeypatch.setattr(module, "catalogue", lambda language: made if language == LANGUAGE else None)
    monkeypatch.setattr(catalogues, "languages", lambda: ("en", LANGUAGE))


def visible(app: AppTest) -> Iterator[str]:
    """Every text of a page's elements."""
    for element in _elements(app._tree):
        proto = getattr(element, "proto", None)
        if proto is not None and hasattr(proto, "ListFields"):
            yield from _texts(proto)


def _elements(block: Any) -> Iterator[Any]:
    for child in getattr(block, "children", {}).values():
        yield child
        yield from _elements(child)


def _texts(proto: Any) -> Iterator[str]:
    for field, value in proto.ListFields():
        if field.name in _HIDDEN:
            continue
        many = value if hasattr(value, "append") or hasattr(value, "add") else [value]
        for one in many:
            if isinstance(one, str):
                yield one
            elif hasattr(one, "ListFields"):
                yield from _texts(one)


def left_over(text: str) -> str:
    """What stands outside of brackets; the address that a link goes to is nobody's to read."""
    text = re.sub(r"\$\$[^$]*\$\$", "", re.sub(r"\]\([^()]*\)", "]", text))
    while "⟦" in text:
        shorter = re.sub(r"⟦[^⟦⟧]*⟧", "", text)
        if shorter == text:
            break
        text = shorter
    if ("{" in text and ";" in text) or text.startswith('{"'):  # a style sheet, a configuration
        return ""
    text = re.sub(r":material/\w+:|\$[^$]*\$|<[^>]*>|[a-z_]+\\?_[a-z_]+", "", text)
    return " ".join(re.findall(r"[^\W\d_]{2,}[^⟦⟧]*", text))
