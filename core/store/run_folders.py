"""Making, finalizing and deleting run folders."""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import MAXYEAR, UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

from core.contracts import State, UseCase
from core.contracts.report import Summary
from core.contracts.run import RunConfig
from core.formatting.messages import to_json
from core.registry import BROUGHT
from core.store import checkpoints, outcomes
from core.store.files import write_json
from core.store.runs import END, SCHEMA, Run

_STAMP = re.compile(r"\d{8}-\d{9}-", re.ASCII)
_STAMP_FORMAT, _STAMP_LENGTH = "%Y%m%d-%H%M%S%f", 18


def create(
    store: Path,
    use_case: UseCase,
    settings: Mapping[str, Any],
    *,
    data_checksum: str,
    code: str,
    versions: Mapping[str, Any],
    visitor: str,
    preset: str | None = None,
    limit_s: float | None = None,
    brought: Mapping[str, Any] = MappingProxyType({}),
    sweep: str | None = None,
) -> Run:
    """Make a run's folder with the configuration that is enough to reproduce it. limit_s: when the clock ends it.
    brought: where its use case is found (`registry.to_bring`). sweep: the runs that it was submitted with."""
    now = datetime.now(UTC)
    folder = _new_folder(store / "runs", use_case.slug, now)
    config: RunConfig = {
        "schema": SCHEMA,
        "run": folder.name,
        "use_case": use_case.name,
        "settings": dict(settings),
        "preset": preset,
        "data_checksum": data_checksum,
        "code": code,
        "versions": dict(versions),
        "visitor": visitor,
        "limit_s": limit_s,
        "created": now.isoformat(timespec="seconds"),
    }
    if BROUGHT in brought:
        config["extra"] = brought[BROUGHT]
    if sweep is not None:
        config["sweep"] = sweep
    try:
        write_json(folder / "config.json", config)
    except OSError:  # a full disk: no run was made, so none is shown
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return Run(id=folder.name, folder=folder, config=config, end=None)


def _new_folder(root: Path, slug: str, now: datetime) -> Path:
    """Make the folder. Names sort by the time of their making, also when the clock has gone back since the last one."""
    root.mkdir(parents=True, exist_ok=True)
    moment = now.replace(tzinfo=None, microsecond=now.microsecond // 1000 * 1000)
    if (last := _latest(os.listdir(root))) > moment:
        moment = last + timedelta(milliseconds=1)
    stamp = f"{moment:{_STAMP_FORMAT}}"[:_STAMP_LENGTH]
    while True:
        folder = root / f"{stamp}-{slug}-{secrets.token_hex(2)}"
        try:
            folder.mkdir()
            return folder
        except FileExistsError:
            continue  # of 65,536 names in this millisecond, the same one


def _latest(names: Iterable[str]) -> datetime:
    """The last of the times that names begin with; what is no time, or the last one there is, is passed over."""
    for stamp in sorted({name[:_STAMP_LENGTH] for name in names if _STAMP.match(name)}, reverse=True):
        with suppress(ValueError):
            found = datetime.strptime(f"{stamp}000", _STAMP_FORMAT)
            if found.year < MAXYEAR:
                return found
    return datetime.min


def finalize(run: Run, state: State, reason: str, summary: Summary | None = None) -> None:
    """Write the end marker, last and atomically, and drop the checkpoints. A folder that is already finalized, or
    deleted, stays as it is. Raises OSError when it cannot be written."""
    if not run.folder.is_dir():
        return
    for half_written in run.folder.glob(".*.tmp"):  # by a worker that was killed
        half_written.unlink(missing_ok=True)
    if not (run.folder / END).exists():
        if not state.has_report:
            outcomes.drop(run.folder)
        ended = datetime.now(UTC).isoformat(timespec="seconds")
        write_json(
            run.folder / END,
            {
                "schema": SCHEMA,
                "state": state.value,
                "reason": reason,
                **to_json(reason),
                "ended": ended,
                "summary": summary,
                "files": outcomes.checksums(run.folder),
            },
            make_folder=False,
        )
    checkpoints.discard(run.folder)


def delete(run: Run) -> None:
    """Remove a run's folder, whole: it leaves the list at once, and then the disk. One that has gone is no error."""
    leaving = run.folder.parent.parent / "deleted" / f"{run.folder.name}-{secrets.token_hex(4)}"
    leaving.parent.mkdir(exist_ok=True)
    try:
        run.folder.rename(leaving)
    except FileNotFoundError:
        return
    for left in leaving.parent.iterdir():  # also what a deletion left that was interrupted
        shutil.rmtree(left, ignore_errors=True)
