"""The supervisor's side of the answer worker: started, and started again when it ends or hangs. Asks it nothing."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time
from pathlib import Path

from core.environment import SILENT_S
from core.logs import Event, of
from core.queue import pulse
from core.queue.pulse import Silence

log = logging.getLogger("proving_ground.supervisor")

_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.5, 30.0
_HEALTHY_S, _END_S = 30.0, 0.5


class Answerer:
    """One process. One that cannot live, on a full disk say, is tried ever more rarely; one that ended of its own will
    is started again at once."""

    def __init__(self, store: Path) -> None:
        self.store, self.wait_s = store, _FIRST_WAIT_S
        self.next_s: float | None = None
        self.began_s, self.process = self._start()

    def look_after(self) -> None:
        """Start another where it has ended."""
        now_s = time.monotonic()
        if self.process.poll() is None:
            self._end_where_hung()
            return
        if self.process.returncode == 0:  # of its own will: code that questions bring along has changed
            self.next_s, (self.began_s, self.process) = None, self._start()
        elif self.next_s is None:
            if now_s - self.began_s > _HEALTHY_S:
                self.wait_s = _FIRST_WAIT_S
            told = of(Event.ANSWER_WORKER_RESTARTED)
            log.warning("it ended with exit code %s; starting another", self.process.returncode, extra=told)
            self.next_s = now_s + self.wait_s
            self.wait_s = min(2 * self.wait_s, _LONGEST_WAIT_S)
        elif now_s >= self.next_s:
            self.next_s = None
            self.began_s, self.process = self._start()

    def end(self) -> None:
        """End it, also where it hangs."""
        self.process.terminate()
        try:
            self.process.wait(timeout=_END_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _end_where_hung(self) -> None:
        """It beats by a thread of its own, so that a long question is no reason to end it."""
        path = pulse.path_of_answerer(self.store)
        sign = pulse.read(path)
        own = sign if sign is not None and sign.pid == self.process.pid else None
        most_s = SILENT_S.read() if own else pulse.START_S + SILENT_S.read()
        if self.silence.look((sign, pulse.changed_ns(path))) > most_s:
            told = of(Event.ANSWER_WORKER_RESTARTED)
            log.warning("it gave no sign of life for %g s; it is ended, and another started", most_s, extra=told)
            self.process.kill()

    def _start(self) -> tuple[float, subprocess.Popen[bytes]]:
        self.silence = Silence()
        command = [sys.executable, "-m", "core.answering.worker", str(self.store), str(os.getpid())]
        return time.monotonic(), subprocess.Popen(command)
