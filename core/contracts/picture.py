"""What a question looks like: small pictures that a use case declares with figures which its data bears out.

`tests/test_question_pictures.py` compares every declared figure with the held-out rows of the shipped run.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Symbol = Literal["house", "person", "plane", "note", "dot"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """`lit` of `out_of` symbols are lit: those in which it happens. tells: what is seen, in a sentence."""

    lit: int
    out_of: int
    tells: str
    symbol: Symbol = "dot"


@dataclass(frozen=True, kw_only=True, slots=True)
class Wait:
    """Somebody waits beside a clock. Nine in ten waits lie between low and high, in minutes."""

    low: int
    high: int
    tells: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Shelf:
    """What one series ordered and sold on the days that follow first_day, in dollars: `box` of them is a box."""

    series: str
    first_day: str
    ordered: tuple[int, ...]
    sold: tuple[int, ...]
    box: int
    tells: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Spread:
    """Outcomes of a number, from the least to the most: what differs from case to case."""

    outcomes: tuple[float, ...]
    tells: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Kinds:
    """Compartments, one for each kind that things are sorted into; each holds as many of them."""

    names: tuple[str, ...]
    tells: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """Some examples themselves, which are pictures, for whoever reads to judge. tells: what there is to do."""

    tells: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Typed:
    """Some texts of the data, short ones, each with its outcome as the task's outputs name it. tells: what there is to
    do."""

    texts: tuple[tuple[str, str], ...]
    tells: str


Picture = Kinds | Share | Wait | Shelf | Shown | Spread | Typed
