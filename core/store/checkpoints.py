"""Checkpoints of a run in training: tensors and plain facts, the newest two kept. Refuses what has been damaged or was
written by other code or from other data."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.environment import CHECKPOINT_S
from core.errors import RunError
from core.formatting.as_json import as_json
from core.formatting.messages import message
from core.store.files import flush, write_atomically

if TYPE_CHECKING:
    from torch import Tensor

_KEPT = 2
_ABOUT, _TENSOR = "about", "tensor."
_NAME = re.compile(r"(\d{8})-([0-9a-f]{16})\.safetensors")  # number and checksum of the whole file


@dataclass(frozen=True, kw_only=True, slots=True)
class Checkpoint:
    """One that can be used. progress_bytes: how long progress.jsonl was when it was written."""

    number: int
    tensors: Mapping[str, Tensor]
    facts: Mapping[str, Any]
    progress_bytes: int


class RunCheckpoints:
    """Conforms to protocols.Checkpoints, for one run. key: code and data of the training; other ones cannot go on."""

    def __init__(self, run: Path, key: str, *, pause_requested: Callable[[], bool] = lambda: False) -> None:
        self.run, self.folder, self.key = run, folder(run), key
        self.problems: list[str] = []
        self._asks_to_pause = pause_requested
        self._kept: Checkpoint | None = None
        self._number = max((number for number, _ in _files(self.folder)), default=0)
        self._every_s = every_s()
        self._next_s = time.monotonic() + self._every_s

    def load(self) -> Checkpoint | None:
        """Find the newest one that can be used; why a newer one could not is added to `problems`, in sentences.

        One that could not is removed: the progress is cut back behind it, so that it must never be taken up later.
        """
        for half_written in self.folder.glob(".*.tmp"):  # by a worker that was killed meanwhile
            half_written.unlink(missing_ok=True)
        self._kept = next(self._usable(), None)
        return self._kept

    def read(self) -> tuple[Mapping[str, Tensor], Mapping[str, Any]] | None:
        """What `load` found; None starts the training anew."""
        return (self._kept.tensors, self._kept.facts) if self._kept else None

    def due(self) -> bool:
        """Whether the last one is so old that another should be written."""
        return time.monotonic() >= self._next_s

    def write(self, tensors: Mapping[str, Tensor], facts: Mapping[str, Any]) -> None:
        """Keep a state; on the disk when this returns. Raises OSError, and RunError when the run has been deleted."""
        import torch
        from safetensors.torch import save

        if not self.run.is_dir():
            raise _deleted(self.run)
        self._kept = None  # the loop has taken it over
        about = {"key": self.key, "progress_bytes": self._progress_bytes(), "facts": dict(facts)}
        packed = {_TENSOR + name: value.detach().contiguous() for name, value in tensors.items()}
        text = as_json(about).encode()  # as a tensor: a header has a limit, a history has none
        content = save(packed | {_ABOUT: torch.frombuffer(bytearray(text), dtype=torch.uint8)})
        self._number += 1
        path = self.folder / f"{self._number:08}-{_checksum(content)}.safetensors"
        try:
            self.folder.mkdir(exist_ok=True)
            write_atomically(path, lambda p: p.write_bytes(content), make_folder=False)
        except FileNotFoundError as error:  # a moment ago it was there
            raise _deleted(self.run) from error
        for _, old in sorted(_files(self.folder))[:-_KEPT]:
            old.unlink(missing_ok=True)
        self._next_s = time.monotonic() + self._every_s

    def pause_requested(self) -> bool:
        """Whether somebody asked the run to leave off."""
        return self._asks_to_pause()

    def _progress_bytes(self) -> int:
        """The length of the progress so far, which is on the disk before the checkpoint that counts on it."""
        progress = self.run / "progress.jsonl"
        if not progress.exists():
            return 0
        flush(progress)
        return progress.stat().st_size

    def _usable(self) -> Iterator[Checkpoint]:
        for number, path in sorted(_files(self.folder), reverse=True):
            try:
                yield self._read(number, path)
            except (OSError, ValueError, KeyError) as error:
                with suppress(OSError):
                    path.unlink(missing_ok=True)
                self.problems.append(
                    message("Checkpoint {number} could not be used: {error}.", number=number, error=str(error))
                )

    def _read(self, number: int, path: Path) -> Checkpoint:
        from safetensors import SafetensorError
        from safetensors.torch import load

        content = path.read_bytes()
        if _checksum(content) != path.stem.partition("-")[2]:
            raise ValueError("its content is damaged")
        try:
            packed = load(content)
        except SafetensorError as error:
            raise ValueError(f"its content is damaged ({error})") from error
        about = json.loads(packed.pop(_ABOUT).numpy().tobytes())
        tensors = {name.removeprefix(_TENSOR): value for name, value in packed.items()}
        if about["key"] != self.key:
            raise ValueError("it was written by other code or from other data")
        progress = self.run / "progress.jsonl"
        if about["progress_bytes"] > (progress.stat().st_size if progress.exists() else 0):
            raise ValueError("the progress up to it is lost")
        return Checkpoint(number=number, tensors=tensors, facts=about["facts"], progress_bytes=about["progress_bytes"])


def every_s() -> float:
    """Seconds between two checkpoints: 5, so that with a long batch and the writing they are at most 10 apart."""
    return CHECKPOINT_S.read()


def folder(run: Path) -> Path:
    """Where a run folder has its checkpoints, while it is not finalized."""
    return run / "checkpoints"


def exist(run: Path) -> bool:
    """Whether there is anything to go on from, without opening it."""
    return bool(_files(folder(run)))


def discard(run: Path) -> None:
    """Remove them all; a run that has ended needs none."""
    shutil.rmtree(folder(run), ignore_errors=True)


def _deleted(run: Path) -> RunError:
    return RunError(
        "The folder of run {run} was deleted while it trained; nothing of it is kept. Train again.", run=run.name
    )


def _files(at: Path) -> list[tuple[int, Path]]:
    try:
        names = os.listdir(at)
    except OSError:
        return []
    return [(int(found[1]), at / name) for name in names if (found := _NAME.fullmatch(name))]


def _checksum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
