"""What earlier runs tell about the next of the same question: its shape, its epochs, its other phases. Only reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from core.contracts import UseCase
from core.errors import UserError
from core.estimating import shape
from core.estimating.epochs import Known
from core.estimating.estimate import key_of
from core.estimating.shape import Shape
from core.keys.file_stamps import stamp_of
from core.settings import resolve
from core.settings.use_case import settings_of
from core.store.caches import RecordedBaselines
from core.store.formats import PREPROCESSING
from core.store.runs import RECORDED, Run
from core.store.shapes import parse_json

_NEEDED = ("num_epochs", "patience", "learning_rate", "batch_size", "members")
_MOST = 8  # runs of the store that are read; recorded ones, which are few, all are


@dataclass(frozen=True, kw_only=True, slots=True)
class History:
    """shape: None where no run tells. known: the newest first. baselines_are_kept: whether a run of this store has left
    its simple methods in the cache, or they ship."""

    shape: Shape | None
    known: tuple[Known, ...]
    baselines_are_kept: bool


def of_runs(use_case: UseCase, found: Iterable[Run]) -> History:
    """The history of a use case, in its variant, from its runs with a report, newest first; an unreadable one is left
    out."""
    found = list(found)
    chosen = [*[r for r in found if not r.recorded][:_MOST], *(r for r in found if r.recorded)]
    read = [(run, told) for run in chosen if (told := _read_once(use_case, run)) is not None]
    return History(
        shape=next((s for _, (s, _) in read if s is not None), None),
        known=tuple(known for _, (_, known) in read),
        baselines_are_kept=any(not run.recorded for run, _ in read) or RecordedBaselines(RECORDED).holds(use_case),
    )


_kept: dict[tuple[object, ...], tuple[Shape | None, Known] | None] = {}
_MOST_KEPT = 2000


def _read_once(use_case: UseCase, run: Run) -> tuple[Shape | None, Known] | None:
    """Read once for all visitors: a report or a declaration that has changed is another key."""
    path = run.place_of("report.json")
    try:
        key = (key_of(use_case), use_case.columns, use_case.task, path, stamp_of(path))
    except OSError:
        return None
    if key not in _kept:
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        _kept[key] = _read(use_case, run)
    return _kept[key]


def _read(use_case: UseCase, run: Run) -> tuple[Shape | None, Known] | None:
    """None for a run that cannot be read, was stopped, or had settings that there are no longer."""
    try:
        report = run.report(use_case)
        declared, had = settings_of(use_case), report["settings"]
        known = Known(
            settings=resolve(declared, {name: value for name, value in had.items() if name in declared}),
            best_epochs=tuple(report.get("best_epoch", ())),
            phases_s=report.get("phases_s", {}),
            here=not run.recorded,
            rest_bytes=float(report.get("memory", {}).get("rest_bytes") or 0.0),
        )
    except UserError:
        return None
    if any(name not in had for name in _NEEDED) or report.get("stopped") or not known.best_epochs:
        return None
    try:
        if "shape" in report:
            return Shape.from_json(report["shape"]), known
        return shape.of_recorded(use_case, report, parse_json(run.content("preprocessing.json"), PREPROCESSING)), known
    except (OSError, ValueError):
        return None, known
