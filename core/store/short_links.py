"""Short forms of links: a code for the state of a page, kept for a while. Refuses to keep what is no page of ours."""

from __future__ import annotations

import base64
import hashlib
import re
import time
from contextlib import suppress
from pathlib import Path

from core.errors import UserError
from core.store.files import read_json, write_json

FOLDER = "short_links"
DAYS = 90  # since it was made last
_MOST_KEPT = 5000
_MOST_LETTERS = 8000
_LETTERS = 8  # forty bits: with five thousand kept, two states meet once in 90,000 stores
_CODE = re.compile(r"[a-z2-7]{8}")
_PAGE = re.compile(r"[\w-]{1,100}")
_DAY_S = 86_400


def keep(store: Path, page: str, query: str) -> str:
    """The code of a page with this query, the same whenever it is asked for. Raises UserError for one that cannot be
    meant, and OSError."""
    if not _PAGE.fullmatch(page) or len(query) > _MOST_LETTERS:
        raise UserError("This state is too long for a short link. Copy the whole link.")
    digest = hashlib.sha256(f"{page}?{query}".encode()).digest()
    code = base64.b32encode(digest).decode()[:_LETTERS].lower()
    path = store / FOLDER / f"{code}.json"
    if path.is_file():
        path.touch()
    else:
        write_json(path, {"page": page, "query": query})
        _tidy(path.parent)
    return code


def find(store: Path, code: str) -> tuple[str, str] | None:
    """Page and query; None for a code that nobody kept, that is too old, or whose file is damaged."""
    if not _CODE.fullmatch(code):
        return None
    path = store / FOLDER / f"{code}.json"
    try:
        kept, made = read_json(path), path.stat().st_mtime
        page, query = kept["page"], kept["query"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if time.time() - made > DAYS * _DAY_S or not isinstance(page, str) or not isinstance(query, str):
        return None
    is_ours = _PAGE.fullmatch(page) and query.isascii() and query.isprintable()
    return (page, query) if is_ours else None


def _tidy(folder: Path) -> None:
    """Delete the oldest where there are too many, another server may do so too."""
    kept = list(folder.glob("*.json"))
    if len(kept) <= _MOST_KEPT:
        return
    with suppress(OSError):
        for old in sorted(kept, key=lambda path: path.stat().st_mtime)[: len(kept) - _MOST_KEPT]:
            old.unlink(missing_ok=True)
