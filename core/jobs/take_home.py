"""A run's files to take home: made by the command line in a process of its own, and kept in the store. Light."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

from core.environment import STORE
from core.errors import UserError
from core.store.runs import Run

KINDS: Mapping[str, str] = {"html": "report.html", "pptx": "slides.pptx", "zip": "data-room.zip"}
_CODE = Path(__file__).parents[1]
_MOST_KEPT = 20


class Maker:
    """Makes files for all visitors of one server, one run at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: tuple[Path, subprocess.Popen[bytes]] | None = None

    def files(self, store: Path, run: Run) -> dict[str, Path]:
        """By kind; empty while they are not made, or were made of what the run or the code no longer is."""
        folder = _folder(store, run)
        with self._lock:
            self._settle()
        found = {kind: folder / name for kind, name in KINDS.items()}
        return found if all(path.is_file() for path in found.values()) else {}

    def begin(self, store: Path, run: Run) -> bool:
        """See to it that they are made; False while those of another run are. Raises UserError where they cannot be
        kept."""
        with self._lock:
            self._settle()
            if self._running is not None and self._running[1].poll() is None:
                return self._running[0] == _folder(store, run)
            folder = _folder(store, run)
            part = folder.with_suffix(".part")
            try:
                shutil.rmtree(part, ignore_errors=True)
                part.mkdir(parents=True)
                with (part / "said").open("wb") as said:
                    process = subprocess.Popen(
                        _command(run, part), cwd=_CODE.parent, env=_environment(store), stdout=said, stderr=said
                    )
            except OSError as error:
                raise UserError(
                    "The files of {run} could not be written into the store ({why}). Make room there.",
                    run=run.id,
                    why=error.strerror or "it cannot be opened",
                ) from error
            self._running = (folder, process)
            return True

    def wait(self, store: Path, run: Run, seconds: float) -> bool:
        """Whether they are done, after so long at most. Raises UserError, in the command's own words, where they could
        not be made."""
        folder = _folder(store, run)
        with self._lock:
            running = self._running
        if running is None or running[0] != folder:
            return True
        try:
            code = running[1].wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        with self._lock:
            self._settle()
        if code != 0 and not folder.is_dir():
            raise UserError(_last_line(folder.with_suffix(".part") / "said"))
        return True

    def _settle(self) -> None:
        """Put what is made in its place, whoever waited for it may have left. To be called with the lock."""
        if self._running is None or self._running[1].poll() != 0:
            return
        folder = self._running[0]
        shutil.rmtree(folder, ignore_errors=True)
        folder.with_suffix(".part").rename(folder)
        _tidy(folder.parent)
        self._running = None


def _folder(store: Path, run: Run) -> Path:
    """Named by the run's files and the code that makes them."""
    made_of = hashlib.sha256(run.version.encode())
    for path in sorted((_CODE / "export").iterdir()):
        if path.is_file():
            made_of.update(path.read_bytes())
    return store / "cache" / "taken_home" / made_of.hexdigest()[:24]


def _command(run: Run, folder: Path) -> list[str]:
    wanted = [word for kind, name in KINDS.items() for word in (f"--{kind}", str(folder / name))]
    return [sys.executable, "-m", "core", "export", run.id, *wanted]


def _environment(store: Path) -> dict[str, str]:
    return {**os.environ, STORE.name: str(store), "OMP_NUM_THREADS": "1"}


def _last_line(path: Path) -> str:
    """What the command said last: its sentence."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    except OSError:
        lines = []
    return lines[-1] if lines else "The files could not be made. Try again."


def _tidy(folder: Path) -> None:
    """Keep those that were made last."""
    made = sorted((p for p in folder.iterdir() if p.suffix != ".part"), key=lambda p: p.stat().st_mtime)
    for old in made[:-_MOST_KEPT]:
        shutil.rmtree(old, ignore_errors=True)
