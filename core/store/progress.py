"""The events of progress files, parsed once and shared by all who follow: each look reads what was appended."""

from __future__ import annotations

import os
import sys
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from core.contracts import Event
from core.keys.file_stamps import stamp_of
from core.store.formats import EVENTS
from core.store.shapes import parse_json, problem

_MOST_BYTES = 16_000_000  # of files whose events are kept, some five times as much in memory
_CHECKED_BYTES = 4096  # some events, of what was read last: a file that was cut and has grown again is another


@dataclass(slots=True)
class _Followed:
    """What was read of a file: `read` bytes, up to the end of a line, and the last of them."""

    inode: int
    read: int = 0
    last: bytes = b""
    events: list[Event] = field(default_factory=list)


_followed: OrderedDict[Path, _Followed] = OrderedDict()
_lock = threading.Lock()


def events(path: Path) -> list[Event]:
    """Every whole event of a progress file so far. A torn last line is left for the next look; a line that is no event
    is left out. Empty where there is no file."""
    with _lock:
        try:
            return list(_look(path).events)
        except OSError:
            _followed.pop(path, None)
            return []


def events_of(content: bytes) -> list[Event]:
    """Every whole event of a progress file that is complete."""
    followed = _Followed(0)
    _take(followed, content)
    return followed.events


def _look(path: Path) -> _Followed:
    stamp_of(path)  # refuses a pipe, which would never be read
    with open(path, "rb") as file:
        about = os.fstat(file.fileno())
        found = _followed.pop(path, None)
        if found is None or not _goes_on(file, about, found):
            found = _Followed(about.st_ino)
        if about.st_size > found.read:
            file.seek(found.read)
            _take(found, file.read())
    _followed[path] = found  # the last asked for goes last
    while len(_followed) > 1 and sum(f.read for f in _followed.values()) > _MOST_BYTES:
        _followed.popitem(last=False)
    return found


def _goes_on(file: Any, about: os.stat_result, found: _Followed) -> bool:
    """Whether a file still begins with what was read of it."""
    if about.st_ino != found.inode or about.st_size < found.read:
        return False
    file.seek(found.read - len(found.last))
    return bool(file.read(len(found.last)) == found.last)


def _take(found: _Followed, appended: bytes) -> None:
    whole = appended[: appended.rfind(b"\n") + 1]
    found.read += len(whole)
    found.last = (found.last + whole)[-_CHECKED_BYTES:]
    found.events += [event for line in whole.split(b"\n")[:-1] if (event := _event(line)) is not None]


def _event(line: bytes) -> Event | None:
    """None for a line torn by a killed worker, and for one that says what no worker says."""
    try:
        event = parse_json(line, object_pairs_hook=_with_shared_names)
    except ValueError:
        return None
    if not isinstance(event, dict) or not isinstance(kind := event.get("event"), str) or kind not in EVENTS:
        return None
    return None if problem(event, EVENTS[kind]) else cast(Event, event)  # as its type says


def _with_shared_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A thousand epochs name the same things."""
    return {sys.intern(name): value for name, value in pairs}
