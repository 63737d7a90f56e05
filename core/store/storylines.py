"""Storylines that presenters have changed: one file a use case, on a shared server one a visitor too."""

from __future__ import annotations

import hashlib
from pathlib import Path

from core.contracts import UseCase
from core.contracts.storyline import Storyline
from core.formatting.messages import message
from core.store.files import read_json, write_json

FOLDER = "storylines"


def read(store: Path, use_case: UseCase, whose: str | None) -> tuple[Storyline, str]:
    """As it was kept, else as declared; and, where a file is damaged, a sentence that says so. whose: of which visitor;
    None: everybody's."""
    try:
        return Storyline.from_json(read_json(_path(store, use_case, whose)), use_case), ""
    except FileNotFoundError:
        return Storyline.declared(use_case), ""
    except (OSError, ValueError) as error:
        why = message(
            "The kept storyline cannot be read ({why}); this is the declared one. Save it to keep it again.",
            why=str(error),
        )
        return Storyline.declared(use_case), why


def keep(store: Path, use_case: UseCase, whose: str | None, storyline: Storyline) -> None:
    """Keep it. Raises OSError."""
    write_json(_path(store, use_case, whose), storyline.to_json())


def forget(store: Path, use_case: UseCase, whose: str | None) -> None:
    """Back to what is declared. Raises OSError."""
    _path(store, use_case, whose).unlink(missing_ok=True)


def _path(store: Path, use_case: UseCase, whose: str | None) -> Path:
    """A visitor's name is a secret of the browser, so the file is called after its hash."""
    of = f"-{hashlib.sha256(whose.encode()).hexdigest()[:16]}" if whose else ""
    return store / FOLDER / f"{use_case.slug}{of}.json"
