"""What a crowd of visitors is asked to do and what it has seen."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Plan:
    """What every visitor does; page is the path without the first slash."""

    address: str
    page: str
    kinds: tuple[str, ...]
    query: str = ""
    label: str = ""
    pause_s: tuple[float, float] = (2.0, 4.0)
    limit_s: float = 30.0
    auto_rerun: bool = True


@dataclass
class Tally:
    """What all visitors of one crowd saw; times are in milliseconds."""

    open_ms: list[float] = field(default_factory=list)
    action_ms: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    labels: Counter[str] = field(default_factory=Counter)
    polls: Counter[str] = field(default_factory=Counter)
    auto_reruns: int = 0
    received_bytes: int = 0


@dataclass
class Wait:
    """A run the visitor asked for and waits for."""

    fragment: str
    done: asyncio.Future[float]
    started: bool = False
    overtaken: bool = False
