"""The way from a word on a page to the page that explains it."""

from __future__ import annotations

from core.contracts.glossary import PAGE
from core.formatting.text import _


def where_explained(term: str) -> str:
    """What follows a help in markdown: the way to the term's place on "How to read this"."""
    return f" [{_('How to read this')}](/{PAGE}#{term})"
