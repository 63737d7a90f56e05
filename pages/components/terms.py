"""The way from a word on a page to the page that explains it."""

from __future__ import annotations

from core.contracts.glossary import PAGE, TERMS
from core.formatting.text import _, escape_markdown, named


def where_explained(term: str) -> str:
    """What follows a help in markdown: the way to the term's place on "How to read this"."""
    return f" [{_('How to read this')}](/{PAGE}#{term})"


def explained(term: str) -> str:
    """A help about a term, in markdown: what it is, and the way to its place on "How to read this"."""
    found = next(one for one in TERMS if one.name == term)
    return f"**{named(_(found.title))}.** {escape_markdown(_(found.text))}{where_explained(term)}"
