"""What is taken home at once: files with their content, and what is told of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.export.parity import Parity
from core.store.packed import checksum


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """files: content by path. more: what is told besides."""

    kind: str
    files: Mapping[Path, bytes]
    parity: Parity | None = None
    more: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        files = [{"file": str(p), "bytes": len(c), "checksum": checksum(c)} for p, c in self.files.items()]
        return {"files": files, **self.more, **({"parity": self.parity.to_json()} if self.parity else {})}
