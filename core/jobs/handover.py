"""Which code a supervisor runs, and how one of older code makes room for the code on disk. Ends nothing else."""

from __future__ import annotations

import hashlib
import logging
import os
import signal
import time
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from core import __version__
from core.jobs.queue import Queue
from core.registry import extra_folders
from core.store.files import read_json, write_json

log = logging.getLogger("proving_ground.jobs")
_CORE = Path(__file__).parents[1]


def code_on_disk() -> tuple[str, int]:
    """A key of the code that a supervisor started now would run, and the time of its newest file, ns. Reads files only
    when one has changed."""
    files = sorted(p for root in (_CORE, *extra_folders()) for p in root.rglob("*.py"))
    found = []
    for path in files:
        try:
            found.append((path, path.stat().st_mtime_ns))
        except OSError:
            continue  # gone between the two looks
    return _key(tuple(found)), max((changed_ns for _, changed_ns in found), default=0)


@lru_cache(maxsize=4)
def _key(files: tuple[tuple[Path, int], ...]) -> str:
    digest = hashlib.sha256(__version__.encode())
    for path, _ in files:
        digest.update(f"{path}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def write_card(store: Path) -> str:
    """Say in supervisor.json who serves the store, and with which code; returns the code's key."""
    code, changed_ns = code_on_disk()
    card = {"pid": os.getpid(), "version": __version__, "code": code, "code_changed_ns": changed_ns}
    write_json(store / "supervisor.json", {**card, "began": time.time()})
    return code


def ask_older_to_leave(store: Path, queue: Queue) -> bool:
    """Tell a supervisor of older code than the one on disk to end: it leaves its run at a checkpoint, and whoever comes
    next goes on. One that cannot do that, of a version before checkpoints, is told once nothing is being trained."""
    try:
        card = read_json(store / "supervisor.json")
        pid, its_code = int(card["pid"]), _its_code(card)
    except (OSError, ValueError, KeyError, TypeError):
        return False  # it is just starting, or has gone
    code, changed_ns = code_on_disk()
    if code == its_code[0] or changed_ns <= its_code[1]:
        return False  # of two checkouts that share a store the newer one serves it: they do not end each other in turn
    if not its_code[0] and any(job.taken is not None for job in queue.jobs()):
        return False
    if not _is_supervisor(pid, store):
        return False
    log.info("supervisor %s runs older code; it is told to end", pid)
    try:
        os.kill(pid, signal.SIGTERM)
    except OSError:
        return False  # it has gone, or is somebody else's
    return True


def _its_code(card: Mapping[str, Any]) -> tuple[str, int]:
    """Key and time; a card without them is of a version that knew neither."""
    return str(card.get("code", "")), int(card.get("code_changed_ns", 0))


def _is_supervisor(pid: int, store: Path) -> bool:
    """Whether the process is the store's supervisor and no other that was given its number."""
    try:
        words = (Path("/proc") / str(pid) / "cmdline").read_bytes()
    except OSError:
        return not Path("/proc/self").exists()  # a system without /proc: the card is believed
    return b"core.jobs" in words and str(store).encode() in words
