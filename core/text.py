"""Translation of visible sentences: `_` looks a sentence up in the catalogue, or returns it as it stands."""

from __future__ import annotations

import gettext
from pathlib import Path

_catalogue = gettext.translation("proving_ground", localedir=Path(__file__).parent / "locale", fallback=True)


def _(message: str) -> str:
    """Return `message` in the catalogue's language; without a catalogue, unchanged."""
    return _catalogue.gettext(message)


def plural(one: str, many: str, count: float) -> str:
    """The sentence for one thing or for any other count of them, in the catalogue's language."""
    return _catalogue.ngettext(one, many, 1 if count == 1 else 2)
