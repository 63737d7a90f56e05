"""Profiles of data: those that ship with the product, and those that a store keeps. Makes none."""

from __future__ import annotations

import json
import lzma
from contextlib import suppress
from pathlib import Path

from core.contracts import UseCase
from core.contracts.answers import DataProfile
from core.errors import UserError
from core.formatting.as_json import as_json
from core.keys import fingerprint, portable
from core.keys.declared import CannotBeKeyed
from core.store.files import read_json, write_atomically, write_json

SHIPPED = Path(__file__).parents[2] / "data" / "profiles"


def may_ship(use_case: UseCase) -> bool:
    """Whether it is one of the product's own, and no one's from outside."""
    return portable.file_of(use_case).is_file()


def shipped(use_case: UseCase) -> DataProfile | None:
    """The profile that ships of a use case in its variant; None where there is none, or where the code or the data that
    it was made from have changed since. Reads no table: a page may show it at once."""
    path = _path(use_case)
    try:
        kept = json.loads(lzma.decompress(path.read_bytes()))
        same = kept["key"] == portable.of_profile(use_case)
        found: DataProfile = kept["profile"]
    except (OSError, ValueError, KeyError, TypeError, lzma.LZMAError, UserError):
        return None
    return found if same else None


def ship(use_case: UseCase, profile: DataProfile) -> Path:
    """Keep a profile among those that ship."""
    content = as_json({"key": portable.of_profile(use_case), "profile": profile}).encode()
    path = _path(use_case)
    write_atomically(path, lambda p: p.write_bytes(lzma.compress(content, preset=9 | lzma.PRESET_EXTREME)))
    return path


def kept(store: Path, use_case: UseCase) -> DataProfile | None:
    """The profile that a store has kept of the same declaration, data and code."""
    try:
        found: DataProfile = read_json(_kept_path(store, use_case))["profile"]
        return found
    except (OSError, ValueError, KeyError, TypeError, CannotBeKeyed):
        return None


def keep(store: Path, use_case: UseCase, profile: DataProfile) -> None:
    """Keep a profile in a store's cache; one whose use case nobody can see into is made every time, and so is one for
    which there is no room."""
    with suppress(CannotBeKeyed, OSError):
        write_json(_kept_path(store, use_case), {"profile": profile})


def _kept_path(store: Path, use_case: UseCase) -> Path:
    parts = [fingerprint.of_examples(use_case), fingerprint.of_plan(use_case), portable.of_profile_makers()]
    return store / "cache" / f"{use_case.slug}-{'-'.join(parts)}-profile.json"


def _path(use_case: UseCase) -> Path:
    return SHIPPED / f"{'-'.join(part for part in (use_case.slug, use_case.variant) if part)}.json.xz"
