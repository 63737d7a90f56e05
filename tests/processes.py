"""Processes of a store, found by their environment or command line: for tests that must leave none behind."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path


def processes_of(store: Path) -> Iterator[int]:
    """Ids of the processes, this one excepted, whose environment or command names the store."""
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            text = (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes()
            if str(store).encode() in text and int(folder.name) != os.getpid():
                yield int(folder.name)


def end_processes_of(store: Path) -> None:
    """Kill them: supervisor, workers, web servers."""
    for pid in list(processes_of(store)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
