"""Which code a supervisor runs, and how one of older code makes room for the code on disk. Ends nothing else."""

from __future__ import annotations

import hashlib
import logging
import os
import signal
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from core import __version__
from core.environment import SILENT_S
from core.keys import code_files
from core.keys.file_stamps import stamp_of
from core.queue import pulse
from core.queue.pulse import Silence
from core.queue.queue import Queue
from core.registry import extra_folders
from core.store.files import read_json, write_json

log = logging.getLogger("proving_ground.jobs")
_CORE = Path(__file__).parents[1]
_HUNG_S = 60.0  # it may wait for a lock, a disk or the end of a worker


def code_on_disk(outside: Sequence[Path] | None = None) -> tuple[str, int]:
    """A key of the code that a supervisor started now would run, and the time of its newest file, ns. Reads files only
    when one has changed. outside: the folders from outside that count; this process's own, where none are given."""
    folders = extra_folders() if outside is None else outside
    found = []
    for entry in (entry for root in (_CORE, *folders) for entry in code_files.entries(root)):
        with suppress(OSError):  # gone between the two looks
            found.append((entry.path, entry.stat().st_mtime_ns))
    return _key(tuple(sorted(found))), max((changed_ns for _, changed_ns in found), default=0)


@lru_cache(maxsize=4)
def _key(files: tuple[tuple[str, int], ...]) -> str:
    digest = hashlib.sha256(__version__.encode())
    for path, _ in files:
        digest.update(f"{path}\n".encode() + Path(path).read_bytes())
    return digest.hexdigest()[:16]


class Brought:
    """Code from outside that runs or questions brought along, as a process has loaded it. Python loads a file once."""

    def __init__(self) -> None:
        self._loaded: dict[Path, str] = {}

    def is_older(self, folders: Iterable[Path]) -> bool:
        """Whether a file there has changed, come or gone since it was last asked."""
        states = {folder: state_of([folder]) for folder in folders}
        older = any(self._loaded.get(folder, state) != state for folder, state in states.items())
        self._loaded |= states
        return older


def state_of(folders: Iterable[Path]) -> str:
    """Changes when a file of code in these folders does."""
    found = []
    for path in sorted(p for folder in folders for p in code_files.under(folder)):
        with suppress(OSError):  # gone between the two looks
            found.append(f"{path} {stamp_of(path)}")
    return hashlib.sha256("\n".join(found).encode()).hexdigest()


def write_card(store: Path) -> str:
    """Say in supervisor.json who serves the store, and with which code; returns the code's key."""
    code, changed_ns = code_on_disk()
    card = {"pid": os.getpid(), "version": __version__, "code": code, "code_changed_ns": changed_ns}
    card["outside"] = [str(folder) for folder in extra_folders()]
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
    code, changed_ns = code_on_disk(_its_folders(card))  # of other folders it does not have older code
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


class HungSupervisor:
    """A client's side: a supervisor that holds its store and does nothing is ended, so that another can take over. Its
    worker trains on and is adopted."""

    def __init__(self, store: Path) -> None:
        self.store, self._silence = store, Silence()

    def end(self) -> bool:
        """Asked while the store is held, about once a second; whether it was ended."""
        path = pulse.path_of_supervisor(self.store)
        sign = pulse.read(path)
        if self._silence.look((sign, pulse.changed_ns(path))) <= max(_HUNG_S, SILENT_S.read()) or sign is None:
            return False
        self._silence = Silence()
        if not _is_supervisor(sign.pid, self.store):
            return False
        log.warning("supervisor %s gave no sign of life; it is ended", sign.pid)
        with suppress(OSError):  # it has gone, or is somebody else's
            os.kill(sign.pid, signal.SIGKILL)
        return True


def _its_code(card: Mapping[str, Any]) -> tuple[str, int]:
    """Key and time; a card without them is of a version that knew neither."""
    return str(card.get("code", "")), int(card.get("code_changed_ns", 0))


def _its_folders(card: Mapping[str, Any]) -> list[Path] | None:
    """The folders from outside that are in its key; None for a card that does not say."""
    said = card.get("outside")
    return [Path(each) for each in said] if isinstance(said, list) and all(isinstance(s, str) for s in said) else None


def _is_supervisor(pid: int, store: Path) -> bool:
    """Whether the process is the store's supervisor and no other that was given its number."""
    try:
        words = (Path("/proc") / str(pid) / "cmdline").read_bytes()
    except OSError:
        return not Path("/proc/self").exists()  # a system without /proc: the card is believed
    return b"core.jobs" in words and str(store).encode() in words
