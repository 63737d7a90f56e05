"""Names that settings had in earlier versions, and values brought under the names of today."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

V = TypeVar("V")
Record = TypeVar("Record", bound=Mapping[str, Any])

TODAY: Mapping[str, str] = {"category_rates": "target_encoding"}  # by the earlier name


def renamed(given: Mapping[str, V]) -> dict[str, V]:
    """The same values under today's names, in the same order. A name of today wins over an earlier one of its own."""
    return {TODAY.get(n, n): v for n, v in given.items() if TODAY.get(n, n) == n or TODAY[n] not in given}


def with_renamed(record: Record) -> Record:
    """What a file of a run says, with its `settings` under today's names; what is no table of settings stays."""
    settings = record.get("settings")
    return cast("Record", {**record, "settings": renamed(settings)}) if isinstance(settings, Mapping) else record
