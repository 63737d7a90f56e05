"""Signs of life: a small file that a process keeps writing, and how long whoever watches has seen nothing new in it."""

from __future__ import annotations

import os
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from core.environment import SILENT_S, STEP_S
from core.formatting.durations import duration
from core.formatting.messages import message
from core.queue.requests import Request, RequestReader
from core.store import checkpoints
from core.store.files import make_folder, make_way

_BEAT_S = 1.0
_LOOK_S = 0.5
_MOST_STEP_S = 1.0  # of one look: a machine that slept, or a watcher that was itself stopped, saw nothing meanwhile
START_S = 120.0  # for imports, before the first sign
_PATIENCE = 4.0  # times the longest that this training has kept anybody waiting


@dataclass(frozen=True, kw_only=True, slots=True)
class Sign:
    """What a pulse says: whose it is, how often the process and how often its work has come on, the step it is in, and
    the longest that a step of that name has taken between two looks at what it is asked, in seconds."""

    pid: int
    beats: int = 0
    advances: int = 0
    longest_s: float = 0.0
    step: str = "start"


class Pulse:
    """The side of the process that is watched. A thread writes: it stops with a process that was stopped. What it
    writes also tells whether the work itself comes on."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._beats = self._advances = 0
        self._step, self._longest_s, self._last_s = "start", 0.0, time.monotonic()
        self._next_s = 0.0
        self._ended, self._writing = threading.Event(), threading.Lock()

    def __enter__(self) -> Pulse:
        self.beat()
        threading.Thread(target=self._keep_on, daemon=True, name="pulse").start()
        return self

    def __exit__(self, *failure: object) -> None:
        self._ended.set()

    def advance(self) -> bool:
        """The work has come on. Always False, so that it can stand before a question."""
        now_s = time.monotonic()
        self._longest_s, self._last_s = max(self._longest_s, now_s - self._last_s), now_s
        self._advances += 1
        return False

    def begin(self, step: str) -> None:
        """Another step begins."""
        self.advance()
        self._step, self._longest_s = step, 0.0

    def beat(self) -> None:
        """Write; where the disk takes nothing more, the time of the file is sign enough. Raises OSError."""
        with self._writing:
            self._beats += 1
            words = f"{os.getpid()} {self._beats} {self._advances} {int(1000 * self._longest_s)} {self._step}"
            make_folder(self.path.parent)
            make_way(self.path)
            descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o644)
            try:
                os.pwrite(descriptor, f"{words.ljust(120)}\n".encode(), 0)
            except OSError:
                if not os.fstat(descriptor).st_size:
                    raise
                os.utime(descriptor)
            finally:
                os.close(descriptor)

    def beat_now_and_then(self) -> None:
        """For a loop: write where the last one is old enough; a disk that takes nothing is no reason to end."""
        now_s = time.monotonic()
        if now_s >= self._next_s:
            self._next_s = now_s + _BEAT_S
            with suppress(OSError):
                self.beat()

    def _keep_on(self) -> None:
        while not self._ended.wait(min(_BEAT_S, SILENT_S.read() / 5)):
            with suppress(OSError):  # the next one tries again
                self.beat()


def read(path: Path) -> Sign | None:
    """The last sign; None where there is none that can be read."""
    try:
        pid, beats, advances, longest_ms, step = path.read_text(encoding="ascii").split()
        return Sign(pid=int(pid), beats=int(beats), advances=int(advances), longest_s=int(longest_ms) / 1000, step=step)
    except (OSError, ValueError):
        return None


class Silence:
    """How long something has stayed the same, counted in looks."""

    def __init__(self) -> None:
        self._seen: object = None
        self._looked_s, self.seconds = time.monotonic(), 0.0

    def look(self, now_is: object) -> float:
        """Seconds without a change."""
        now_s = time.monotonic()
        step_s, self._looked_s = min(now_s - self._looked_s, _MOST_STEP_S), now_s
        self.seconds = self.seconds + step_s if now_is == self._seen else 0.0
        self._seen = now_is
        return self.seconds


class Watch:
    """The supervisor's side, for the worker of one run. A worker is given up when it gives no sign, when its training
    leaves a request unanswered, or when one step takes for ever; building data and fitting baselines may take long.
    After every death the next worker is given longer to answer: what kept that one may come again."""

    def __init__(self, store: Path, run_id: str, *, adopted: bool, deaths: int = 0) -> None:
        self.store, self.run_id, self.adopted, self.deaths = store, run_id, adopted, deaths
        self.path, self.requests = path_of(store, run_id), RequestReader(store, run_id)
        self.before = None if adopted else read(self.path)  # of a worker that has died
        self.next_s, self._life, self._work, self._answer = 0.0, Silence(), Silence(), Silence()

    def complaint(self) -> str:
        """Why the worker must be ended, in a sentence; empty while all is well."""
        now_s = time.monotonic()
        if now_s < self.next_s:
            return ""
        self.next_s = now_s + _LOOK_S
        sign = self.sign()
        silent_s = self._life.look((sign, changed_ns(self.path)))
        if sign is None:  # it has not begun; a worker of a version without signs, which was adopted, never will
            begins_s = START_S + SILENT_S.read()
            late = not self.adopted and silent_s > begins_s
            return message("The training worker did not begin within {time}.", time=duration(begins_s)) if late else ""
        most_s = SILENT_S.read()
        if silent_s > most_s:
            return message("The training worker gave no sign of life for {time}.", time=duration(most_s))
        return self._of_work(sign)

    def sign(self) -> Sign | None:
        """The sign of the worker that has the run now."""
        sign = read(self.path)
        return None if sign == self.before else sign

    def _of_work(self, sign: Sign) -> str:
        found = self.requests.asked()
        asked = next((r for r in (Request.STOP, Request.PAUSE) if r in found), None)
        if self._work.look((sign.advances, sign.step)) > STEP_S.read():
            return message(
                "The training worker has not come to the end of one step for {time}.", time=duration(STEP_S.read())
            )
        most_s = max(SILENT_S.read(), _PATIENCE * sign.longest_s) * (1 + self.deaths)
        if self._answer.look((sign.advances, asked)) > most_s and asked and self._should_answer(sign, asked):
            return message(
                "The training worker left the request to {asked} unanswered for {time}.",
                asked=message(asked.value),
                time=duration(most_s),
            )
        return ""

    def _should_answer(self, sign: Sign, asked: Request) -> bool:
        """A training looks after every batch, and comes on while it measures. Before it nothing is lost with the
        worker, if nothing was trained."""
        if sign.step == "training":
            return True
        return asked is Request.STOP and not checkpoints.exist(self.store / "runs" / self.run_id)


def path_of(store: Path, run_id: str) -> Path:
    """Where the worker of a run leaves its signs."""
    return store / "locks" / f"{run_id}.pulse"


def path_of_answerer(store: Path) -> Path:
    """Where the answer worker leaves its own."""
    return store / "answers.pulse"


def path_of_supervisor(store: Path) -> Path:
    """Where the supervisor leaves its own, by its loop and no thread."""
    return store / "supervisor.pulse"


def changed_ns(path: Path) -> int:
    """When a sign was last given: on a full disk that is all there is to it."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
