"""Writing files so that a reader sees the old one or the new one, never half of one."""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any


def write_atomically(path: Path, write: Callable[[Path], object]) -> None:
    """Call `write` with a temporary path beside `path`, then put it in place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.tmp")
    try:
        write(temporary)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def write_json(path: Path, value: Any) -> None:
    """Write JSON atomically; a NaN or infinity is refused rather than written as invalid JSON."""
    text = json.dumps(value, indent=1, allow_nan=False)
    write_atomically(path, lambda p: p.write_text(text, encoding="utf-8"))


def keep_small(log: Path, most_bytes: int = 2_000_000) -> None:
    """Move what a log holds aside when it has grown too large. Whoever appends to it goes on at its new beginning."""
    try:
        if log.stat().st_size > most_bytes:
            shutil.copyfile(log, log.with_name(f"{log.name}.1"))
            os.truncate(log, 0)
    except FileNotFoundError:
        return  # nothing was written yet


def read_json(path: Path | str) -> Any:
    """Read JSON; raises OSError or ValueError."""
    with open(path, "rb") as file:
        return json.loads(file.read().decode("utf-8"))
