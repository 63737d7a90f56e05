"""Run folders: creating, sealing, listing, reading. A damaged one is listed as such and never raises from a list."""

from __future__ import annotations

import json
import math
import os
import re
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.contracts import State, UseCase
from core.errors import RunError
from core.file_stamps import Stamp, read_once, stamp_of
from core.store import checkpoints, outcomes
from core.store.files import read_json, write_json
from core.store.index import Index
from core.text import plain
from core.training.settings import stopped_on_request

if TYPE_CHECKING:
    import pandas as pd


SCHEMA = 1
SUMMARY = ("headline", "validation_score", "best_baseline", "value", "train_s", "device")
_REPORT = (
    *("run", "headline", "metrics", "baselines", "value", "rows", "plan", "unit", "importance", "settings"),
    *("epochs_run", "train_s", "samples_per_s", "device"),
)
RECORDED = Path(__file__).parents[2] / "data" / "recorded"
_END = "end.json"
_RESULT = ("config.json", _END, *outcomes.FILES)
_FINAL = [state for state in State if state.is_final]
_STAMP = re.compile(r"\d{8}-\d{9}-")
_STAMP_FORMAT, _STAMP_LENGTH = "%Y%m%d-%H%M%S%f", 18


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """One run as a list shows it. problem: a sentence when the folder cannot be used, else empty."""

    id: str
    folder: Path
    config: Mapping[str, Any]
    end: Mapping[str, Any]
    problem: str = ""
    recorded: bool = False

    @property
    def use_case(self) -> str:
        return str(self.config.get("use_case", ""))

    @property
    def sealed_state(self) -> State | None:
        """The final state, or None while nobody has sealed the folder."""
        return State(self.end["state"]) if self.end else None

    @property
    def settings(self) -> Mapping[str, Any]:
        """What it was started with; empty for a folder whose configuration says something else."""
        found = self.config.get("settings")
        return found if isinstance(found, Mapping) else {}

    @property
    def reason(self) -> str:
        """Why it ended, in a sentence; empty before. Earlier versions wrote the same one whatever was kept."""
        written = str(self.end.get("reason", ""))
        return stopped_on_request(self.settings) if written == stopped_on_request({}) else written

    @property
    def summary(self) -> Mapping[str, Any]:
        """Headline, value and validation score, for lists; empty without a report."""
        return self.end.get("summary") or {}

    @property
    def has_weights(self) -> bool:
        """Whether the model can be asked; large weights of recorded runs are not shipped."""
        return (self.folder / "model.safetensors").is_file()

    @property
    def version(self) -> str:
        """Changes when a file of the run does: what is kept of a run is kept by this, because its folder may be deleted
        and another take its name."""
        return f"{self.folder} {[_stamp(self.folder / name) for name in _RESULT]}"

    def report(self) -> dict[str, Any]:
        """The whole report; raises RunError when there is none or it cannot be read."""
        if self.problem:
            raise RunError(self.problem)
        path = self.folder / "report.json"
        try:
            report = _report(path)
            missing = [key for key in _REPORT if key not in report]
            if missing:
                raise ValueError(f"it has no {', '.join(missing)}")
            return report
        except (OSError, ValueError) as error:
            raise RunError(
                f"A finished run has a report; that of {self.id} could not be read ({error}). Train again."
            ) from error

    def progress(self) -> list[dict[str, Any]]:
        """Every complete line of progress so far; a torn last line is left for the next reading."""
        path = self.folder / "progress.jsonl"
        try:
            return list(_events(path))
        except OSError:
            return []

    def held_out(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Predictions (row, part, source, member, outputs) and rows (row, part, target.*, info.*); raises RunError."""
        import pandas as pd

        try:
            return (
                pd.read_parquet(self.folder / "predictions.parquet"),
                pd.read_parquet(self.folder / "held_out.parquet"),
            )
        except (OSError, ValueError) as error:
            raise RunError(
                f"A finished run has held-out predictions; those of {self.id} could not be read. Train again."
            ) from error


def _stamp(path: Path) -> Stamp | None:
    try:
        return stamp_of(path)
    except OSError:
        return None


@read_once(maxsize=256)
def _report(path: str) -> dict[str, Any]:
    return _an_object(path, read_json(path))


@read_once(maxsize=32)
def _events(path: str) -> tuple[dict[str, Any], ...]:
    """Read once for all who follow the same run."""
    return tuple(_lines(Path(path)))


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_bytes().split(b"\n")[:-1]:
        try:
            event = json.loads(line)
        except ValueError:
            continue  # a line torn by a killed worker
        if isinstance(event, dict):
            yield event


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
) -> Run:
    """Make a run's folder with the configuration that is enough to reproduce it. limit_s: when the clock ends it."""
    now = datetime.now(UTC)
    folder = _new_folder(store / "runs", use_case.slug, now)
    config = {
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
    try:
        write_json(folder / "config.json", config)
    except OSError:  # a full disk: no run was made, so none is shown
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return Run(id=folder.name, folder=folder, config=config, end={})


def _new_folder(root: Path, slug: str, now: datetime) -> Path:
    """Make the folder. Names sort by the time of their making, also when the clock has gone back since the last one."""
    root.mkdir(parents=True, exist_ok=True)
    moment = now.replace(tzinfo=None, microsecond=now.microsecond // 1000 * 1000)
    latest = max((name[:_STAMP_LENGTH] for name in os.listdir(root) if _STAMP.match(name)), default="")
    if latest and (last := datetime.strptime(f"{latest}000", _STAMP_FORMAT)) > moment:
        moment = last + timedelta(milliseconds=1)
    stamp = f"{moment:{_STAMP_FORMAT}}"[:_STAMP_LENGTH]
    while True:
        folder = root / f"{stamp}-{slug}-{secrets.token_hex(2)}"
        try:
            folder.mkdir()
            return folder
        except FileExistsError:
            continue  # of 65,536 names in this millisecond, the same one


def seal(run: Run, state: State, reason: str, summary: Mapping[str, Any] | None = None) -> None:
    """Write the end marker, last and atomically, and drop the checkpoints. A folder that is already sealed, or deleted,
    stays as it is. Raises OSError when it cannot be written."""
    if not run.folder.is_dir():
        return
    for half_written in run.folder.glob(".*.tmp"):  # by a worker that was killed
        half_written.unlink(missing_ok=True)
    if not (run.folder / _END).exists():
        if not state.has_report:
            outcomes.drop(run.folder)
        ended = datetime.now(UTC).isoformat(timespec="seconds")
        write_json(
            run.folder / _END,
            {"schema": SCHEMA, "state": state.value, "reason": reason, "ended": ended, "summary": summary},
            make_folder=False,
        )
    checkpoints.discard(run.folder)


def load_run(store: Path, run_id: str) -> Run:
    """One run by id, from the store or the recorded ones; raises RunError when there is none."""
    known: dict[str, Run] = {}
    for root, recorded in roots(store):
        names = os.listdir(root) if root.is_dir() else []
        if run_id in names and (root / run_id).is_dir():  # a name from the list, so never a path to elsewhere
            return read(root / run_id, recorded=recorded)
        known |= {run.id: run for run in _listed(root, recorded)}
    recent = ", ".join(sorted(known, reverse=True)[:3]) or "none yet"
    raise RunError(f"No run is called {plain(run_id)!r} in this store. The latest: {recent}.")


def list_runs(store: Path, use_case: str | None = None) -> list[Run]:
    """All runs, newest first, recorded ones last."""
    runs = [run for root, recorded in roots(store) for run in _listed(root, recorded)]
    return [run for run in runs if use_case in (None, run.use_case)]


def roots(store: Path) -> tuple[tuple[Path, bool], ...]:
    """The folders that hold run folders, and whether they are shipped ones."""
    return ((store / "runs", False), (RECORDED, True))


def _listed(root: Path, recorded: bool) -> list[Run]:
    return _index(root, recorded).all()


@lru_cache(maxsize=8)
def _index(root: Path, recorded: bool) -> Index[Run]:
    return Index(root, partial(read, recorded=recorded), lambda run: run.sealed_state is not None)


def read(folder: Path, *, recorded: bool = False) -> Run:
    """One run folder as it is; what cannot be read becomes its problem, in a sentence."""
    try:
        config = _json_object(f"{folder}/config.json") or {}
        end = _json_object(f"{folder}/{_END}", may_miss=True)
        problem = _schema_problem(folder.name, config, end)
    except (OSError, ValueError) as error:
        return Run(id=folder.name, folder=folder, config={}, end={}, recorded=recorded, problem=_damage(folder, error))
    return Run(
        id=folder.name,
        folder=folder,
        config=config,
        end={} if problem else end or {},
        problem=problem,
        recorded=recorded,
    )


def _damage(folder: Path, error: Exception) -> str:
    if not folder.exists():
        return f"The folder of run {folder.name} was deleted; nothing of it is left. Train again."
    return (
        f"The run folder {folder.name} is damaged ({error}). Its other files are untouched; train again, or delete the "
        "folder."
    )


def _json_object(path: str, *, may_miss: bool = False) -> dict[str, Any] | None:
    """Plain paths and one look at the file: a list of hundreds of runs does this a thousand times."""
    try:
        return _an_object(path, _cached_json(path))
    except FileNotFoundError:
        if may_miss:
            return None
        raise


def _an_object(path: Path | str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{os.path.basename(path)} holds no JSON object")
    return value


@read_once(maxsize=4096)
def _cached_json(path: str) -> Any:
    return read_json(path)


def _schema_problem(name: str, config: Mapping[str, Any], end: Mapping[str, Any] | None) -> str:
    schema = config.get("schema")
    if schema != SCHEMA:
        return (
            f"The run {name} has schema version {schema}; this version of the product reads {SCHEMA}. "
            "Open it with the version that wrote it, or train again."
        )
    missing = [key for key in ("run", "use_case", "settings", "created") if key not in config]
    if missing:
        return f"The run folder {name} is damaged: its configuration has no {', '.join(missing)}. Train again."
    return _end_problem(name, end) if end is not None else ""


def _end_problem(name: str, end: Mapping[str, Any]) -> str:
    if end.get("state") not in _FINAL:
        return f"The run folder {name} is damaged: its final state is unknown. Train again."
    summary = end.get("summary")
    complete = (
        isinstance(summary, dict)
        and all(key in summary for key in SUMMARY)
        and isinstance(summary["headline"], dict)
        and (summary["validation_score"] is None or isinstance(summary["validation_score"], int | float))
    )
    if State(end["state"]).has_report and not complete:
        return f"The run folder {name} is damaged: its summary cannot be read. Train again."
    return ""


def unsealed(store: Path) -> list[Run]:
    """The store's own runs that have no end and can be read, the oldest first."""
    return [r for r in reversed(_listed(store / "runs", recorded=False)) if not r.problem and not r.sealed_state]


def of_variant(found: Iterable[Run], use_case: UseCase) -> list[Run]:
    """The runs that were asked what this variant asks. A run without the setting, or a use case as it is declared, is
    the first variant's."""
    if not use_case.variants:
        return list(found)
    first = use_case.variants[0].name
    asked = use_case.variant or first
    return [r for r in found if (r.config.get("settings") or {}).get("variant", first) == asked]


def best_run(store: Path, use_case: UseCase, higher_is_better: bool) -> Run | None:
    """The run with the best validation score within the variant: a store's own runs first, a recorded one when there
    are none."""
    return best_among(list_runs(store, use_case.name), use_case, higher_is_better)


def best_among(found: Iterable[Run], use_case: UseCase, higher_is_better: bool) -> Run | None:
    """The same among runs that are listed already, of whatever use case."""
    of_it = of_variant((r for r in found if r.use_case == use_case.name), use_case)
    measured = [r for r in of_it if "validation_score" in r.summary]
    own = [r for r in measured if not r.recorded] or measured
    sign = 1 if higher_is_better else -1

    def rank(run: Run) -> float:
        score = run.summary["validation_score"]
        return -math.inf if score is None else sign * float(score)  # an undefined one is the best only among such

    return max(own, key=rank, default=None)


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
