"""One run as its followers are told of it: an epoch is written once for all of them, its head once a change."""

from __future__ import annotations

import json
import math
import os
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from core.contracts import EpochEvent, Event, Metric, Report, State
from core.contracts.events import DeclaredLayer, epochs_of, network_of, training_of
from core.diagnosis import doctor
from core.diagnosis.ending import kept_words, training_words
from core.diagnosis.events import layer_words
from core.errors import RunError
from core.evaluation.metrics import METRICS
from core.formatting import numbers, scores
from core.formatting.durations import duration
from core.formatting.messages import from_json, shown, use
from core.formatting.text import _, plain
from core.jobs import Jobs, Status
from core.store import runs
from core.store.runs import Run
from pages.components.race import verdict_words
from pages.components.training_words import paced, words

MOST_EPOCHS = 400  # in one reply: as many points as a curve has
_LOOK_AGAIN_S = 2.0  # what changes without a file: who waits for how long, whether a worker lives
_LOOKS_APART_S = 0.1
_TRAINS_S = 6.0
_MEASURES = ("train_loss", "validation_loss", "train_score", "validation_score", "validation_score_low")
_DIGITS = 6
T = TypeVar("T")


class LiveRun:
    """What the feed tells of one run. Threads may ask at the same time."""

    def __init__(self, place: Path, *, recorded: bool) -> None:
        self.place, self.recorded = place, recorded
        self._lock = threading.Lock()
        self._events: list[Event] = []
        self._epochs: list[str] = []
        self._layers: list[str] = []
        self._heads: dict[str, str] = {}
        self._files: tuple[object, ...] = ()
        self._watched = tuple(os.fspath(place / name) for name in ("progress.jsonl", runs.END))
        self._run: Run | None = None
        self._told_of: Status | None = None
        self._points: tuple[int, int, list[float | None]] = (-1, 0, [])
        self._looked = -math.inf
        self._faults: tuple[int, str] = (0, "")
        self._diagnosed = -math.inf
        self._stood: tuple[float, object, Status] = (-math.inf, None, Status(state=State.WAITING))
        self.share, self.standing = 0.0, ""

    def curve(self, most: int) -> list[float | None]:
        """The headline on validation rows, epoch by epoch, in so many points at most."""
        count = len(self._epochs)
        if self._points[:2] != (count, most):
            events = _evenly(epochs_of(self._events), most)
            self._points = count, most, [_number(e.get("validation_score")) for e in events]
        return self._points[2]

    def is_fresh(self, language: str, queue: object) -> bool:
        """Whether what was told last still holds, as far as a look at the files' times can say."""
        now = time.monotonic()
        if language not in self._heads or now - self._looked > _LOOK_AGAIN_S:
            return False
        return now - self._looked < _LOOKS_APART_S or self._files == (queue, *self._stamps())

    def told(self, language: str, after: int) -> str:
        """JSON of the run: its head, and the epochs since `after`, or from the first where there are fewer."""
        with self._lock:
            start = after if 0 <= after <= len(self._epochs) else 0
            new = _evenly(self._epochs[start:], MOST_EPOCHS)
            return f'{{{self._heads[language]},"from":{start},"count":{len(self._epochs)},"epochs":[{",".join(new)}]}}'

    def look(self, jobs: Jobs, language: str, queue: object) -> None:
        """Read what has come since, and say it in a language."""
        with self._lock:
            use(language)
            files = (queue, *self._stamps())
            is_same = self._run is not None and files[1:] == self._files[1:]
            self._files, self._looked = files, time.monotonic()
            run = self._run if is_same and self._run else runs.read(self.place, recorded=self.recorded)
            status = self._status(jobs, run, (queue, files[-1]))
            if is_same and status == self._told_of and not self._owes_a_diagnosis():
                if language in self._heads:
                    return
            else:
                self._heads.clear()
            self._run, self._told_of = run, status
            events = run.progress()
            self._take(events)
            self._heads[language] = json.dumps(self._head(run, status, events), ensure_ascii=False)[1:-1]

    def _stamps(self) -> tuple[object, ...]:
        return tuple(stamp(path) for path in self._watched)

    def _status(self, jobs: Jobs, run: Run, files: object) -> Status:
        """Where it stands, asked again when the queue or the run's end has changed, and every two seconds; every six
        while it trains: then there is no wait that grows shorter."""
        if run.recorded and run.final_state:
            return Status(state=run.final_state)
        asked, before, status = self._stood
        patience_s = _TRAINS_S if status.state is State.RUNNING else _LOOK_AGAIN_S
        if files != before or time.monotonic() - asked > patience_s:
            status = jobs.status(run)
            self._stood = time.monotonic(), files, status
        return status

    def _take(self, events: list[Event]) -> None:
        seen = len(self._events)
        if seen > len(events) or (seen and events[seen - 1] is not self._events[-1]):
            self._events, self._epochs, self._layers, self._faults, seen = [], [], [], (0, ""), 0
        training = training_of(events) if len(events) > seen else None
        metric = METRICS.get(str(training.get("headline"))) if training else None
        for event in epochs_of(events[seen:]):
            if not self._layers:
                self._layers = list(event.get("layers") or {})
            self._epochs.append(json.dumps(_short(event, self._layers, metric), separators=(",", ":")))
        self._events = events

    def _head(self, run: Run, status: Status, events: list[Event]) -> dict[str, Any]:
        epochs = epochs_of(events)
        last = epochs[-1] if epochs else None
        text, share = words(run, status, events, epochs)
        self.share = round(share, 4)
        self.standing = _standing(status, share, self._found(events, len(epochs), over=share >= 1))
        notice = next((e for e in reversed(events) if e["event"] == "notice"), None)
        training: Mapping[str, Any] = training_of(events) or {}
        verdict = verdict_words(run, events)
        report = _report(run, status)
        return {
            "id": run.id,
            "state": status.state.value,
            "standing": self.standing,
            "text": plain(text, most=400),
            "share": self.share,
            "notice": plain(shown(from_json(notice["text"], notice.get("message"))), most=400) if notice else "",
            "trouble": "" if status.state.is_final else plain(shown(status.reason), most=400),
            "most": last["num_epochs"] if last else run.settings.get("num_epochs"),
            "elapsed": last["elapsed_s"] if last else 0,
            "left": last["left_s_at_most"] if last else None,
            "learned": plain(duration(last["elapsed_s"])) if last else "",
            "higher": bool(training.get("higher_is_better", True)),
            "constant": _number(training.get("constant_score")),
            "verdict": plain(verdict.sentence, most=400),
            "compared": plain(verdict.compared, most=400),
            "judged": verdict.judged,
            "scores": verdict.scores,
            "best": _best(report),
            "ended": plain(_ended(status, report), most=400),
            "layers": _layers(self._layers, last, network_of(events)),
            "facts": _facts(paced(report, last), str(training.get("device", ""))) if last else [],
        }

    def _found(self, events: list[Event], count: int, *, over: bool) -> str:
        """The faults that the run doctor sees; asked again when there is a tenth more to see and two seconds have gone,
        and at the end."""
        asked, found = self._faults
        is_due = self._owes_a_diagnosis() and time.monotonic() - self._diagnosed > _LOOK_AGAIN_S
        if count and (is_due or count < asked or (over and count > asked)):
            self._diagnosed = time.monotonic()
            self._faults = count, ",".join(finding.fault for finding in doctor.diagnose(events))
        return self._faults[1] if count else found

    def _owes_a_diagnosis(self) -> bool:
        """Whether there is a tenth more to see than when it was asked last."""
        return len(self._epochs) >= 1.1 * self._faults[0] + 1


def _evenly(values: list[T], most: int) -> list[T]:
    """At most so many of them, with the first and the last."""
    if len(values) <= most:
        return values
    return [values[round(i * (len(values) - 1) / (most - 1))] for i in range(most)]


def _standing(status: Status, share: float, faults: str) -> str:
    """What a page draws otherwise: while it stays the same, nothing but the browser's part changes."""
    over = "over" if share >= 1 or status.state.is_final else ""
    return f"{status.state.value}/{status.asked}/{over}/{'' if status.state is State.WAITING else faults}"


def stamp(path: str | Path) -> object:
    """Changes when a file does; None where there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _short(event: EpochEvent, layers: list[str], metric: Metric | None) -> list[Any]:
    """One epoch: number, losses, scores, band, seconds, rate; per layer its gradient and its share of dead units; how
    the predictions lie; the score on validation rows as it is written; what its first layer looks for; boxes in a
    held-out picture; pictures that it makes."""
    seen: Mapping[str, Any] = event.get("layers") or {}
    dead: Mapping[str, Any] = event.get("dead_units") or {}
    return [
        event["epoch"],
        *(_number(event.get(name)) for name in (*_MEASURES, "validation_score_high", "elapsed_s", "learning_rate")),
        [_number((seen.get(name) or {}).get("gradient_norm")) for name in layers],
        [_number(dead.get(name)) for name in layers],
        event.get("spread"),
        scores.score(metric, event["validation_score"]) if metric else "",
        event.get("first_look"),
        event.get("boxes"),
        generated["pictures"] if (generated := event.get("generated")) else None,
    ]


def _number(value: Any) -> float | None:
    """With as many digits as a picture can show; None for what is none."""
    if not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return numbers.rough(value, _DIGITS)


def _layers(names: list[str], last: EpochEvent | None, declared: Mapping[str, DeclaredLayer]) -> list[dict[str, Any]]:
    if last is None:
        return []
    units, seen = last.get("hidden_units") or {}, last.get("layers") or {}
    return [
        {
            "name": name,
            "title": plain(_(layer_words(name, declared))),
            "units": units.get(name),
            "parameters": seen[name]["parameters"] if name in seen else None,
        }
        for name in names
    ]


def _report(run: Run, status: Status) -> Report | None:
    if not status.state.has_report:
        return None
    try:
        return run.report()
    except RunError:  # Results says what is wrong with it
        return None


def _best(report: Report | None) -> list[int] | None:
    """The first and the last epoch of lowest loss on validation rows: each network has its own."""
    best = report.get("best_epoch") if report else None
    return [min(best), max(best)] if best else None


def _ended(status: Status, report: Report | None) -> str:
    """How the training ended and what it kept; the text of one that was stopped says already that it was."""
    if report is None:
        return ""
    return shown(kept_words(report) if status.state is State.STOPPED else training_words(report))


def _facts(last: EpochEvent, device: str) -> list[list[str]]:
    return [
        [_("Training time"), plain(duration(last["elapsed_s"]))],
        [_("Samples per second"), numbers.count(last["samples_per_s"])],
        [_("Device"), plain(device)],
        [_("Networks in training"), numbers.count(last["networks_running"])],
        [_("Learning rate"), numbers.significant(last.get("learning_rate"), 2)],
    ]
