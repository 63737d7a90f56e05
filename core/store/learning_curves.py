"""Measured learning curves, as they ship: the headline by number of labels. Measures none."""

from __future__ import annotations

from pathlib import Path

from core.contracts import UseCase
from core.contracts.learning_curve import LearningCurve
from core.evaluation.metrics import METRICS
from core.keys.file_stamps import read_once
from core.store.files import read_json, write_json
from core.store.shapes import shape_of

SHIPPED = Path(__file__).parents[2] / "data" / "learning_curves"
_FILE = shape_of(LearningCurve, {"metric": METRICS})


def load(use_case: UseCase, folder: Path = SHIPPED) -> LearningCurve | None:
    """The curve of a use case; None where none was measured, or what is there cannot be read."""
    return load_named(use_case.slug, folder)


def load_named(slug: str, folder: Path = SHIPPED) -> LearningCurve | None:
    """The same by the use case's address."""
    try:
        return _read(folder / f"{slug}.json")
    except (OSError, ValueError):
        return None


def save(curve: LearningCurve, use_case: UseCase, folder: Path = SHIPPED) -> Path:
    """Where it was written."""
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / f"{use_case.slug}.json", curve)
    return folder / f"{use_case.slug}.json"


@read_once(maxsize=8)
def _read(path: str) -> LearningCurve:
    found: LearningCurve = read_json(Path(path), _FILE)
    return found
