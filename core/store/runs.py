"""Run folders, listed and read. A damaged one is listed as such and never raises from a list."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from core.contracts import Event, State, StoredReport, UseCase
from core.contracts.plain import ANYTHING
from core.contracts.report import End, Summary
from core.contracts.run import RunConfig
from core.errors import RunError
from core.formatting.messages import from_json, message
from core.formatting.text import plain
from core.keys.file_stamps import read_once
from core.settings.earlier_names import with_renamed
from core.settings.training import stopped_on_request
from core.store import formats, outcomes, packed, progress
from core.store.files import read_json
from core.store.index import Index
from core.store.shapes import MapOf, parse_json, problem

if TYPE_CHECKING:
    from core.store.predictions import Predictions

SCHEMA = 1
RECORDED = Path(__file__).parents[2] / "data" / "recorded"
END = "end.json"
_RESULT = ("config.json", END, *outcomes.FILES)


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """One run as a list shows it. problem: a sentence when the folder cannot be used, else empty."""

    id: str
    folder: Path
    config: RunConfig
    end: End | None  # None: it is not finalized
    problem: str = ""
    recorded: bool = False

    @property
    def use_case(self) -> str:
        return str(self.config.get("use_case", ""))

    @property
    def final_state(self) -> State | None:
        """The final state, or None while nobody has finalized the folder."""
        return State(self.end["state"]) if self.end else None

    @property
    def files(self) -> Mapping[str, str]:
        """The checksums of its files by name, as they were when it was finalized; earlier versions wrote none."""
        return self.end.get("files", {}) if self.end else {}

    @property
    def settings(self) -> Mapping[str, Any]:
        """What it was started with; empty for a folder whose configuration cannot be read."""
        found = self.config.get("settings")
        return found if isinstance(found, Mapping) else {}

    @property
    def reason(self) -> str:
        """Why it ended, in a sentence; empty before. Earlier versions wrote the same one whatever was kept."""
        if self.end is None:
            return ""
        written = self.end["reason"]
        if written == stopped_on_request({}):
            return stopped_on_request(self.settings)
        return from_json(written, self.end.get("message"))

    @property
    def summary(self) -> Summary:
        """Headline, value and validation score, for lists; empty, and so to be asked for first, without a report."""
        return (self.end.get("summary") if self.end else None) or cast(Summary, {})

    @property
    def has_weights(self) -> bool:
        """Whether the model can be asked; large weights of recorded runs are not shipped."""
        return self.place_of("model.safetensors").is_file()

    @property
    def version(self) -> str:
        """Changes when a file of the run does: what is kept of a run is kept by this, because its folder may be deleted
        and another take its name."""
        stamps = [packed.stamp_where(self.folder, name, self.files.get(name), (RECORDED,)) for name in _RESULT]
        return f"{self.folder} {stamps}"

    def place_of(self, name: str) -> Path:
        """Where a file of the run lies: recorded runs are packed, and have some in common."""
        return packed.find(self.folder, name, self.files.get(name), (RECORDED,))

    def content(self, name: str) -> bytes:
        """What a file of the run says, as it was when the run was finalized; raises OSError, and ValueError for another
        content. Runs of earlier versions have no checksums."""
        content = packed.unpack(self.place_of(name))
        if self.files.get(name) not in (None, packed.checksum(content)):
            raise ValueError("it is not what was written when the run ended")
        return content

    def report(self, use_case: UseCase | None = None) -> StoredReport:
        """The whole report; raises RunError when there is none or it cannot be read, and where it is about other
        metrics or columns than the use case has."""
        if self.problem:
            raise RunError(self.problem)
        name = "report.json"
        try:
            report, digest = _report(self.place_of(name))
            if self.files.get(name) not in (None, digest):
                raise ValueError("it is not what was written when the run ended")
            if use_case is not None and (other := _other_question(report, use_case)):
                raise ValueError(other)
            return report
        except (OSError, ValueError) as error:
            raise RunError(
                "A finished run has a report; that of {run} could not be read ({why}). Train again.",
                run=self.id,
                why=_why(error),
            ) from error

    def progress(self) -> list[Event]:
        """Every whole event of progress so far; a torn last line is left for the next reading."""
        path = self.place_of("progress.jsonl")
        try:
            return progress.events(path) if path.name == "progress.jsonl" else list(_packed_progress(path))
        except (OSError, ValueError):
            return []

    def held_out(self) -> Predictions:
        """Predictions and the rows that they are of, which belong together; raises RunError."""
        try:
            from core.store import predictions  # numpy; pages are drawn first without it

            return predictions.read(self.content)
        except (OSError, ValueError) as error:
            raise RunError(
                "A finished run has held-out predictions; those of {run} could not be read ({why}). Train again.",
                run=self.id,
                why=_why(error),
            ) from error


def _why(error: Exception) -> str:
    """Our own words for what is wrong with a file; of the system's, what it is called."""
    if isinstance(error, FileNotFoundError):
        return "it is missing"
    return (error.strerror or "it cannot be opened") if isinstance(error, OSError) else str(error)


def _other_question(report: StoredReport, use_case: UseCase) -> str:
    """Where a report answers another question than the use case asks now; empty where it does not."""
    metrics, columns = set(use_case.task.metrics), {c.name for c in use_case.columns}
    told = [{*report["metrics"]}, *({*b["metrics"]} for b in report["baselines"])]
    if report["headline"]["metric"] != use_case.task.headline or any(metrics - of for of in told):
        return "it tells of other metrics than the use case has now"
    if bool(columns) != bool(report["importance"]) or {i["column"] for i in report["importance"]} - columns:
        return "it tells of other columns than the use case has now"
    return ""


@read_once(maxsize=256)
def _report(path: str) -> tuple[StoredReport, str]:
    """The report, and the checksum of its file."""
    content = packed.unpack(Path(path))
    return with_renamed(parse_json(content, formats.REPORT)), packed.checksum(content)


@read_once(maxsize=32)
def _packed_progress(path: str) -> list[Event]:
    return progress.events_of(packed.unpack(Path(path)))


def load_run(store: Path, run_id: str) -> Run:
    """One run by id, from the store or the recorded ones; raises RunError when there is none."""
    known: dict[str, Run] = {}
    for root, recorded in roots(store):
        names = os.listdir(root) if root.is_dir() else []
        if run_id in names and (root / run_id).is_dir():  # a name from the list, so never a path to elsewhere
            return read(root / run_id, recorded=recorded)
        known |= {run.id: run for run in _listed(root, recorded)}
    recent = ", ".join(sorted(known, reverse=True)[:3]) or "none yet"
    raise RunError(
        "No run is called {run_id!r} in this store. The latest: {recent}.", run_id=plain(run_id), recent=recent
    )


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
    return Index(root, partial(read, recorded=recorded), lambda run: run.final_state is not None)


def read(folder: Path, *, recorded: bool = False) -> Run:
    """One run folder as it is; what cannot be read becomes its problem, in a sentence."""
    run_id = folder.name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")  # as it can be shown
    config = cast(RunConfig, {})
    end: End | None = None
    told = ""
    try:
        config = _config(f"{folder}/config.json")
        if config.get("schema") == SCHEMA:
            with suppress(FileNotFoundError):
                end = _end(f"{folder}/{END}")
        else:
            told = _version(run_id, config.get("schema"))
            config = cast(RunConfig, {n: v for n, v in config.items() if isinstance(v, str)})  # whatever else it means
    except (OSError, ValueError) as error:
        told = _damage(run_id, folder, error)
    return Run(id=run_id, folder=folder, config=config, end=end, recorded=recorded, problem=told)


def _damage(run_id: str, folder: Path, error: Exception) -> str:
    if not folder.exists():
        return message("The folder of run {run} was deleted; nothing of it is left. Train again.", run=run_id)
    return message(
        "The run folder {run} is damaged ({why}). Its other files are untouched; train again, or delete the folder.",
        run=run_id,
        why=_why(error),
    )


def _version(run_id: str, schema: Any) -> str:
    return message(
        "The run {run} has schema version {schema}; this version of the product reads {known}. Open it with the "
        "version that wrote it, or train again.",
        run=run_id,
        schema=str(schema)[:20],
        known=SCHEMA,
    )


@read_once(maxsize=4096)
def _config(path: str) -> RunConfig:
    """A configuration; of another version of the product, whatever it is."""
    config: dict[str, Any] = read_json(path, MapOf(ANYTHING))
    if config.get("schema") == SCHEMA and (found := problem(config, formats.CONFIG)):
        raise ValueError(f"its configuration: {found}")
    return cast(RunConfig, with_renamed(config))


@read_once(maxsize=4096)
def _end(path: str) -> End:
    """The end; that of a run with a report has a summary."""
    end: End = read_json(path, formats.END)
    if State(end["state"]).has_report and (found := problem(end.get("summary"), formats.SUMMARY)):
        raise ValueError(f"its summary: {found}")
    return end


def unfinalized(store: Path) -> list[Run]:
    """The store's own runs that have no end and can be read, the oldest first."""
    return [r for r in reversed(_listed(store / "runs", recorded=False)) if not r.problem and not r.final_state]


def of_variant(found: Iterable[Run], use_case: UseCase) -> list[Run]:
    """The runs that were asked what this variant asks. A run without the setting, or a use case as it is declared, is
    the first variant's."""
    if not use_case.variants:
        return list(found)
    first = use_case.variants[0].name
    asked = use_case.variant or first
    return [r for r in found if r.settings.get("variant", first) == asked]


def best_run(store: Path, use_case: UseCase, higher_is_better: bool) -> Run | None:
    """The run with the best validation score within the variant: a store's own runs first, a recorded one when there
    are none."""
    return best_among(list_runs(store, use_case.name), use_case, higher_is_better)


def best_among(found: Iterable[Run], use_case: UseCase, higher_is_better: bool) -> Run | None:
    """The same among runs that are listed already, of whatever use case; one that was judged by another metric than
    the use case has now is left out."""
    of_it = of_variant((r for r in found if r.use_case == use_case.name), use_case)
    judged = _judged(of_it, use_case)
    own = [r for r in judged if not r.recorded] or judged
    sign = 1 if higher_is_better else -1

    def rank(run: Run) -> float:
        score = run.summary["validation_score"]
        return -math.inf if score is None else sign * float(score)  # an undefined one is the best only among such

    return max(own, key=rank, default=None)


def showcase(store: Path, use_case: UseCase) -> Run | None:
    """The recorded run that stands for a use case in its variant: of the first preset that is recommended there, else
    of the variant's own defaults. None where nothing is shipped of it."""
    return showcase_among(list_runs(store, use_case.name), use_case)


def showcase_among(found: Iterable[Run], use_case: UseCase) -> Run | None:
    """Likewise, among runs that are listed already, of whatever use case."""
    of_it = of_variant((r for r in found if r.recorded and r.use_case == use_case.name), use_case)
    shipped = {r.config.get("preset"): r for r in _judged(of_it, use_case)}
    names = [p.name for p in use_case.presets if p.good]
    return next((shipped[name] for name in (*names, use_case.variant, "default") if name in shipped), None)


def _judged(found: Iterable[Run], use_case: UseCase) -> list[Run]:
    """Those with results in the metric that the use case has now."""
    return [r for r in found if r.summary and r.summary["headline"]["metric"] == use_case.task.headline]
