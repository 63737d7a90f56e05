"""The queue as the feed tells it: what trains, waits or is paused, and how far the one that trains has come."""

from __future__ import annotations

import json
import math
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.contracts import State
from core.errors import UnknownNameError, UserError
from core.formatting.messages import shown, use
from core.formatting.text import _, plain
from core.jobs import Jobs, OpenJob
from core.store import runs
from core.use_cases import use_case as use_case_named
from pages.components.live_run import LiveRun, stamp

_MOST_TOLD = 8
_LOOK_AGAIN_S = 2.0
_READ_AGAIN_S = 6.0  # of a file that has not changed
_MOST_POINTS = 40


class LiveQueue:
    """One store's queue. Threads may ask at the same time."""

    def __init__(self, store: Path) -> None:
        self.store, self._path = store, os.fspath(store / "queue.sqlite")
        self._lock = threading.Lock()
        self._told: dict[str, str] = {}
        self._visitors: list[str] = []
        self._told_of: object = None
        self._read: tuple[object, float, list[OpenJob], str] | None = None
        self._file: object = None
        self._looked = -math.inf

    def stamp(self) -> object:
        """Changes when the queue's file does."""
        return stamp(self._path)

    @property
    def is_busy(self) -> bool:
        """Whether there was anything in it at the last look."""
        return bool(self._visitors)

    def is_fresh(self, language: str, file: object) -> bool:
        """Whether what was told last still holds."""
        return language in self._told and file == self._file and time.monotonic() - self._looked < _LOOK_AGAIN_S

    def told(self, language: str, visitor: str) -> str:
        """JSON: the queue, and which places in it are this visitor's."""
        own = [i for i, whose in enumerate(self._visitors) if whose == visitor]
        return f'{self._told[language]},"own":{json.dumps(own)}'

    def look(self, jobs: Jobs, language: str, file: object, live_run: Callable[[str], LiveRun]) -> None:
        """Read it again, and see to somebody who carries it out."""
        with self._lock:
            if self.is_fresh(language, file):
                return
            use(language)
            found, trouble = self._rows(jobs, file)
            now, self._file, self._looked = self._now(jobs, language, file, found, live_run), file, time.monotonic()
            if (found, now, trouble) != self._told_of:
                self._told.clear()
            elif language in self._told:
                return
            self._told_of = found, now, trouble
            head = {
                "queue": [self._job(job) for job in found[:_MOST_TOLD]],
                "more": max(0, len(found) - _MOST_TOLD),
                "now": now,
                "trouble": trouble,
            }
            self._visitors = [job.visitor for job in found]
            self._told[language] = json.dumps(head, ensure_ascii=False)[1:-1]

    def _rows(self, jobs: Jobs, file: object) -> tuple[list[OpenJob], str]:
        """The jobs, and why they cannot be told; read again where the queue's file is another, and now and then, when
        somebody who carries them out is seen to."""
        known = self._read
        if known and file is not None and known[0] == file and time.monotonic() - known[1] < _READ_AGAIN_S:
            return known[2], known[3]
        found, trouble, began = [], "", time.monotonic()
        try:
            found = jobs.open_jobs()
            if found:
                jobs.wake()
        except (UserError, OSError) as error:
            found, trouble = [], plain(shown(str(error)), most=400)
        self._read = None if trouble else (file, began, found, trouble)
        return found, trouble

    def _job(self, job: OpenJob) -> dict[str, str]:
        name = runs.read(self.store / "runs" / job.run).use_case
        try:
            declared = use_case_named(name)
            title, slug = plain(_(declared.title)), declared.slug
        except UnknownNameError:
            title, slug = plain(name or job.run), ""
        return {"run": job.run, "title": title, "page": slug, "state": job.state.value}

    def _now(
        self, jobs: Jobs, language: str, file: object, found: list[OpenJob], live_run: Callable[[str], LiveRun]
    ) -> dict[str, Any] | None:
        running = next((job.run for job in found if job.state is State.RUNNING), None)
        if running is None or not (self.store / "runs" / running).is_dir():
            return None
        live = live_run(running)
        if not live.is_fresh(language, file):
            live.look(jobs, language, file)
        return {"run": running, "share": live.share, "curve": live.curve(_MOST_POINTS)}
