"""What a function has made, kept for all visitors: `st.cache_data` writes and reads a copy, and works out a key from
every argument's bytes, which takes longer than most of what is kept here."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TypeVar

T = TypeVar("T")
_every: list[Kept] = []


class Kept:
    """At most so many things, those that were asked for last. Nobody may change one."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._lock = threading.Lock()
        self._made: OrderedDict[Hashable, object] = OrderedDict()
        _every.append(self)

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """What was made for a key, or what `make` makes now: twice where two ask at the same moment."""
        with self._lock:
            if key in self._made:
                self._made.move_to_end(key)
                return self._made[key]  # type: ignore[return-value]
        made = make()
        with self._lock:
            self._made[key] = made
            while len(self._made) > self.most:
                self._made.popitem(last=False)
        return made


def forget_all() -> None:
    """Begin anew."""
    for kept in _every:
        with kept._lock:
            kept._made.clear()
