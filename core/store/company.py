"""What founders keep: changed assumptions, and named business cases. One folder, on a shared server one a visitor. A
damaged file is told and never raises from a list."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.company.assumptions import Change, Ledger, applied
from core.company.declared import declared
from core.company.saved import SavedCase
from core.errors import UserError
from core.formatting.messages import message
from core.store.files import read_json, write_json

FOLDER, _LEDGER, _CASES = "company", "ledger.json", "cases"
SCHEMA = 1
MOST_CASES = 100


def read_ledger(store: Path, whose: str | None) -> tuple[Ledger, list[str]]:
    """The ledger as it was kept; and a sentence for each thing in the file that cannot be taken. whose: of which
    visitor; None: everybody's."""
    ledger = declared()
    try:
        told = read_json(folder_of(store, whose) / _LEDGER)
        changes = _changes(told)
    except FileNotFoundError:
        return ledger, []
    except (OSError, ValueError) as error:
        why = message("The kept assumptions cannot be read ({why}); these are the declared ones.", why=str(error))
        return ledger, [why]
    known, kept = {one.name: one for one in ledger.declared}, {}
    problems: list[str] = []
    for name, raw in changes.items():
        if name not in known:
            continue  # of another version: an assumption that is no longer made
        try:
            change = Change.from_json(raw)
            applied(known[name], change)
            kept[name] = change
        except ValueError as error:  # a UserError too
            label = known[name].label
            problems.append(message("{label} is as declared: {why}", label=message(label), why=str(error)))
    return replace(ledger, changes=kept), problems


def keep_ledger(store: Path, whose: str | None, ledger: Ledger) -> None:
    """Keep it. Raises OSError."""
    changes = {name: change.to_json() for name, change in ledger.changes.items()}
    write_json(folder_of(store, whose) / _LEDGER, {"schema": SCHEMA, "changes": changes})


def saved_cases(store: Path, whose: str | None) -> tuple[dict[str, SavedCase], list[str]]:
    """Every kept case by its file's name, the newest first; and a sentence for each file that is none."""
    found: dict[str, SavedCase] = {}
    problems: list[str] = []
    for path in sorted((folder_of(store, whose) / _CASES).glob("*.json")):
        try:
            found[path.stem] = SavedCase.from_json(read_json(path))
        except FileNotFoundError:
            continue  # just deleted
        except (OSError, ValueError) as error:
            why = message("The kept case {name} cannot be read ({why}).", name=path.stem, why=str(error))
            problems.append(why)
    return dict(sorted(found.items(), key=lambda item: item[1].at, reverse=True)), problems


def keep_case(store: Path, whose: str | None, case: SavedCase) -> str:
    """Keep a case; one of the same name is replaced. Returns its file's name. Raises OSError, and UserError where there
    are too many."""
    folder = folder_of(store, whose) / _CASES
    stem = hashlib.sha256(case.name.encode()).hexdigest()[:16]
    if not (folder / f"{stem}.json").exists() and len(list(folder.glob("*.json"))) >= MOST_CASES:
        raise UserError("At most {most} cases are kept. Delete one first.", most=MOST_CASES)
    write_json(folder / f"{stem}.json", case.to_json())
    return stem


def forget_case(store: Path, whose: str | None, stem: str) -> None:
    """Delete a case. Raises OSError."""
    (folder_of(store, whose) / _CASES / f"{stem}.json").unlink(missing_ok=True)


def now() -> str:
    """The moment, as files keep it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def folder_of(store: Path, whose: str | None) -> Path:
    """A visitor's name is a secret of the browser, so the folder is called after its hash."""
    return store / FOLDER / (hashlib.sha256(whose.encode()).hexdigest()[:16] if whose else "all")


def _changes(told: Any) -> Mapping[str, Any]:
    if not isinstance(told, Mapping):
        raise ValueError("it is no object")
    if told.get("schema", SCHEMA) != SCHEMA:
        raise UserError("it was written by another version of Proving Ground")
    changes = told.get("changes")
    if not isinstance(changes, Mapping):
        raise ValueError("it has no changes")
    return changes
