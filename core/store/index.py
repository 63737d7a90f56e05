"""The run folders of one root, kept in memory: a cache that time stamps keep true."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Generic, TypeVar

from core.keys.file_stamps import Stamp, stamp_of

_CHECK_EVERY_S = 1.0
_COARSE_NS = 3_000_000_000  # a file system's clock may be as coarse as two seconds
_FILES = ("config.json", "end.json")
T = TypeVar("T")


class Index(Generic[T]):
    """What was read of each folder, newest first, for all visitors of a process.

    A folder that came or went changes the root's time and is seen at once. A folder that is not settled (its run is
    not finalized) is looked at every time; a settled one, which nobody should change, once a second.
    """

    def __init__(self, root: Path, read: Callable[[Path], T], settled: Callable[[T], bool]) -> None:
        self._root, self._read, self._settled = root, read, settled
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[list[Stamp | None], T]] = {}
        self._newest_first: list[T] = []
        self._open: list[str] = []
        self._root_time_ns: int | None = None  # where it is old enough to tell that nothing came since
        self._checked_s = 0.0

    def all(self) -> list[T]:
        """Every folder as it is now; empty where there is no root."""
        with self._lock:
            try:
                changed_ns = os.stat(self._root).st_mtime_ns
                now_s = time.monotonic()
                if changed_ns != self._root_time_ns or now_s - self._checked_s > _CHECK_EVERY_S:
                    self._root_time_ns = changed_ns if time.time_ns() - changed_ns > _COARSE_NS else None
                    self._checked_s = now_s
                    self._look_at_all()
                elif self._look_at(self._open):
                    self._arrange()
            except (FileNotFoundError, NotADirectoryError):
                self._kept, self._newest_first, self._open, self._root_time_ns = {}, [], [], None
            return list(self._newest_first)

    def _look_at_all(self) -> None:
        with os.scandir(self._root) as found:
            names = {entry.name for entry in found if entry.is_dir()}
        gone = [name for name in self._kept if name not in names]
        for name in gone:
            del self._kept[name]
        if self._look_at(names) or gone:
            self._arrange()

    def _look_at(self, names: Iterable[str]) -> bool:
        """Read those that have changed; whether there were any."""
        changed = False
        for name in names:
            stamps = [_stamp(f"{self._root}/{name}/{file}") for file in _FILES]
            kept = self._kept.get(name)
            if kept is None or kept[0] != stamps:
                self._kept[name] = (stamps, self._read(self._root / name))
                changed = True
        return changed

    def _arrange(self) -> None:
        ordered = sorted(self._kept, reverse=True)
        self._newest_first = [self._kept[name][1] for name in ordered]
        self._open = [name for name in ordered if not self._settled(self._kept[name][1])]


def _stamp(path: str) -> Stamp | None:
    """None where there is no such file."""
    try:
        return stamp_of(path)
    except OSError:
        return None
