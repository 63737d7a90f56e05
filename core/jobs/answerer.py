"""The supervisor's side of the answer worker: started, and started again when it ends. Asks it nothing."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time
from pathlib import Path

log = logging.getLogger("proving_ground.supervisor")

_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.5, 30.0
_HEALTHY_S = 30.0


class Answerer:
    """One process. One that cannot live, on a full disk say, is tried ever more rarely."""

    def __init__(self, store: Path) -> None:
        self.store, self.wait_s = store, _FIRST_WAIT_S
        self.next_s: float | None = None
        self.began_s, self.process = self._start()

    def look_after(self) -> None:
        """Start another where it has ended."""
        now_s = time.monotonic()
        if self.process.poll() is None:
            return
        if self.next_s is None:
            if now_s - self.began_s > _HEALTHY_S:
                self.wait_s = _FIRST_WAIT_S
            log.warning("the answer worker ended with %s; starting another", self.process.returncode)
            self.next_s = now_s + self.wait_s
            self.wait_s = min(2 * self.wait_s, _LONGEST_WAIT_S)
        elif now_s >= self.next_s:
            self.next_s = None
            self.began_s, self.process = self._start()

    def end(self) -> None:
        """End it."""
        self.process.terminate()

    def _start(self) -> tuple[float, subprocess.Popen[bytes]]:
        command = [sys.executable, "-m", "core.jobs.answers", str(self.store), str(os.getpid())]
        return time.monotonic(), subprocess.Popen(command)
