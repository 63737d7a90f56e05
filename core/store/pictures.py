"""The small pictures that ship beside recorded runs. Reads one file, and imports neither numpy nor a chart."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.keys.file_stamps import read_once
from core.store import packed
from core.store.files import read_json
from core.store.runs import RECORDED, Run

NAME = "pictures.json"


def picture_of(run: Run) -> Mapping[str, Any] | None:
    """A recorded run's picture as `core.charts.small` describes it, and its `money` where a threshold is priced; None
    where none ships, and for a picture of other predictions than the run has."""
    kept = shipped(packed.shared_folder(RECORDED)).get(run.id) if run.recorded else None
    return kept["picture"] if kept and kept["of"] == made_from(run) else None


def made_from(run: Run) -> str:
    """What a picture is made from, by the checksums in the run's end.json."""
    files = run.files
    return " ".join(str(files.get(name, ""))[:16] for name in ("predictions.parquet", "held_out.parquet"))


def shipped(folder: Path) -> Mapping[str, Any]:
    """Every picture that ships, by the run's name; empty where there is no such file."""
    path = folder / NAME
    return _read(str(path)) if path.is_file() else {}


@read_once(maxsize=4)
def _read(path: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = read_json(path)
    return found
