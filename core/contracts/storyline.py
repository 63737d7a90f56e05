"""What a presenter shows of a use case, beat by beat: one idea each, in their order, with own words and notes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from core.contracts.task import Section
from core.contracts.use_case import UseCase

PAGE = "present"  # the address of the page
MOST_WORDS, MOST_NOTE, MOST_MINUTES = 200, 2000, 60.0


class BeatKind(StrEnum):
    """What a beat shows."""

    PROBLEM = "problem"
    DATA = "data"
    TRAINING = "training"
    RESULT = "result"
    WHAT_IF = "what_if"
    BREAK_IT = "break_it"
    MONEY = "money"
    RISKS = "risks"
    ASK = "ask"


_MINUTES = {BeatKind.TRAINING: 2.0}
_SECTION = {BeatKind.MONEY: Section.MONEY, BeatKind.WHAT_IF: Section.UNDERSTAND, BeatKind.BREAK_IT: Section.UNDERSTAND}


@dataclass(frozen=True, kw_only=True, slots=True)
class Beat:
    """One beat. words: a headline of the presenter's own; empty: what the beat says of itself. note: seen by the
    presenter alone. minutes: how long it is meant to take."""

    kind: BeatKind
    words: str = ""
    note: str = ""
    minutes: float = 1.0
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Storyline:
    """Every beat that the use case has, once, in the presenter's order."""

    beats: tuple[Beat, ...]

    @classmethod
    def declared(cls, use_case: UseCase) -> Storyline:
        """Before anybody has changed it."""
        return cls(tuple(Beat(kind=kind, minutes=_MINUTES.get(kind, 1.0)) for kind in kinds_of(use_case)))

    @classmethod
    def from_json(cls, told: Any, use_case: UseCase) -> Storyline:
        """As it was kept; beats that came since stand at the end. Raises ValueError where it is none."""
        if not isinstance(told, Mapping) or not isinstance(told.get("beats"), list):
            raise ValueError("it has no list of beats")
        known, found = kinds_of(use_case), [_beat(one) for one in told["beats"]]
        kept = list({beat.kind: beat for beat in found if beat.kind in known}.values())
        missing = [beat for beat in cls.declared(use_case).beats if beat.kind not in {b.kind for b in kept}]
        return cls((*kept, *missing))

    def to_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {
            "beats": [
                {"kind": b.kind.value, "words": b.words, "note": b.note, "minutes": b.minutes, "hidden": b.hidden}
                for b in self.beats
            ]
        }

    @property
    def shown(self) -> tuple[Beat, ...]:
        """The beats that are not hidden; all of them where every one is."""
        return tuple(beat for beat in self.beats if not beat.hidden) or self.beats

    @property
    def minutes(self) -> float:
        """How long the shown ones are meant to take."""
        return sum(beat.minutes for beat in self.shown)

    def changed(self, kind: BeatKind, **fields: Any) -> Storyline:
        """With a beat changed."""
        return Storyline(tuple(replace(b, **fields) if b.kind is kind else b for b in self.beats))

    def moved(self, kind: BeatKind, by: int) -> Storyline:
        """With a beat as many places later, or earlier where it is negative."""
        beats = list(self.beats)
        at = next(i for i, beat in enumerate(beats) if beat.kind is kind)
        beats.insert(max(0, min(len(beats) - 1, at + by)), beats.pop(at))
        return Storyline(tuple(beats))


def kinds_of(use_case: UseCase) -> tuple[BeatKind, ...]:
    """What there is to show: no money where none is declared, no question where none can be asked,
    nothing to break where no answer has a price."""
    absent = {*use_case.task.absent, *((Section.MONEY,) if use_case.value is None else ())}
    together = bool(use_case.task.group or use_case.task.allocation)  # rows are answered together, none can be refused
    return tuple(
        kind
        for kind in BeatKind
        if _SECTION.get(kind) not in absent and not (kind is BeatKind.BREAK_IT and (together or use_case.value is None))
    )


def _beat(told: Any) -> Beat:
    if not isinstance(told, Mapping):
        raise ValueError("a beat of it is no object")
    words, note, minutes, hidden = (told.get(name) for name in ("words", "note", "minutes", "hidden"))
    if not isinstance(words, str) or not isinstance(note, str) or len(words) > MOST_WORDS or len(note) > MOST_NOTE:
        raise ValueError("a beat of it has no words, or too many")
    if isinstance(minutes, bool) or not isinstance(minutes, int | float) or not 0 <= minutes <= MOST_MINUTES:
        raise ValueError("a beat of it takes no time that can be")
    if not isinstance(hidden, bool):
        raise ValueError("a beat of it is neither shown nor hidden")
    return Beat(kind=BeatKind(str(told.get("kind"))), words=words, note=note, minutes=float(minutes), hidden=hidden)
